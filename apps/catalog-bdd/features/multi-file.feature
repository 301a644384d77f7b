Feature: Models of many files
  A sharded model is one model: all of its files are right, or it is not usable. Its digest is that of the list that
  sha256sum prints for its files, so that anyone can compute it again.

  Background:
    Given an empty catalog
    And the model "llama-70b" of the files:
      | config.json                      | the configuration |
      | model-00001-of-00002.safetensors | the first half    |
      | model-00002-of-00002.safetensors | the second half   |

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
    And the file "models/llama-70b/model-00001-of-00002.safetensors" holds "the First half"
    When "llama-70b" is verified
    Then it is refused with DIGEST_MISMATCH, naming "models/llama-70b/model-00001-of-00002.safetensors"
    And "llama-70b" is Failed

  Scenario: One changed file takes the whole model out of service
    Given all files of "llama-70b" are there
    And "llama-70b" was verified
    And the file "models/llama-70b/config.json" holds "another configuration"
    When "llama-70b" is resolved
    Then it is refused with FILE_CHANGED, naming "models/llama-70b/config.json"
    And "llama-70b" is Pending
