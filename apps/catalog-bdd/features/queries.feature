Feature: Asking the catalog
  An orchestrator asks what it can serve, by id, by name or by state.

  Background:
    Given an empty catalog
    And these models:
      | id            | name         | state   |
      | qwen2-7b      | Qwen2 7B     | Pending |
      | llama-3.1-8b  | Llama 3.1 8B | Active  |
      | Mixtral-8x7b  | Mixtral 8x7B | Retired |
      | llama-3.1-70b | Llama 3.1    | Active  |
      | mistral/7b    | Mistral 7B   | Failed  |
      | llama-3.1-1b  | Llama 3.1    | Pending |

  Scenario: By id
    When the model "llama-3.1-8b" is asked for
    Then it is found with the name "Llama 3.1 8B"

  Scenario: What is not in the catalog is absent, and no error
    When the model "gemma-2" is asked for
    Then nothing is found

  Scenario: An invalid id is an error, not absent
    When the model "../etc/passwd" is asked for
    Then it is refused with INVALID_INPUT for "id"

  Scenario: By name, which need not be unique
    When the models named "Llama 3.1" are asked for
    Then these are found: llama-3.1-1b, llama-3.1-70b

  Scenario Outline: By state
    When the models that are <state> are asked for
    Then these are found: <ids>
    And the counts say <count> for <state>

    Examples:
      | state   | ids                         | count |
      | Pending | llama-3.1-1b, qwen2-7b      | 2     |
      | Active  | llama-3.1-70b, llama-3.1-8b | 2     |
      | Retired | Mixtral-8x7b                | 1     |
      | Failed  | mistral/7b                  | 1     |

  Scenario: All models, ordered by the code units of their ids
    When the models are listed
    Then these are found: Mixtral-8x7b, llama-3.1-1b, llama-3.1-70b, llama-3.1-8b, mistral/7b, qwen2-7b

  Scenario Outline: Page by page
    When the models are listed with:
      | limit | 2       |
      | after | <after> |
    Then these are found: <ids>

    Examples:
      | after        | ids                         |
      | A            | Mixtral-8x7b, llama-3.1-1b  |
      | llama-3.1-1b | llama-3.1-70b, llama-3.1-8b |
      | llama-3.1-8b | mistral/7b, qwen2-7b        |

  Scenario: After the last page there is nothing
    When the models are listed with:
      | after | qwen2-7b |
    Then nothing is found

  Scenario Outline: A filter that does not exist is an error, and never ignored
    When the models are listed with:
      | <filter> | <value> |
    Then it is refused with INVALID_INPUT for "<filter>"

    Examples:
      | filter | value   |
      | status | Active  |
      | state  | Deleted |
      | limit  | 0       |

  Scenario Outline: By what else is known of it
    Given "gemma-2b" is registered with:
      | source    | hf:google/gemma-2b |
      | tags      | ["chat", "small"]  |
      | sizeBytes | 5000               |
    When the models are listed with:
      | <filter> | <value> |
    Then these are found: gemma-2b

    Examples:
      | filter    | value                                             |
      | source    | https://huggingface.co/google/gemma-2b/tree/main/ |
      | tag       | small                                             |
      | tag       | ["small", "chat"]                                 |
      | text      | GOOGLE                                            |
      | sizeBytes | {"min": 5000, "max": 6000}                        |

  Scenario: In any of several states, the last name first
    When the models are listed with:
      | state | ["Active", "Failed"] |
      | order | -name                |
    Then these are found: mistral/7b, llama-3.1-8b, llama-3.1-70b

  Scenario: A contradictory query is an error
    When the models are listed with:
      | registeredAt | {"from": "2025-10-02", "to": "2025-10-01"} |
    Then it is refused with INVALID_INPUT for "registeredAt"
