Feature: Finding a model by where it comes from
  One place has many spellings. Any of them, or the path of a file, finds the models that it means.

  Background:
    Given an empty catalog
    And a model "llama-3.1-8b" from "hf:meta-llama/Llama-3.1-8B/llama.gguf"
    And a model "llama-copy" from "https://huggingface.co/meta-llama/Llama-3.1-8B/resolve/main/llama.gguf"
    And a model "mirrored" from "https://bob:hunter2@mirror.example/llama.gguf?token=hunter2"

  Scenario Outline: By any spelling of the source
    When "<reference>" is located
    Then these are found: <ids>

    Examples:
      | reference                                                                        | ids                      |
      | hf:meta-llama/Llama-3.1-8B@main/llama.gguf                                       | llama-3.1-8b, llama-copy |
      | https://hf.co/meta-llama/Llama-3.1-8B/blob/main/llama.gguf?download=true         | llama-3.1-8b, llama-copy |
      | HTTPS://Mirror.example:443//llama.gguf                                           | mirrored                 |
      | llama-copy                                                                       | llama-copy               |

  Scenario: By the path of its file
    When the path of "llama-3.1-8b" is located
    Then these are found: llama-3.1-8b

  Scenario: Another revision is another model
    When "hf:meta-llama/Llama-3.1-8B/llama.gguf@v2" is located
    Then nothing is found

  Scenario: A reference to no model is absent, not an error
    When "mailto:bob@mirror.example" is located
    Then nothing is found

  Scenario: An address in the place of an id is refused without its password
    When "https://bob:hunter2@mirror.example/llama.gguf" is registered
    Then it is refused with INVALID_INPUT for "id"
