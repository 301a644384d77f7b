Feature: Importing the stores of other tools
  The command `catalog import` registers the models of other tools where they are, and compares their bytes with what
  their stores state. It only reads the stores.

  Background:
    Given an empty catalog

  Scenario Outline: The models in the store of <tool>: <id>
    Given a store of "<tool>"
    When the operator runs `catalog import store --yes`
    Then it has imported <count> models, all of them Active
    And the digest of "<id>" comes from <origin>
    And "<id>" resolves to a path in the store
    And `catalog ls` lists <count> models with files in order
    And nothing in the store has changed

    Examples:
      | tool                    | count | id                                         | origin   |
      | ollama                  | 4     | ollama/hf.co/acme/Wren-1M-GGUF/Q4_0        | registry |
      | ollama                  | 4     | ollama/wren-tensors/latest                 | registry |
      | hub cache               | 2     | huggingface/acme/Wren-1M                   | hub      |
      | hub cache without links | 2     | huggingface/acme/Wren-1M/gguf/wren-1m-q4_0 | hub      |
      | local directory         | 1     | huggingface-local/wren                     | hub      |
      | llama.cpp               | 5     | llama.cpp/acme/Wren-1M-GGUF/q4/wren        | hub      |
      | llama.cpp               | 5     | llama.cpp/acme/Big/big                     | computed |
      | LM Studio               | 3     | lm-studio/acme/Wren-1M-GGUF/wren-1m-q4_0   | computed |
      | Docker Model Runner     | 4     | docker-model-runner/acme/wren/1M-Q4_0      | registry |
      | OCI layout              | 2     | oci/registry.example/acme/wren/1m          | registry |
      | registry                | 1     | oci/registry.example/acme/wren/1m          | registry |
      | KitOps                  | 1     | kitops/wren/1m                             | registry |
      | ramalama                | 5     | ramalama/huggingface/acme/Wren-1M-GGUF     | hub      |
      | ramalama                | 5     | ramalama/ollama/library/wren/1m            | name     |
      | Jan                     | 4     | jan/acme/wren-1m                           | hub      |
      | Cortex                  | 4     | cortex/wren/1m-gguf                        | computed |
      | ComfyUI                 | 3     | comfyui/checkpoints/wren                   | computed |
      | A1111                   | 3     | a1111/Stable-diffusion/wren                | computed |
      | InvokeAI                | 3     | invokeai/wren                              | computed |
      | ModelScope              | 2     | modelscope/acme/Wren-1.5                   | computed |
      | GPT4All                 | 1     | plain/wren-1m-q4_0                         | computed |
      | plain                   | 5     | plain/sub/robin                            | list     |
      | signed models           | 2     | plain/wren                                 | list     |

  Scenario Outline: The store of <tool>, verified and imported once more
    Given a store of "<tool>"
    And the operator has run `catalog import store --yes`
    And the operator has run `catalog verify --all`
    When the operator runs `catalog import store --yes`
    Then nothing was written
    And nothing in the store has changed

    Examples:
      | tool                    |
      | ollama                  |
      | hub cache               |
      | hub cache without links |
      | local directory         |
      | llama.cpp               |
      | LM Studio               |
      | Docker Model Runner     |
      | OCI layout              |
      | registry                |
      | KitOps                  |
      | ramalama                |
      | Jan                     |
      | Cortex                  |
      | ComfyUI                 |
      | A1111                   |
      | InvokeAI                |
      | ModelScope              |
      | GPT4All                 |
      | plain                   |
      | signed models           |

  Scenario: What would be imported
    Given a store of "ollama"
    When the operator runs `catalog import store --dry-run`
    Then it prints "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0"
    And nothing was written
    And nothing in the store has changed

  Scenario: Only some tools
    Given "store/ollama" is a store of "ollama"
    And "store/.lmstudio" is a store of "LM Studio"
    When the operator runs `catalog import store --yes --only lmstudio`
    Then it has imported 3 models, all of them Active

  Scenario: Models are registered now and read later
    Given a store of "llama.cpp"
    When the operator runs `catalog import store --yes --no-verify`
    Then it has imported 5 models, all of them Pending

  @shared-data
  Scenario: Every layout below one directory, as a script beside the repository builds them
    Given the stores that the script "layouts/make-layouts.mjs" builds
    When the operator runs `catalog import store --yes`
    Then it has imported 11 models, all of them Active
    And the digests of the models come from:
      | docker-model-runner/acme/wren/1M-Q4_0      | registry |
      | huggingface-local/hf-local-dir             | hub      |
      | huggingface/acme/Wren-1M                   | hub      |
      | huggingface/acme/Wren-1M/gguf/wren-1m-q4_0 | hub      |
      | jan/acme/wren-1m                           | hub      |
      | llama.cpp/acme/Wren-1M-GGUF/wren-1m-q4_0   | hub      |
      | lm-studio/acme/Wren-1M-GGUF/wren-1m-q4_0   | computed |
      | oci/oci-modelpack/1m                       | registry |
      | ollama/hf.co/acme/Wren-1M-GGUF/Q4_0        | registry |
      | plain/gpt4all/wren-1m-q4_0                 | computed |
      | ramalama/huggingface/acme/Wren-1M-GGUF     | hub      |
    And `catalog ls` lists 11 models with files in order
    And the same command tells of "incomplete" again, and writes nothing
    And nothing in the store has changed
