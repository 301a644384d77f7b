Feature: One catalog for many machines
  Machines share a catalog in a database. What one registers, the others see; but each serves only the files that it
  has read itself.

  Background:
    Given two machines that share a catalog in a database

  Scenario: A model that one machine verified is known to the other, and not served by it
    Given machine A has the model file "llama.gguf"
    When machine A runs `catalog add models/llama.gguf --id llama`
    Then machine B prints with `catalog ls -q` the line "llama"
    And machine A serves "llama" from its own root
    And machine B does not serve "llama"

  Scenario: A machine serves its own copy once it has read it
    Given machine A has the model file "llama.gguf"
    And machine B has the model file "llama.gguf"
    And machine A has run `catalog add models/llama.gguf --id llama`
    When machine B runs `catalog verify llama`
    Then machine B serves "llama" from its own root
    And machine A serves "llama" from its own root

  Scenario: A machine whose own copy was found wrong says so, and the other goes on serving the model
    Given machine A has the model file "llama.gguf"
    And machine B has the model file "llama.gguf" with one wrong byte
    And machine A has run `catalog add models/llama.gguf --id llama`
    And machine B has found out with `catalog verify llama` that its file is wrong
    When machine B runs `catalog resolve llama`
    Then machine B is refused with NOT_USABLE: "it had wrong bytes when it was last read here"
    And machine A serves "llama" from its own root

  Scenario: A catalog in files moves to the database with its history, and what was read stays read
    Given machine A has the model file "llama.gguf"
    And machine A has run `catalog add models/llama.gguf --id llama --store fs --reason first`
    When machine A runs `catalog migrate --from fs --to STORE`
    Then machine A serves "llama" from its own root
    And both stores of machine A have the same history of "llama"
    And machine B does not serve "llama"
