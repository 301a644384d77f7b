Feature: Upkeep
  What the catalog says and what the disk holds drift apart. Each of doctor and collect makes a plan that can be read
  before anything happens; only applying it changes something, and only what is still as the plan saw it.

  Background:
    Given an empty catalog

  Scenario: An audit reads everything again, and goes on past a wrong file
    Given a model "llama-3.1-8b" that is Active
    And a model "mistral-7b" that is Active
    And one bit of the file "models/llama-3.1-8b.gguf" has flipped
    When the models are audited
    Then the audit found 1 right and 1 wrong
    And "llama-3.1-8b" is Failed
    And "mistral-7b" is Active

  Scenario: A file that was moved by hand is found again
    Given a model "llama-3.1-8b" that is Active
    And the file "models/llama-3.1-8b.gguf" was moved to "models/meta-llama.gguf"
    When what the doctor says is applied
    Then "llama-3.1-8b" is Active
    And its path is "models/meta-llama.gguf"

  Scenario: A model whose file is missing no longer counts as verified
    Given a model "llama-3.1-8b" that is Active
    And the file "models/llama-3.1-8b.gguf" was deleted
    When what the doctor says is applied
    Then "llama-3.1-8b" is Pending
    And the doctor has nothing more to do

  Scenario: The doctor only reports what it would do
    Given there is a file "models/old.gguf.partial" that holds half of the model "old"
    When the operator runs `catalog doctor`
    Then it prints "would remove old.gguf.partial"
    And the file "models/old.gguf.partial" is still there

  Scenario: The files of Retired models are removed, and those in use stay
    Given a model "llama-3.1-8b" that is Retired
    And a model "mistral-7b" that is Active
    When what can be collected is removed
    Then the file "models/llama-3.1-8b.gguf" is gone
    And the file "models/mistral-7b.gguf" is still there
    And "llama-3.1-8b" is Retired

  Scenario: Models of equal bytes refer to one file, if the operator asks for it
    Given a model "llama-3.1-8b" that is Active
    And a second model "llama-copy" of the same bytes that is Active
    When equal files are made to share their bytes
    Then the file "models/llama-copy.gguf" is gone
    And the file "models/llama-3.1-8b.gguf" is still there
    And both models may be served

  Scenario: Equal files share their bytes, if the operator asks for it
    Given a model "llama-3.1-8b" that is Active
    And a second model "llama-copy" of the same bytes that is Active
    When equal files are made to share their bytes by hard links
    Then "models/llama-3.1-8b.gguf" and "models/llama-copy.gguf" are one file
    And both models may be served

  Scenario: A plan does not do what is no longer right
    Given a model "llama-3.1-8b" that is Retired
    And what can be collected was planned
    And "llama-3.1-8b" was set to Active again
    When the plan is applied
    Then the plan's action was skipped
    And the file "models/llama-3.1-8b.gguf" is still there

  Scenario: An operator reads the statistics
    Given a model "llama-3.1-8b" that is Active
    And there is a file "models/mistral-7b.gguf.partial" that holds half of the model "mistral-7b"
    When the operator runs `catalog stats`
    Then it prints "Active         1 model, 1.00 KiB"
    And it prints "partial files  512 B"
