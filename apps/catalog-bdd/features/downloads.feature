Feature: Downloading a model
  The catalog does not download. It says which provisioner may, and takes what was downloaded only once it has read it
  back from the disk. A model is never Active before its file is there and right.

  Background:
    Given an empty catalog
    And "llama-3.1-8b" is registered with the digest of the right bytes

  Scenario: One provisioner downloads a model, and it is Active once its bytes were read back
    Given "worker-1" has begun the download of "llama-3.1-8b"
    And its partial file holds the right bytes
    When "worker-1" finishes the download of "llama-3.1-8b"
    Then "llama-3.1-8b" is Active
    And its file is still there
    And its partial file is gone
    And no download of it is active

  Scenario: Of two provisioners one downloads, and the other learns who and until when
    Given the time is 2025-10-01T00:05:00Z
    And "worker-1" has begun the download of "llama-3.1-8b"
    When "worker-2" begins the download of "llama-3.1-8b"
    Then it is refused with IN_USE:
      | id    | llama-3.1-8b                                                                      |
      | users | [{"use":"download","holder":"worker-1","until":"2025-10-01T00:15:00.000Z"}] |
    And nothing was written

  Scenario: If a provisioner disappears, another one takes over, and the first cannot finish
    Given "worker-1" has begun the download of "llama-3.1-8b"
    And its partial file holds the right bytes
    And the time is 2025-10-01T00:10:00Z
    And "worker-2" has begun the download of "llama-3.1-8b"
    When "worker-1" finishes the download of "llama-3.1-8b"
    Then it is refused with DOWNLOAD_ENDED:
      | id     | llama-3.1-8b                                                                    |
      | holder | worker-1                                                                        |
      | heldBy | {"use":"download","holder":"worker-2","until":"2025-10-01T00:20:00.000Z"} |
    And "llama-3.1-8b" is Pending

  Scenario: A restarted provisioner goes on at once, under its own name
    Given "worker-1" has begun the download of "llama-3.1-8b"
    And its partial file holds the right bytes
    And the catalog was closed and opened again
    And "worker-1" has begun the download of "llama-3.1-8b"
    When "worker-1" finishes the download of "llama-3.1-8b"
    Then "llama-3.1-8b" is Active

  Scenario: A wrong file is quarantined, with what it looks like
    Given "worker-1" has begun the download of "llama-3.1-8b"
    And its partial file holds a sign-in page
    When "worker-1" finishes the download of "llama-3.1-8b"
    Then it is refused with DIGEST_MISMATCH:
      | expected | the digest of the right bytes |
    And "llama-3.1-8b" is Failed
    And its wrong file was quarantined as a "html-page"
    And its partial file is gone
    And no download of it is active

  Scenario: A file in the place of a right one is quarantined, not overwritten
    Given its file holds another model
    And "llama-3.1-8b" was found to be wrong
    And "worker-1" has begun the download of "llama-3.1-8b"
    And its partial file holds the right bytes
    When "worker-1" finishes the download of "llama-3.1-8b"
    Then "llama-3.1-8b" is Active
    And a quarantined file holds another model

  Scenario: A file in the place of a wrong one stays there
    Given its file holds another model
    And "llama-3.1-8b" was found to be wrong
    And "worker-1" has begun the download of "llama-3.1-8b"
    And its partial file holds a sign-in page
    When "worker-1" finishes the download of "llama-3.1-8b"
    Then it is refused with DIGEST_MISMATCH:
      | expected | the digest of the right bytes |
    And its file is still there
    And its wrong file was quarantined as a "html-page"
    And its partial file is gone

  Scenario: A verified model is not downloaded again
    Given its file holds the right bytes
    And it was verified
    When "worker-1" begins the download of "llama-3.1-8b"
    Then there is nothing to download
    And nothing was written
