Feature: Several processes, one catalog
  A provisioner and an orchestrator are processes of their own. Neither waits for the other, there is no lock, and
  what one of them was told is true for the other.

  Background:
    Given a provisioner and an orchestrator that share a catalog

  Scenario: The orchestrator sees a model the moment that the provisioner is told that it is Active
    Given the provisioner has registered and downloaded "llama-3.1-8b"
    When the provisioner verifies "llama-3.1-8b"
    Then the orchestrator sees that "llama-3.1-8b" is Active at revision 2
    And the orchestrator can serve it from the provisioner's path

  Scenario: Both register the same model at once
    When both register "llama-3.1-8b" at once
    Then exactly one of them succeeds, and the other is refused with ALREADY_EXISTS
    And the provisioner sees that "llama-3.1-8b" is Pending at revision 1
    And the orchestrator sees that "llama-3.1-8b" is Pending at revision 1

  Scenario: A provisioner that is killed loses nothing that was acknowledged
    When the provisioner registers one model after another and is killed at the 20th acknowledgement
    Then the orchestrator finds every model that was acknowledged
    And the orchestrator can register "the-next-one"
    And a new provisioner finds every model that was acknowledged

  Scenario: Both change one model at once, and no change is lost
    Given the provisioner has registered and downloaded "llama-3.1-8b"
    When both verify "llama-3.1-8b" 10 times at once
    Then the orchestrator sees that "llama-3.1-8b" is Active at revision 21
    And the history has 10 changes by each of them

  Scenario: Both act on what they saw, and only one is right
    Given the provisioner has registered and downloaded "llama-3.1-8b"
    And the provisioner has verified "llama-3.1-8b"
    When both set "llama-3.1-8b" to Retired at once, if it is still at revision 2
    Then exactly one of them succeeds, and the other is refused with CONFLICT
    And the provisioner sees that "llama-3.1-8b" is Retired at revision 3
