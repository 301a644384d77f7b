Feature: Using a model
  Who uses a model takes a lease on it. Until that ends the model is neither removed nor retired.

  Background:
    Given an empty catalog
    And a model "llama-3.1-8b" that is Active

  Scenario Outline: A model in use is not <taken away>
    Given "llama-server" has a lease of 60 seconds on "llama-3.1-8b"
    When "llama-3.1-8b" is <taken away>
    Then it is refused with IN_USE:
      | id    | llama-3.1-8b                                                                      |
      | users | [{"use":"lease","holder":"llama-server","until":"2025-10-01T00:01:00.000Z"}] |
    And nothing was written

    Examples:
      | taken away     |
      | removed        |
      | set to Retired |

  Scenario: A lease ends when it is released
    Given "llama-server" has a lease of 60 seconds on "llama-3.1-8b"
    And "llama-server" has released its lease
    When "llama-3.1-8b" is set to Retired
    Then "llama-3.1-8b" is Retired

  Scenario: A lease that is not renewed ends by itself
    Given "llama-server" has a lease of 60 seconds on "llama-3.1-8b"
    And the time is 2025-10-01T00:01:00Z
    When "llama-3.1-8b" is removed
    Then "llama-3.1-8b" is not in the catalog

  Scenario: A lease that has ended is not renewed
    Given "llama-server" has a lease of 60 seconds on "llama-3.1-8b"
    And the time is 2025-10-01T00:01:00Z
    When "llama-server" renews its lease for 60 seconds
    Then it is refused with LEASE_ENDED:
      | id | llama-3.1-8b |
    And nothing was written

  Scenario: A lease holds across a restart
    Given "llama-server" has a lease of 60 seconds on "llama-3.1-8b"
    And the catalog was closed and opened again
    When "llama-3.1-8b" is removed
    Then it is refused with IN_USE:
      | id | llama-3.1-8b |

  Scenario: A caller that waits removes the model once its last user has ended
    Given "llama-server" has a lease of 60 seconds on "llama-3.1-8b"
    When "llama-3.1-8b" is removed, waiting, and "llama-server" releases its lease
    Then "llama-3.1-8b" is not in the catalog

  Scenario: Only an Active model is used
    Given a model "qwen2-7b" that is Pending
    When "llama-server" takes a lease of 60 seconds on "qwen2-7b"
    Then it is refused with NOT_USABLE:
      | id      | qwen2-7b |
      | state   | Pending  |
      | problem | state    |

  Scenario: Wrong bytes make a model Failed also while it is used
    Given "llama-server" has a lease of 60 seconds on "llama-3.1-8b"
    And its file holds the wrong bytes
    When "llama-3.1-8b" is verified
    Then it is refused with DIGEST_MISMATCH:
      | id | llama-3.1-8b |
    And "llama-3.1-8b" is Failed
