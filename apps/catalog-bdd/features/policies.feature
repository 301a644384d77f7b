Feature: What it takes to use a model
  Two rules that an operator may set for a program: no trust at first use, and no evidence older than so long.

  Scenario: An undeclared digest makes no model Active
    Given a catalog that asks for declared digests
    And "qwen2-7b" was verified without a declared digest
    Then "qwen2-7b" is Pending
    When "qwen2-7b" is set to Active
    Then it is refused with NOT_USABLE:
      | problem | undeclared-digest |

  Scenario: Once the digest is declared, the earlier verification counts
    Given a catalog that asks for declared digests
    And "qwen2-7b" was verified without a declared digest
    And its digest was declared afterwards
    When "qwen2-7b" is set to Active
    Then "qwen2-7b" is Active

  Scenario: Only the digests of a hub count
    Given an empty catalog
    And "qwen2-7b" is registered with the digest of the right bytes
    And its file holds the right bytes
    When the operator runs `catalog policy set require-digest-origin=hub,signature`
    And "qwen2-7b" is verified
    Then "qwen2-7b" is Pending
    And its entry says:
      | digestOrigin | caller |
    When "qwen2-7b" is set to Active
    Then it is refused with NOT_USABLE:
      | problem | digest-origin |
    When "qwen2-7b" is updated:
      | digest       | the digest of the right bytes |
      | digestOrigin | hub                           |
    And "qwen2-7b" is set to Active
    Then "qwen2-7b" is Active

  Scenario: Evidence that is too old is not enough
    Given a catalog that takes evidence of the last 30 days
    And a model "qwen2-7b" that is Active
    And 31 days have passed
    When "qwen2-7b" is resolved
    Then it is refused with NOT_USABLE:
      | problem | old-evidence |
    When "qwen2-7b" is verified
    And "qwen2-7b" is resolved
    Then its path to serve from is "models/qwen2-7b.gguf"

  Scenario: What the operator stores in the catalog holds at once for every program that has it open
    Given an empty catalog
    And a model "qwen2-7b" that is Active
    When the operator runs `catalog policy set max-evidence-age=30d`
    And 31 days have passed
    And "qwen2-7b" is resolved
    Then it is refused with NOT_USABLE:
      | problem | old-evidence |
