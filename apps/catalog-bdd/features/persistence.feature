Feature: What stays
  The catalog lives in a directory. What it has acknowledged is there whenever it is opened again, catalog.json shows
  it to people and other tools, and a catalog.json from elsewhere is where a catalog can begin.

  Scenario: A catalog that is opened again is the same
    Given an empty catalog
    And these models:
      | id           | name         | state   |
      | llama-3.1-8b | Llama 3.1 8B | Active  |
      | mistral-7b   | Mistral 7B   | Failed  |
      | qwen2-7b     | Qwen2 7B     | Retired |
    When the catalog is closed and opened again
    Then no model has changed

  Scenario: catalog.json shows it in the specification's format
    Given an empty catalog
    And "llama-3.1-8b-instruct" is registered with:
      | name   | Llama 3.1 8B Instruct                                   |
      | source | https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct |
      | digest | the digest of the right bytes                           |
    And its file holds the right bytes
    And the time is 2025-10-01T00:05:00Z
    And it was verified
    When the catalog is closed
    Then catalog.json has a model with exactly these fields first, in this order:
      """json
      {
        "id": "llama-3.1-8b-instruct",
        "name": "Llama 3.1 8B Instruct",
        "source": "https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct",
        "digest": "the digest of the right bytes",
        "state": "Active",
        "registered_at": "2025-10-01T00:00:00.000Z",
        "verified_at": "2025-10-01T00:05:00.000Z"
      }
      """
    And it is indented by two spaces

  Rule: A directory with nothing but a catalog.json is adopted

    Background:
      Given a directory with this catalog.json:
        """json
        {
          "maintainer": "ml-platform",
          "models": [
            {
              "id": "llama-3.1-8b-instruct",
              "name": "Llama 3.1 8B Instruct",
              "source": "https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct",
              "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
              "state": "Pending",
              "registered_at": "2025-10-01T00:00:00Z",
              "verified_at": null,
              "license": { "spdx": "llama3.1", "accepted": true }
            }
          ]
        }
        """

    Scenario: Its models are the catalog's
      When the catalog is opened
      Then "llama-3.1-8b-instruct" is Pending at revision 1
      And its entry says:
        | name         | Llama 3.1 8B Instruct                                            |
        | digest       | 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 |
        | registeredAt | 2025-10-01T00:00:00Z                                             |
        | verifiedAt   | null                                                             |

    Scenario: Fields that the catalog does not know survive its changes
      Given the catalog was opened
      And "llama-3.1-8b-instruct" was set to Retired
      When the catalog is closed
      Then catalog.json has these fields:
        | maintainer | ml-platform |
      And its model "llama-3.1-8b-instruct" has these fields:
        | state   | Retired                                  |
        | license | { "spdx": "llama3.1", "accepted": true } |

  Rule: What another program calls Active is listed as such, and served only once it was read here

    Scenario: It is not served as it was adopted
      Given a directory with this catalog.json:
        """json
        {
          "models": [
            {
              "id": "llama-3.1-8b",
              "name": "Llama 3.1 8B",
              "source": "hf:meta-llama/Llama-3.1-8B",
              "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
              "state": "Active",
              "registered_at": "2025-10-01T00:00:00+02:00",
              "verified_at": "2025-10-01T00:05:00+02:00"
            }
          ]
        }
        """
      And the catalog was opened
      When "llama-3.1-8b" is resolved
      Then it is refused with NOT_USABLE:
        | state   | Active      |
        | problem | no-evidence |
      And "llama-3.1-8b" is Active at revision 1
      And its entry says:
        | verifiedAt | 2025-09-30T22:05:00Z |

  Rule: A catalog.json that cannot be read is left unchanged

    Scenario Outline: No catalog begins with a catalog.json that <what>
      Given a directory with this catalog.json:
        """
        <text>
        """
      When the catalog is opened
      Then it is refused with DAMAGED, naming catalog.json
      And catalog.json is untouched
      And the directory holds nothing else

      Examples:
        | what              | text                                                |
        | is cut off        | { "models": [ { "id": "llama-3.1-8b-instruct", "n   |
        | has no models     | { "version": 3 }                                    |
        | has half an entry | { "models": [ { "id": "llama-3.1-8b-instruct" } ] } |
        | is a list         | []                                                  |

    Scenario: A record that a crash left unfinished was never acknowledged, and is skipped
      Given an empty catalog
      And a registered model "llama-3.1-8b"
      And the catalog was closed
      And the journal ends in the middle of a record
      When the catalog is opened
      Then "llama-3.1-8b" is Pending at revision 1
      And "mistral-7b" can be registered

    Scenario: A record that was changed after it was acknowledged is damage
      Given an empty catalog
      And a registered model "llama-3.1-8b"
      And a registered model "mistral-7b"
      And the catalog was closed
      And a byte of the journal's first record is changed
      When the catalog is opened
      Then it is refused with DAMAGED, naming the journal
      And the journal is untouched

    Scenario: A model in an unknown state is repaired, and the others stay
      Given an empty catalog
      And a registered model "llama-3.1-8b"
      And a registered model "mistral-7b"
      And the catalog was closed
      And the journal's last record puts its model into the state "Archived", with the right checksum
      When the catalog is opened
      Then it is refused with DAMAGED, naming the journal
      When the catalog is repaired and opened
      Then "llama-3.1-8b" is Pending at revision 1
      And "qwen-2.5-7b" can be registered

  Rule: An edit of catalog.json is accepted or refused, and never overwritten

    Background:
      Given an empty catalog
      And a registered model "llama-3.1-8b"
      And the catalog was closed

    Scenario: An edit is a change of the catalog
      Given the name of "llama-3.1-8b" was changed to "by hand" in catalog.json
      When the catalog is opened
      Then "llama-3.1-8b" is Pending at revision 2
      And its entry says:
        | name | by hand |

    Scenario: A mistake is refused, with its place, and the corrected file is accepted
      Given the name of "llama-3.1-8b" was changed to "by hand" in catalog.json, with an extra comma
      When the catalog is opened
      Then it is refused with EDITED_OUTSIDE, naming the line of that comma
      And catalog.json is untouched
      And the catalog opens once that comma is gone

    Scenario: A catalog.json that is newer than a restored .catalog is kept beside it
      Given .catalog was copied away
      And the catalog was opened
      And a registered model "mistral-7b"
      And the catalog was closed
      And the copy of .catalog was put back
      When the catalog is opened
      Then a file beside catalog.json still shows "mistral-7b"
