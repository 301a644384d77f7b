Feature: Bundles
  A slice of a catalog is carried to a machine without a network. What arrives is verified there; what is wrong is told,
  and what is right is used.

  Background:
    Given an empty catalog
    And a model "wren" that is Active
    And the operator has run `catalog export --bundle usb`

  Scenario: A bundle is checked without the catalog
    Then sha256sum finds 2 files of the bundle "usb" right

  Scenario: Another catalog gets the models, copied and verified
    Given the operator has run `catalog import --bundle usb --root away --yes`
    When the operator runs `catalog show wren --root away --json`
    Then it prints JSON whose model says:
      | id    | wren   |
      | state | Active |
    And the directory "away" has the right bytes at "wren.gguf", with the digest of the model for DIGEST

  Scenario: A second import changes nothing
    Given the operator has run `catalog import --bundle usb --root away --yes`
    When the operator runs `catalog import --bundle usb --root away --yes`
    Then it prints "1 model: 1 known"

  Scenario: Bytes that changed on the way are told, and nothing of the model stays
    Given one bit of the file "usb/files/wren/wren.gguf" has flipped
    When the operator runs `catalog import --bundle usb --root away --yes`
    Then it ends with exit code 10
    And there is nothing at "away/wren.gguf"

  Scenario: The next export repairs a bundle whose file is damaged
    Given one bit of the file "usb/files/wren/wren.gguf" has flipped
    When the operator runs `catalog export --bundle usb`
    Then it prints "1 repaired"
    And sha256sum finds 2 files of the bundle "usb" right

  Scenario: A directory with other files is not made a bundle
    Given there is a directory "full" for exports
    And the operator has run `catalog export --format catalog --output full/notes.json`
    When the operator runs `catalog export --bundle full`
    Then it ends with exit code 2

  Scenario: A bundle may stay where it is
    Given the operator has run `catalog import --bundle usb --root away --in-place --yes`
    When the operator runs `catalog resolve wren --root away`
    Then it prints "usb/files/wren/wren.gguf"
    And there is nothing at "away/wren.gguf"
