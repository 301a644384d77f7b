Feature: Files where they already are
  Terabytes are not copied to be catalogued. A model file may lie in the root, in place elsewhere, or in a read-only
  root that is searched after it, and behind a link where links are allowed.

  Scenario: A file elsewhere stays there
    Given an empty catalog
    And there is a file "nas/qwen2.gguf" that holds the model "qwen2"
    And "qwen2" is registered in place at "nas/qwen2.gguf"
    And "qwen2" was verified
    When "qwen2" is resolved
    Then its path to serve from is "nas/qwen2.gguf"

  Scenario: A file that is not in the root is found in a read-only root
    Given a catalog that also searches "nas"
    And there is a file "nas/qwen2.gguf" that holds the model "qwen2"
    And a registered model "qwen2"
    And "qwen2" was verified
    When "qwen2" is resolved
    Then its path to serve from is "nas/qwen2.gguf"

  Scenario: A file that appears in an earlier root than the verified one is not served
    Given a catalog that also searches "nas"
    And there is a file "nas/qwen2.gguf" that holds the model "qwen2"
    And a registered model "qwen2"
    And "qwen2" was verified
    And its file holds another model
    When "qwen2" is resolved
    Then it is refused with FILE_CHANGED, naming its path

  Scenario: A link that leaves the root is refused
    Given a catalog that takes links inside its root
    And there is a file "secret.gguf" that holds the model "secret"
    And "models/qwen2.gguf" is a link to "secret.gguf"
    And a registered model "qwen2"
    When "qwen2" is verified
    Then it is refused with NOT_A_REGULAR_FILE, naming its path

  Scenario: A link that stays inside is followed if the operator allows it
    Given a catalog that takes links inside its root
    And there is a file "models/blobs/1234" that holds the model "qwen2"
    And "models/qwen2.gguf" is a link to "models/blobs/1234"
    And a registered model "qwen2"
    When "qwen2" is verified
    Then "qwen2" is Active

  Rule: Links of a model in place may lead into the directory that it names, and nowhere else

    Background:
      Given an empty catalog
      And there is a file "hub/blobs/1234" that holds the model "qwen2"
      And "hub/snapshots/main/qwen2.gguf" is a link to "hub/blobs/1234"
      And "qwen2" is registered in place at "hub/snapshots/main/qwen2.gguf", with links into "hub/blobs"

    Scenario: The snapshot of a hub cache is served where it is
      Given "qwen2" was verified
      When "qwen2" is resolved
      Then its path to serve from is "hub/snapshots/main/qwen2.gguf"

    Scenario: A link that leads to another file there by now is a change
      Given "qwen2" was verified
      And there is a file "hub/blobs/5678" that holds the model "other"
      And "hub/snapshots/main/qwen2.gguf" is now a link to "hub/blobs/5678"
      When "qwen2" is resolved
      Then it is refused with FILE_CHANGED, naming its path
      And "qwen2" is Pending

    Scenario: A link that leads elsewhere by now is refused
      Given "qwen2" was verified
      And there is a file "secret.gguf" that holds the model "qwen2"
      And "hub/snapshots/main/qwen2.gguf" is now a link to "secret.gguf"
      When "qwen2" is resolved
      Then it is refused with NOT_A_REGULAR_FILE, naming its path
