Feature: Whose file it is
  A path belongs to one model, or to several that declare the same bytes. What a download makes beside a file belongs to no
  other model, and a file in use is never moved.

  Background:
    Given an empty catalog
    And "llama" is registered with the digest of the right bytes

  Scenario: A second model with the file of the first is refused, and told whose it is
    When "mistral" is registered with:
      | file | llama.gguf |
    Then it is refused with ALREADY_EXISTS:
      | id         | mistral |
      | existingId | llama   |
    And nothing was written

  Scenario: No model is called like the partial file of another
    When "mistral" is registered with:
      | file | llama.gguf.partial |
    Then it is refused with ALREADY_EXISTS:
      | existingId | llama |
    And nothing was written

  Scenario: A file that two models share is downloaded for one of them at a time
    Given "llama-chat" is registered with:
      | file   | llama.gguf                      |
      | digest | the digest of the model "llama" |
    And "nightly" has begun the download of "llama"
    When "weekly" begins the download of "llama-chat"
    Then it is refused with IN_USE:
      | id | llama |

  Scenario: A directory with a catalog of its own is not searched
    Given there is a file "models/team/.catalog/format" that holds "1"
    And there is a file "models/team/wren.gguf" that holds the model "wren"
    And there is a file "models/robin.gguf" that holds the model "robin"
    When the operator runs `catalog doctor --json`
    Then it prints "robin.gguf"
    And it prints neither "team" nor "wren.gguf"

  Scenario: A file that no model names is kept for a day
    Given there is a file "models/robin.gguf" that holds the model "robin"
    When the operator runs `catalog collect --orphans --apply`
    Then the file "models/robin.gguf" is still there
