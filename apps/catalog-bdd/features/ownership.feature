Feature: Whose file it is
  A path belongs to one model, or to several that declare the same bytes. What a download makes beside a file belongs to no
  other model, and a file in use is moved for nobody.

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
