Feature: Importing again what a tool goes on writing
  The tools add, move and delete models, and touch their files. Another import brings the catalog up to date, and the
  history keeps what was.

  Background:
    Given an empty catalog

  Scenario: A tag now means another blob
    Given a store of "ollama"
    And the operator has run `catalog import store --yes`
    And the tool has moved "acme/wren-vision/latest" to other bytes
    When the operator runs `catalog import store --yes`
    Then "ollama/acme/wren-vision/latest" is Active
    And its digest is that of the other bytes
    And its history has its former digest too

  Scenario: A model that is gone is named, and stays
    Given a store of "ollama"
    And the operator has run `catalog import store --yes`
    And the tool has deleted "library/wren-tensors/latest"
    When the operator runs `catalog import store --yes`
    Then it prints "ollama/wren-tensors/latest: no longer in its store"
    And it has imported 4 models, all of them Active
    And nothing was written

  Scenario: A file whose times the tool has changed is read once
    Given a store of "ollama"
    And the operator has run `catalog import store --yes`
    And the tool has touched the file of "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0"
    When the operator runs `catalog import store --yes`
    Then it prints "1 verified"
    And it has imported 4 models, all of them Active

  Scenario: A touched file that was read again is known from then on
    Given a store of "ollama"
    And the operator has run `catalog import store --yes`
    And the tool has touched the file of "ollama/hf.co/acme/Wren-1M-GGUF/Q4_0"
    And the operator has run `catalog import store --yes`
    When the operator runs `catalog import store --yes`
    Then nothing was written

  Scenario: Two stores with the same file
    Given "store/one" is a store of "GPT4All"
    And "store/two" is a store of "GPT4All"
    When the operator runs `catalog import store --yes`
    Then it has imported 2 models, all of them Active
    And "plain/one/wren-1m-q4_0" and "plain/two/wren-1m-q4_0" have the same digest

  Scenario: One file that two stores name
    Given a store of "plain"
    And "disk/jay.gguf" is a second name of "store/wren.gguf"
    When the operator runs `catalog import store disk --yes`
    Then it has imported 6 models, all of them Active

  Scenario: Two imports of one store at the same time
    Given a store of "llama.cpp"
    When the operator runs `catalog import store --yes` twice at the same time
    Then it has imported 5 models, all of them Active
    And nothing in the store has changed

  Scenario: A store on a disk that is mounted read-only
    Given a store of "hub cache" on a disk that is mounted read-only
    When the operator runs `catalog import store --yes`
    Then it has imported 2 models, all of them Active
    And nothing in the store has changed
