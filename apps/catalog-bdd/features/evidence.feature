Feature: What was read stays known
  Reading a model takes minutes, and a catalog of them hours. What was read is known by the disk that it was read on. It
  outlives a restart under another name and an unplugged disk; after a change of a file's mode it takes one reading.

  Background:
    Given an empty catalog
    And a model "nas/qwen2-7b" that is Active

  Scenario: A container that starts under another host name serves what was read before
    When "nas/qwen2-7b" is resolved by a container that calls itself "pod-7f9c"
    Then its path to serve from is "models/nas/qwen2-7b.gguf"

  Scenario: A file whose mode was changed is not served until it is read again
    Given the mode of the file "models/nas/qwen2-7b.gguf" was changed
    When "nas/qwen2-7b" is resolved
    Then it is refused with EVIDENCE_STALE, naming its path
    And "nas/qwen2-7b" is Active
    And nothing was written

  Scenario: All stale models are read again by one command, and served
    Given the mode of the file "models/nas/qwen2-7b.gguf" was changed
    When the operator runs `catalog verify --stale`
    Then it prints "1 of 1 model right"
    When "nas/qwen2-7b" is resolved
    Then its path to serve from is "models/nas/qwen2-7b.gguf"

  Scenario: An operator sees which model is stale, and what to do
    Given the mode of the file "models/nas/qwen2-7b.gguf" was changed
    When the operator runs `catalog show nas/qwen2-7b`
    Then it prints "catalog verify nas/qwen2-7b reads it again"

  Scenario: An operator sees which machine has a verified copy
    When the operator runs `catalog ls --nodes`
    Then it prints " (here) "

  Scenario: A weekly doctor forgets nothing of a disk that is not mounted
    Given "models/nas" is not mounted, and its mount point is empty
    When the operator runs `catalog doctor --apply --reason weekly`
    Then it prints "absent: "
    And "nas/qwen2-7b" is Active
    And nothing was written
    When "models/nas" is mounted again
    And "nas/qwen2-7b" is resolved
    Then its path to serve from is "models/nas/qwen2-7b.gguf"

  Scenario: The operator says that a disk will never come back
    Given "models/nas" is not mounted, and its mount point is empty
    When the operator runs `catalog doctor --forget-absent --apply`
    Then "nas/qwen2-7b" is Pending
    And the last change in the history says:
      | operation | forget-evidence |
