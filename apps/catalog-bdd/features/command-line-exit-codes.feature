Feature: Exit codes of the command line
  A script branches on these. 10 to 14, of wrong and unreadable bytes, come from the file, not from the catalog.

  Background:
    Given an empty catalog

  Scenario: A model whose file does not exist
    Given a registered model "llama-3.1-8b"
    When the operator runs `catalog verify llama-3.1-8b`
    Then it ends with exit code 14
    And no model has changed

  Scenario Outline: `<command>` ends with <code>
    Given a registered model "llama-3.1-8b"
    When the operator runs `catalog <command>`
    Then it ends with exit code <code>
    And nothing was written

    Examples: What was asked for cannot be
      | command                       | code | meaning            |
      | register ../x --source hf:a/b | 2    | INVALID_INPUT      |
      | state llama-3.1-8b Deleted    | 2    | INVALID_INPUT      |
      | ls --limit 0                  | 2    | wrong usage        |
      | frobnicate                    | 2    | wrong usage        |
      | state llama-3.1-8b Active     | 3    | INVALID_TRANSITION |

    Examples: It does not exist
      | command                  | code | meaning      |
      | show llama-4             | 4    | NOT_FOUND    |
      | digest no-such-file.gguf | 14   | FILE_MISSING |

    Examples: It is not a file
      | command       | code | meaning            |
      | add models    | 13   | NOT_A_REGULAR_FILE |
      | digest models | 13   | NOT_A_REGULAR_FILE |

  Scenario: An id that is taken
    Given a registered model "llama-3.1-8b"
    When the operator runs `catalog register LLAMA-3.1-8b --source hf:a/b`
    Then it ends with exit code 5
    And no model has changed
