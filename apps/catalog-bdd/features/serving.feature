Feature: Serving a model
  An orchestrator asks for a path on every request. It gets one only for a model that is Active, verified on the
  disk that it is on, and still the file that was verified. That costs one look at each file and no reading.

  Background:
    Given an empty catalog

  Scenario: The path of a verified model
    Given a model "qwen2-7b" that is Active
    When "qwen2-7b" is resolved
    Then its path to serve from is "models/qwen2-7b.gguf"
    And nothing was written

  Scenario: By where it comes from
    Given a model "qwen2-7b" from "hf:Qwen/Qwen2-7B/model.gguf"
    And its file holds the right bytes
    And it was verified
    When "https://huggingface.co/Qwen/Qwen2-7B/resolve/main/model.gguf" is resolved
    Then its path to serve from is "models/qwen2-7b.gguf"

  Scenario Outline: A model that is <state> is not served
    Given a model "qwen2-7b" that is <state>
    When "qwen2-7b" is resolved
    Then it is refused with NOT_USABLE:
      | id      | qwen2-7b |
      | state   | <state>  |
      | problem | state    |

    Examples:
      | state   |
      | Pending |
      | Retired |
      | Failed  |

  Scenario: A file that changed goes back to verification instead of being served
    Given a model "qwen2-7b" that is Active
    And another model took the place of its file
    When "qwen2-7b" is resolved
    Then it is refused with FILE_CHANGED, naming its path
    And "qwen2-7b" is Pending
    And the last change in the history says:
      | operation | resolve |

  Scenario: A file that is missing now may come back
    Given a model "nas/qwen2-7b" that is Active
    And "models/nas" is not mounted for a while
    When "nas/qwen2-7b" is resolved
    Then it is refused with FILE_MISSING, naming its path
    And "nas/qwen2-7b" is Active
    When "models/nas" is mounted again
    And "nas/qwen2-7b" is resolved
    Then its path to serve from is "models/nas/qwen2-7b.gguf"

  Scenario: An open model stays the verified one whatever becomes of its name
    Given a model "qwen2-7b" that is Active
    When "qwen2-7b" is opened and another model takes the place of its file
    Then what is read is the right bytes
