Feature: The life of a model
  Pending: registered. Active: verified and available. Retired: no longer used. Failed: verification found wrong
  bytes. What leads from one to the other is a table, and the way to Active goes through evidence.

  Background:
    Given an empty catalog

  Scenario Outline: An operator may take a model from <from> to <to>
    Given a model "qwen2-7b" that is <from>
    When "qwen2-7b" is set to <to>
    Then "qwen2-7b" is <to>, one revision later

    Examples:
      | from    | to      |
      | Pending | Retired |
      | Active  | Retired |
      | Active  | Failed  |
      | Retired | Active  |
      | Failed  | Pending |
      | Failed  | Retired |

  Scenario Outline: No caller may take a model from <from> to <to>
    Given a model "qwen2-7b" that is <from>
    When "qwen2-7b" is set to <to>
    Then it is refused with INVALID_TRANSITION:
      | id   | qwen2-7b |
      | from | <from>   |
      | to   | <to>     |
    And nothing was written

    Examples:
      | from    | to      |
      | Pending | Active  |
      | Pending | Failed  |
      | Active  | Pending |
      | Retired | Pending |
      | Retired | Failed  |
      | Failed  | Active  |

  Scenario Outline: Setting the state that a model has changes nothing
    Given a model "qwen2-7b" that is <state>
    When "qwen2-7b" is set to <state>
    Then nothing was written

    Examples:
      | state   |
      | Pending |
      | Active  |
      | Retired |
      | Failed  |

  Rule: Only evidence makes a model Active

    Scenario: A model that was retired unverified cannot become Active
      Given a registered model "qwen2-7b"
      And "qwen2-7b" was set to Retired
      When "qwen2-7b" is set to Active
      Then it is refused with INVALID_TRANSITION:
        | from | Retired |
        | to   | Active  |
      And nothing was written

    Scenario: Evidence no longer counts after the model was set back to Pending
      Given a model "qwen2-7b" that is Active
      And "qwen2-7b" was set to Failed
      And "qwen2-7b" was set to Pending
      When "qwen2-7b" is set to Active
      Then it is refused with INVALID_TRANSITION:
        | from | Pending |
        | to   | Active  |
      And nothing was written

    Scenario: Verifying a Retired model records the evidence and leaves it Retired
      Given a registered model "qwen2-7b"
      And its file holds the right bytes
      And "qwen2-7b" was set to Retired
      When "qwen2-7b" is verified
      Then "qwen2-7b" is Retired
      And this machine's evidence for it says:
        | outcome | match                         |
        | digest  | the digest of the right bytes |
