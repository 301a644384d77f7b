Feature: Models of many files
  A sharded model is one model: all of its files are right, or it is not usable. Its digest is that of the list that
  sha256sum prints for its files, so that anyone can compute it again.

  Background:
    Given an empty catalog
    And the model "llama-70b" of a config.json and 2 shards

  Scenario: All files are there and right
    Given all files of "llama-70b" are there
    When "llama-70b" is verified
    Then "llama-70b" is Active
    And its digest is what sha256sum says of its files
    When "llama-70b" is resolved
    Then its path to serve from is "models/llama-70b"

  Scenario: A shard is missing
    Given all files of "llama-70b" are there but "model-00002-of-00002.safetensors"
    When "llama-70b" is verified
    Then it is refused with FILE_MISSING, naming "models/llama-70b/model-00002-of-00002.safetensors"
    And "llama-70b" is Pending

  Scenario: A shard has the wrong bytes
    Given all files of "llama-70b" are there
    And one bit of the file "models/llama-70b/model-00001-of-00002.safetensors" has flipped
    When "llama-70b" is verified
    Then it is refused with DIGEST_MISMATCH, naming "models/llama-70b/model-00001-of-00002.safetensors"
    And "llama-70b" is Failed

  Scenario: One changed file takes the whole model out of service
    Given all files of "llama-70b" are there
    And "llama-70b" was verified
    And one bit of the file "models/llama-70b/config.json" has flipped
    When "llama-70b" is resolved
    Then it is refused with FILE_CHANGED, naming "models/llama-70b/config.json"
    And "llama-70b" is Pending
