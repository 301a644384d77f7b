Feature: Files that cannot be verified
  A file that is missing, is not a file, changes while it is read, or whose reading is cancelled says nothing about
  the model's bytes: the model stays as it was.

  Background:
    Given an empty catalog
    And a registered model "phi-3-mini"

  Scenario Outline: <what> instead of the model's file
    Given at its path there is <what>
    When "phi-3-mini" is verified
    Then it is refused with <code>, naming its path
    And no model has changed
    And its history tells of a verification that was unreadable, with <code>

    Examples:
      | what            | code               |
      | nothing         | FILE_MISSING       |
      | a directory     | NOT_A_REGULAR_FILE |
      | a FIFO          | NOT_A_REGULAR_FILE |
      | a symbolic link | NOT_A_REGULAR_FILE |

  Scenario: The file grows while it is read
    Given its file holds a model of 64 MiB
    When "phi-3-mini" is verified while a download goes on writing its file
    Then it is refused with FILE_CHANGED, naming its path
    And "phi-3-mini" is Pending at revision 1

  Scenario: The file is replaced by another one while it is read
    Given its file holds a model of 64 MiB
    When "phi-3-mini" is verified while another file is renamed to its path
    Then it is refused with FILE_CHANGED, naming its path
    And "phi-3-mini" is Pending at revision 1

  Scenario: The operator cancels the verification
    Given its file holds a model of 64 MiB
    When "phi-3-mini" is verified and cancelled midway
    Then it is cancelled
    And nothing was written

  Scenario: A model that is not registered
    When "phi-4" is verified
    Then it is refused with NOT_FOUND:
      | id | phi-4 |
