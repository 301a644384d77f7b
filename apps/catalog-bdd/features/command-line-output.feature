Feature: What the command line prints
  People get tables and lines, scripts get JSON, pipes get what the tools of the trade expect, and no output shows
  the credentials in a source.

  Background:
    Given an empty catalog

  Scenario: The list is a table
    Given these models:
      | id           | name         | state   |
      | llama-3.1-8b | Llama 3.1 8B | Active  |
      | mistral-7b   | Mistral 7B   | Failed  |
      | qwen2-7b     | Qwen2 7B     | Pending |
    When the operator runs `catalog ls`
    Then it prints a table with these columns:
      | ID           | STATE   | VERIFIED   |
      | llama-3.1-8b | Active  | 2025-10-01 |
      | mistral-7b   | Failed  | never      |
      | qwen2-7b     | Pending | never      |

  Scenario: Everything that is known of a model
    Given "llama-3.1-8b" is registered with:
      | digest | 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 |
    When the operator runs `catalog show llama-3.1-8b`
    Then it prints these fields:
      | id       | llama-3.1-8b                                                                |
      | state    | Pending                                                                     |
      | digest   | 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 (caller)   |
      | verified | never                                                                       |
      | revision | 1                                                                           |

  Scenario: Digests as sha256sum prints them
    Given there is a file "MODEL_CARD.md" that holds "test"
    When the operator runs `catalog digest MODEL_CARD.md`
    Then it prints exactly:
      """
      9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  MODEL_CARD.md
      """

  Scenario: A script reads JSON
    Given a model "llama-3.1-8b" that is Active
    When the operator runs `catalog show llama-3.1-8b --json`
    Then it prints JSON whose model says:
      | id       | llama-3.1-8b |
      | state    | Active       |
      | revision | 2            |

  Scenario: Models are found by what their files say of themselves
    Given there is a GGUF file "mistral.gguf" whose header says:
      | general.architecture | llama |
      | general.file_type    | 15    |
      | llama.context_length | 32768 |
    And there is a GGUF file "qwen.gguf" whose header says:
      | general.architecture | qwen2 |
    And the operator has run `catalog add mistral.gguf qwen.gguf`
    When the operator runs `catalog ls --long --arch llama --quant q4_k_m --min-params 100 --max-params 7B`
    Then it prints a table with these columns:
      | ID      | STATE  | ARCH  | QUANT  | CONTEXT |
      | mistral | Active | llama | Q4_K_M | 32768   |
    And it prints "1 model: 1 Active"

  Scenario Outline: `<command>` shows no credentials of a source
    Given a model "llama-3.1-8b" from "https://ada:s3cr3t@models.example/llama.gguf?token=t0k3n"
    When the operator runs `catalog <command>`
    Then it prints "https://models.example/llama.gguf"
    And it prints neither "s3cr3t" nor "t0k3n"

    Examples:
      | command                  |
      | ls                       |
      | ls --json                |
      | show llama-3.1-8b        |
      | show llama-3.1-8b --json |
