Feature: Changes that mean what they say
  A change names its model and what it should become, may name the revision that it was decided on, and is kept in the
  history with who made it and why.

  Background:
    Given an empty catalog

  Scenario: A state that does not exist
    Given a registered model "qwen2-7b"
    When "qwen2-7b" is set to the state "Deleted"
    Then it is refused with INVALID_INPUT for "state"
    And nothing was written

  Scenario: A decision on a revision that has passed
    Given a model "qwen2-7b" that is Active
    When "qwen2-7b" is set to Retired only if it is at revision 1
    Then it is refused with CONFLICT:
      | expectedRevision | 1 |
      | foundRevision    | 2 |
    And nothing was written

  Scenario: A removed model leaves its file, and its revisions do not begin again
    Given a model "qwen2-7b" that is Active
    And "qwen2-7b" was removed
    When "qwen2-7b" is registered
    Then "qwen2-7b" is Pending at revision 4
    And its file is still there

  Scenario: The history says who changed a model, and why
    Given a model "qwen2-7b" that is Active
    When "qwen2-7b" is set to Retired by "ada" because "replaced by qwen3"
    Then the last change in the history says:
      | operation | set-state         |
      | id        | qwen2-7b          |
      | revision  | 3                 |
      | actor     | ada               |
      | reason    | replaced by qwen3 |
