Feature: The service
  `orchestratord` puts the catalog on HTTP, for programs that cannot open the directory themselves. It shows what anyone
  may see, and lets no caller choose a path on the machine.

  Rule: Clients work with models over HTTP

    Background:
      Given an empty catalog
      And the service runs

    Scenario: A model is registered over HTTP
      When a client sends POST "/v2/catalog/models" with:
        | id     | org/llama                                                     |
        | source | https://user:secret@models.example/llama.gguf?token=secret    |
      Then the service answers 201
      And the answer says:
        | id     | org/llama                         |
        | state  | Pending                           |
        | source | https://models.example/llama.gguf |
      And "org/llama" is Pending
      And the last change in the history says:
        | operation | register      |
        | actor     | orchestratord |

    Scenario: A client that got no answer registers again
      Given a client has sent POST "/v2/catalog/models" with:
        | id     | llama        |
        | source | hf:org/llama |
      When a client sends POST "/v2/catalog/models" with:
        | id     | llama        |
        | source | hf:org/llama |
      Then the service answers 200
      And the answer says:
        | revision | 1 |

    Scenario: An id that is taken by another model is refused
      Given "llama" is registered
      When a client sends POST "/v2/catalog/models" with:
        | id     | llama        |
        | source | hf:org/other |
      Then the service answers 409
      And the answer says:
        | code | ALREADY_EXISTS |

    Scenario Outline: No request chooses a path on the machine, or who has made it
      When a client sends POST "/v2/catalog/models" with:
        | id      | llama        |
        | source  | hf:org/llama |
        | <field> | <value>      |
      Then the service answers 400
      And the answer says:
        | code | INVALID_INPUT |
      And "llama" is not in the catalog

      Examples:
        | field    | value       |
        | location | /etc/passwd |
        | file     | llama.bin   |
        | actor    | root        |

    Scenario: A change needs the revision that its caller has seen
      Given "llama" is registered
      When a client sends PATCH "/v2/catalog/models/llama" for revision 2 with:
        | state | Retired |
      Then the service answers 412
      And "llama" is Pending

    Scenario: A model is retired, and the history says why
      Given "llama" is registered
      When a client sends PATCH "/v2/catalog/models/llama" for revision 1 with:
        | state  | Retired         |
        | reason | replaced by 3.2 |
      Then the service answers 200
      And "llama" is Retired
      And the last change in the history says:
        | operation | set-state       |
        | reason    | replaced by 3.2 |

    Scenario: Clients hear of what other programs change
      Given a client follows the events of the service
      When the operator runs `catalog register llama --source hf:org/llama`
      Then the client hears of the change "register" of "llama"

    Scenario: The service stops cleanly
      Given a client follows the events of the service
      When the operator stops the service
      Then the stream of the client ends
      And the service has ended with exit code 0

  Rule: A catalog that cannot be read does not end the service

    Background:
      Given an empty catalog
      And a registered model "llama"
      And a registered model "mistral"
      And the catalog was closed
      And a byte of the journal's first record is changed
      And the service runs

    Scenario: It reports itself not ready
      When a client sends GET "/readyz"
      Then the service answers 503
      And the answer says:
        | code | DAMAGED |

    Scenario: A repair brings it back
      Given a client has sent GET "/readyz"
      And the operator has run `catalog repair`
      When a client sends GET "/readyz"
      Then the service answers 200
