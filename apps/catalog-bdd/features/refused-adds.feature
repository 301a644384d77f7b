Feature: What is added is added whole, or not at all
  The operator points `catalog add` at what is on the disk. What cannot be read as it is leaves no entry that would be in
  the way of the next try.

  Background:
    Given an empty catalog

  Scenario: The weights in a directory are a link
    Given there is a file "models/wren/adapter.gguf" that holds the model "wren"
    And there is a file "models/blobs/weights.gguf" that holds the model "wren-2"
    And "models/wren/weights.gguf" is a link to "models/blobs/weights.gguf"
    When the operator runs `catalog add models/wren --id wren`
    Then it ends with exit code 13
    And "wren" is not in the catalog

  Scenario: The operator lets links be followed inside the root
    Given there is a file "models/wren/adapter.gguf" that holds the model "wren"
    And there is a file "models/blobs/weights.gguf" that holds the model "wren-2"
    And "models/wren/weights.gguf" is a link to "models/blobs/weights.gguf"
    When the operator runs `catalog add models/wren --id wren --symlinks inside`
    Then "wren" is Active

  Scenario: One of two files is not there
    Given there is a file "wren.gguf" that holds the model "wren"
    When the operator runs `catalog add robin.gguf wren.gguf`
    Then it ends with exit code 14
    And "wren" is Active
    And "robin" is not in the catalog

  Scenario: The server sent an error page in place of the model
    Given there is a file "wren.gguf" that holds "<!DOCTYPE html><title>Sign in</title>"
    When the operator runs `catalog add wren.gguf`
    Then it ends with exit code 18
    And "wren" is Failed

  Scenario: One shard of the set is missing
    Given there is a file "models/wren/wren-00001-of-00002.gguf" that holds the model "wren"
    When the operator runs `catalog add models/wren`
    Then it ends with exit code 18
    And "wren" is not in the catalog

  Scenario: A file of a content-addressed store has other bytes than its name says
    Given there is a file "blobs/sha256-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" that holds the model "wren"
    When the operator runs `catalog add blobs/sha256-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef --id wren`
    Then it ends with exit code 10
    And "wren" is Failed
