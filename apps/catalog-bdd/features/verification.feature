Feature: Verifying a model's bytes
  Verification reads the model's file to its last byte. Only the bytes that were promised make a model Active.

  Background:
    Given an empty catalog

  Scenario: The right bytes make the model Active
    Given "llama-3.1-8b" is registered with the digest of the right bytes
    And its file holds the right bytes
    And the time is 2025-10-01T00:05:00Z
    When "llama-3.1-8b" is verified
    Then "llama-3.1-8b" is Active at revision 2
    And it was verified at 2025-10-01T00:05:00Z
    And this machine's evidence for it says:
      | outcome | match                         |
      | digest  | the digest of the right bytes |
      | bytes   | 1024                          |

  Scenario: Wrong bytes make it Failed, with what was expected and what was found
    Given "llama-3.1-8b" is registered with the digest of the right bytes
    And its file holds the wrong bytes
    When "llama-3.1-8b" is verified
    Then it is refused with DIGEST_MISMATCH:
      | id        | llama-3.1-8b                  |
      | expected  | the digest of the right bytes |
      | found     | the digest of the wrong bytes |
      | sizeBytes | 1024                          |
    And "llama-3.1-8b" is Failed at revision 2
    And it was never verified
    And its failure says:
      | reason   | digest-mismatch               |
      | expected | the digest of the right bytes |
      | found    | the digest of the wrong bytes |
      | node     | gpu-box-1                     |
    And its file is still there

  Scenario: Fetched again and right, a Failed model becomes Active
    Given a model "llama-3.1-8b" that is Failed
    And its file is fetched again, without fault
    When "llama-3.1-8b" is verified
    Then "llama-3.1-8b" is Active
    And it has no failure

  Scenario: Where no digest was declared, the first verification computes and records it
    Given a registered model "llama-3.1-8b"
    And its file holds the right bytes
    When "llama-3.1-8b" is verified
    Then "llama-3.1-8b" is Active
    And its entry says:
      | digest       | the digest of the right bytes |
      | digestOrigin | computed                      |

  Scenario: A computed digest is expected from then on
    Given "llama-3.1-8b" was verified without a declared digest
    And its file holds another model
    When "llama-3.1-8b" is verified
    Then it is refused with DIGEST_MISMATCH:
      | found | the digest of another model |
    And "llama-3.1-8b" is Failed

  Scenario: A file of another size than declared is wrong before its first byte is read
    Given "llama-3.1-8b" is registered with a size of 1024 bytes
    And its file holds half of the right bytes
    When "llama-3.1-8b" is verified
    Then it is refused with SIZE_MISMATCH:
      | id            | llama-3.1-8b |
      | expectedBytes | 1024         |
      | foundBytes    | 512          |
    And "llama-3.1-8b" is Failed
    And its failure says:
      | reason   | size-mismatch |
      | expected | "1024"        |
      | found    | "512"         |

  Scenario: A file that was verified elsewhere is the model's file from then on
    Given "llama-3.1-8b" is registered with the digest of the right bytes
    And there is a file "/mnt/nas/llama.gguf" that holds the right bytes
    When "llama-3.1-8b" is verified at "/mnt/nas/llama.gguf"
    Then "llama-3.1-8b" is Active
    And its path is "/mnt/nas/llama.gguf"
