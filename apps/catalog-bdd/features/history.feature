Feature: The history
  Every change is kept with who made it, when and why. It can be read, watched as it is made, checked, and shortened by
  request; it is never removed otherwise.

  Scenario: What happened to a model
    Given an empty catalog
    And the operator has run `catalog register llama-3.1-8b --source hf:meta-llama/Llama-3.1-8B --actor ada --reason 'first of its kind'`
    And the operator has run `catalog state llama-3.1-8b Retired --actor bob --reason 'replaced by 3.2'`
    And the operator has run `catalog rm llama-3.1-8b --actor bob`
    When the operator runs `catalog history llama-3.1-8b`
    Then it prints a table with these columns:
      | ACTOR | OPERATION | REVISION | STATE   |
      | ada   | register  | 1        | Pending |
      | bob   | set-state | 2        | Retired |
      | bob   | remove    | 3        | removed |

  Scenario: An orchestrator watches what a provisioner does
    Given a provisioner and an orchestrator that share a catalog
    And the orchestrator watches the catalog
    When the provisioner takes in "llama-3.1-8b"
    Then the orchestrator is told of these changes, in this order:
      | operation | id           | state   |
      | register  | llama-3.1-8b | Pending |
      | verify    | llama-3.1-8b | Active  |

  Scenario: An orchestrator that was away receives what it missed, and then what follows
    Given a provisioner and an orchestrator that share a catalog
    And the provisioner has registered and downloaded "llama-3.1-8b"
    And the orchestrator watches the catalog from the beginning
    When the provisioner verifies "llama-3.1-8b"
    Then the orchestrator is told of these changes, in this order:
      | operation | id           | state   |
      | register  | llama-3.1-8b | Pending |
      | verify    | llama-3.1-8b | Active  |

  Scenario: A history that was tampered with
    Given an empty catalog
    And the operator has run `catalog register llama-3.1-8b --source hf:meta-llama/Llama-3.1-8B`
    And the operator has run `catalog register qwen2-7b --source hf:Qwen/Qwen2-7B`
    And the catalog was closed
    And a byte of the journal's first record is changed
    When the operator runs `catalog verify-history`
    Then it ends with exit code 30
    And the journal is untouched

  Scenario: A short history stays as it is
    Given an empty catalog
    And a registered model "llama-3.1-8b"
    When the operator runs `catalog prune-history --keep 2`
    Then it prints "nothing to remove; 1 segment kept"
    And "llama-3.1-8b" is Pending

  Scenario Outline: The models at a time
    Given the time is 2025-10-01T10:00:00Z
    And an empty catalog
    And a registered model "llama-3.1-8b"
    And the time is 2025-10-01T11:00:00Z
    And "llama-3.1-8b" was set to Retired
    When the catalog of <time> is asked for
    Then <what was found>

    Examples:
      | time                 | what was found                  |
      | 2025-10-01T09:59:59Z | nothing is found                |
      | 2025-10-01T10:30:00Z | the model found was Pending     |
      | 2025-10-01T11:00:00Z | the model found was Retired     |
