Feature: The guard
  Scenarios that must fail although each of their steps is fine, and some that must not. They are not part of the
  specification: check-guard.ts runs them.

  Background:
    Given an empty catalog

  @fails-in-hook
  Scenario: A refusal that no step looks at
    When "../x" is registered
    Then "mistral-7b" is not in the catalog

  @fails-in-hook
  Scenario: A refusal as the last step
    When "../x" is registered

  @fails-in-hook
  Scenario: An exit code that no step looks at
    When the operator runs `catalog show llama-4`

  @fails-in-step
  Scenario: A refusal that is overtaken by the next When
    When "../x" is registered
    When "mistral-7b" is registered

  @fails-in-step
  Scenario: A refusal that does not come
    When "mistral-7b" is registered
    Then it is refused with INVALID_INPUT for "id"

  @fails-in-step
  Scenario: A refusal of another kind
    When "../x" is registered
    Then it is refused with ALREADY_EXISTS:
      | existingId | ../x |

  @fails-in-step
  Scenario: A step without a definition
    When "mistral-7b" is sung

  @passes
  Scenario: A refusal that a step expects
    When "../x" is registered
    Then it is refused with INVALID_INPUT for "id"

  @passes
  Scenario: No refusal, and none expected
    When "mistral-7b" is registered
    Then "mistral-7b" is Pending
