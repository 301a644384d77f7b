Feature: Importing bytes that are not what the store states
  The name of a blob and the manifest of a registry are claims. The bytes are read, and wrong ones are never served.

  Background:
    Given an empty catalog

  Scenario Outline: One bit of a model in the store of <tool> has flipped
    Given a store of "<tool>"
    And one bit of the model "<id>" in the store has flipped
    When the operator runs `catalog import store --yes`
    Then it ends with exit code 10
    And "<id>" is Failed
    And it tells of "DIGEST_MISMATCH"
    And the <others> other models are Active

    Examples:
      | tool                | id                                         | others |
      | ollama              | ollama/hf.co/acme/Wren-1M-GGUF/Q4_0        | 3      |
      | hub cache           | huggingface/acme/Wren-1M/gguf/wren-1m-q4_0 | 1      |
      | llama.cpp           | llama.cpp/acme/Wren-1M-GGUF/q4/wren        | 4      |
      | Docker Model Runner | docker-model-runner/acme/wren/1M-Q4_0      | 3      |
      | OCI layout          | oci/registry.example/acme/wren/1m          | 1      |
      | registry            | oci/registry.example/acme/wren/1m          | 0      |
      | KitOps              | kitops/wren/1m                             | 0      |
      | ramalama            | ramalama/huggingface/acme/Wren-1M-GGUF     | 4      |
      | Jan                 | jan/acme/wren-1m                           | 3      |
      | plain               | plain/sub/robin                            | 4      |
      | signed models       | plain/jay                                  | 1      |

  Scenario: A blob of Ollama with the right name and zeros in place of the model
    Given a store of "ollama"
    And the model "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0" in the store is zeros
    When the operator runs `catalog import store --yes`
    Then it ends with exit code 10
    And "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0" is Failed
    And the 3 other models are Active

  Scenario: What was found wrong is never served
    Given a store of "ollama"
    And the model "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0" in the store is zeros
    And the operator has tried `catalog import store --yes`
    When the operator runs `catalog resolve ollama/hf.co/acme/Wren-1M-GGUF/Q4_0`
    Then it ends with exit code 7
    And it prints nothing

  Scenario: What was found wrong is not read again, and still told
    Given a store of "ollama"
    And the model "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0" in the store is zeros
    And the operator has tried `catalog import store --yes`
    When the operator runs `catalog import store --yes`
    Then it ends with exit code 10
    And nothing was written

  Scenario: The tool has fetched the model again
    Given a store of "ollama"
    And the model "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0" in the store is zeros
    And the operator has tried `catalog import store --yes`
    And the tool has written the right bytes of "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0" again
    When the operator runs `catalog import store --yes`
    Then it has imported 4 models, all of them Active

  Scenario: A configuration that is not the one of its git blob id
    Given a store of "local directory"
    And one bit of the file "store/wren/config.json" has flipped, and its times are as before
    When the operator runs `catalog import store --yes`
    Then it ends with exit code 10
    And it tells of "wrong-git-blob"
    And "huggingface-local/wren" is not in the catalog
