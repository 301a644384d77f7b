Feature: Exporting
  What the catalog has verified is handed to tools that know only their own formats and directories. Nothing that is not
  verified is handed on, and the model's own file stays as it is.

  Background:
    Given an empty catalog
    And a model "wren" that is Active

  Scenario: A checksum list is accepted by sha256sum
    When the operator runs `catalog export --format sha256sums --output SHA256SUMS`
    Then sha256sum finds 1 file of the list "SHA256SUMS" right

  Scenario: Another catalog adopts the exported catalog.json
    Given there is a directory "new" for exports
    And the operator has run `catalog export --format catalog --output new/catalog.json`
    When the operator runs `catalog show wren --root new --json`
    Then it prints JSON whose model says:
      | id    | wren   |
      | state | Active |

  Scenario: An ML-BOM names the model and its digest
    When the operator runs `catalog export --format cyclonedx wren`
    Then it prints a CycloneDX 1.6 document of the model "wren" with its digest

  Scenario Outline: The runtime of <tool> gets a directory with one model
    When the operator runs `catalog export --layout <tool> --output out wren`
    Then the directory "out" has the right bytes at "<path>", with the digest of the model for DIGEST
    And "wren" can still be resolved

    Examples:
      | tool        | path                             |
      | llama.cpp   | wren.gguf                        |
      | ollama      | blobs/sha256-DIGEST              |
      | huggingface | models--local--wren/blobs/DIGEST |

  Scenario: A model that has changed since it was verified is not handed on
    Given one bit of the file "models/wren.gguf" has flipped
    When the operator runs `catalog export --layout ollama --output out wren`
    Then it ends with exit code 12
    And there is nothing at "out"
