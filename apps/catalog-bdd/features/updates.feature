Feature: Changing what is said of a model
  Name and tags are for people. Digest, source, size and place say which bytes the model means: with others in mind,
  nothing counts that was verified before.

  Background:
    Given an empty catalog
    And a model "qwen2-7b" that is Active

  Scenario: Name and tags change, and the model stays Active
    When "qwen2-7b" is updated:
      | name | "Qwen 2, 7 B"  |
      | tags | ["chat", "q4"] |
    Then "qwen2-7b" is Active at revision 3
    And its entry says:
      | name | Qwen 2, 7 B    |
      | tags | ["chat", "q4"] |

  Scenario Outline: With another <field> it is Pending again
    When "qwen2-7b" is updated:
      | <field> | <value> |
    Then "qwen2-7b" is Pending
    And it was never verified
    When "qwen2-7b" is set to Active
    Then it is refused with INVALID_TRANSITION:
      | from | Pending |
      | to   | Active  |

    Examples:
      | field     | value                         |
      | digest    | the digest of another model   |
      | source    | "https://models.example/v2"   |
      | file      | "other.gguf"                  |
      | sizeBytes | 12                            |

  Scenario: Another caller changed the model first
    When "qwen2-7b" is updated only if it is at revision 1:
      | name | "Qwen" |
    Then it is refused with CONFLICT:
      | expectedRevision | 1 |
      | foundRevision    | 2 |
    And nothing was written

  Scenario: An update does not change the state
    When "qwen2-7b" is updated:
      | state | "Active" |
    Then it is refused with INVALID_INPUT for "state"
