Feature: Registering a model
  A model is registered before its file is there: under an id of its own, with where it comes from and, if the
  publisher says so, with the SHA-256 digest that its bytes must have.

  Background:
    Given an empty catalog

  Scenario: A registered model is Pending until its bytes are verified
    When "llama-3.1-8b-instruct" is registered with:
      | source | https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct |
    Then "llama-3.1-8b-instruct" is Pending at revision 1
    And its entry says:
      | name         | llama-3.1-8b-instruct    |
      | digest       | null                     |
      | registeredAt | 2025-10-01T00:00:00.000Z |
      | verifiedAt   | null                     |

  Scenario Outline: A declared digest has one spelling, however it was given
    When "mistral-7b" is registered with:
      | digest | <given> |
    Then its entry says:
      | digest       | 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 |
      | digestOrigin | caller                                                           |

    Examples:
      | given                                                                   |
      | 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08        |
      | 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08        |
      | sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 |
      | SHA256:9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08 |

  Scenario Outline: An id is taken once, regardless of case
    Ids that differ only in case would be one file on Windows and macOS.

    Given a registered model "mistral-7b"
    When "<id>" is registered
    Then it is refused with ALREADY_EXISTS:
      | id         | <id>       |
      | existingId | mistral-7b |
    And no model has changed

    Examples:
      | id         |
      | mistral-7b |
      | Mistral-7B |

  Rule: Bad input is refused by the name of the field, and nothing is written

    Scenario Outline: The field <field> cannot be <value>
      When "mistral-7b" is registered with:
        | <field> | <value> |
      Then it is refused with INVALID_INPUT for "<field>"
      And nothing was written

      Examples: Ids that are not a safe file name on every system
        | field | value       |
        | id    | ../x        |
        | id    | /abs        |
        | id    | "a\\u0000b" |
        | id    | con         |
        | id    | ""          |

      Examples: Digests that are not SHA-256
        | field  | value                                                           |
        | digest | 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0 |
        | digest | md5:098f6bcd4621d373cade4e832627b4f6                            |
        | digest | 12345                                                           |

      Examples: Files outside the catalog, or the catalog's own
        | field | value        |
        | file  | ../../passwd |
        | file  | catalog.json |

      Examples: Fields that no caller may set, or that do not exist
        | field  | value  |
        | state  | Active |
        | colour | blue   |

    Scenario: All problems are reported at once
      When "mistral-7b" is registered with:
        | digest    | abc  |
        | sizeBytes | -1   |
        | colour    | blue |
      Then it is refused with INVALID_INPUT for "digest, sizeBytes, colour"
      And nothing was written
