Feature: The command line
  The command `catalog` does the same for operators and their scripts, beside everything else that has the catalog
  open.

  Background:
    Given an empty catalog

  Scenario: A file is added where it is, and verified
    Given there is a file "mistral-7b.gguf" that holds the model "mistral-7b"
    When the operator runs `catalog add mistral-7b.gguf --source hf:mistralai/Mistral-7B`
    Then "mistral-7b" is Active
    And its path is "mistral-7b.gguf"
    And its entry says:
      | source       | hf:mistralai/Mistral-7B       |
      | digest       | the digest of the right bytes |
      | digestOrigin | computed                      |

  Scenario: A registered model, downloaded by other means, is verified
    Given there is a file "models/mistral-7b.gguf" that holds the model "mistral-7b"
    And the operator has run `catalog register mistral-7b --source hf:mistralai/Mistral-7B`
    When the operator runs `catalog verify mistral-7b`
    Then "mistral-7b" is Active

  Scenario: The wrong bytes have an exit code of their own
    Given "mistral-7b" is registered with the digest of the right bytes
    And its file holds the wrong bytes
    When the operator runs `catalog verify mistral-7b`
    Then it ends with exit code 10
    And "mistral-7b" is Failed
    And its file is still there

  Scenario: A model is retired, and the history says why
    Given a model "llama-3.1-8b" that is Active
    When the operator runs `catalog state llama-3.1-8b Retired --actor ada --reason 'replaced by 3.2'`
    Then "llama-3.1-8b" is Retired
    And the last change in the history says:
      | operation | set-state       |
      | actor     | ada             |
      | reason    | replaced by 3.2 |

  Scenario: A model is removed, and its file stays
    Given a model "llama-3.1-8b" that is Active
    When the operator runs `catalog rm llama-3.1-8b`
    Then "llama-3.1-8b" is not in the catalog
    And the file "models/llama-3.1-8b.gguf" is still there

  Scenario: Another catalog is named by its directory
    When the operator runs `catalog register llama-3.1-8b --source hf:meta-llama/Llama-3.1-8B --root elsewhere`
    Then the file "elsewhere/catalog.json" is there
    And "llama-3.1-8b" is not in the catalog

  @shared-data
  Scenario: A real GGUF file
    Given the real file "ggml-vocab-gpt-2.gguf"
    When the operator runs `catalog add ggml-vocab-gpt-2.gguf --digest sha256:CEDC56CA6E2E89F63E781696D1FD76B4B1D49E6720DEE86463E915F6E90016AC`
    Then "ggml-vocab-gpt-2" is Active
    And its entry says:
      | digest       | cedc56ca6e2e89f63e781696d1fd76b4b1d49e6720dee86463e915f6e90016ac |
      | digestOrigin | caller                                                           |
