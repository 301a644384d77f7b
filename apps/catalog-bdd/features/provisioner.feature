Feature: The provisioner
  `model-provisioner` downloads what the catalog asks for and has it verified: for one model, as a job that ends, or for
  all that are Pending, for as long as it runs.

  Background:
    Given an empty catalog
    And a source that has the file of "llama"

  Scenario: A job brings a model
    When the operator runs the provisioner for "llama"
    Then the provisioner has ended with exit code 0
    And the provisioner says:
      | id      | llama  |
      | outcome | ready  |
      | state   | Active |
    And "llama" is Active

  Scenario: A job goes on after its source has cut the connection
    Given the source cuts its next 2 answers
    When the operator runs the provisioner for "llama"
    Then the provisioner has ended with exit code 0
    And "llama" is Active

  Scenario: A problem that needs a person ends a job for good, and the model records it
    Given the source no longer has the file
    When the operator runs the provisioner for "llama"
    Then the provisioner has ended with exit code 1
    And "llama" is Pending
    And "llama" failed to download once, of "the source answers 404"

  Scenario: A temporary problem is worth trying again
    Given the source is busy
    When the operator runs the provisioner for "llama" with "--attempts 2"
    Then the provisioner has ended with exit code 75
    And "llama" failed to download once, of "the source answers 503"

  Scenario: Wrong bytes are never Active
    Given the source has other bytes by now
    When the operator runs the provisioner for "llama"
    Then the provisioner has ended with exit code 1
    And "llama" is Failed

  Scenario: No source leads it to this machine or a private network
    When the operator runs the provisioner for "llama", which may ask public addresses only
    Then the provisioner has ended with exit code 1
    And "llama" failed to download once, of "the source leads to a private address, which requires --allow-private"

  Scenario: A provisioner that follows the catalog brings what is registered later
    Given the provisioner follows the catalog
    When "mistral" is registered, whose file the source has
    Then the provisioner says:
      | id    | mistral |
      | state | Active  |
