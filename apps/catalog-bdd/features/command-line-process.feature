Feature: The program as a process
  A shell gives the program its arguments, its environment and its standard input, and ends it by a signal.

  Background:
    Given an empty catalog

  Scenario: Bytes from a pipe
    When the operator runs `catalog digest -`, and pipes "test" to it
    Then it prints exactly:
      """
      9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  -
      """

  Scenario: A list from a pipe, of which one digest is wrong
    Given there is a file "card" that holds "other bytes"
    When the operator runs `catalog digest --check -`, and pipes "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  card" to it
    Then it ends with exit code 10
    And it prints "card: FAILED"

  Scenario: The environment says who did it
    Given a model "wren" that is Active
    When the operator runs `catalog state wren Retired` with CATALOG_ACTOR "ada"
    Then the last change in the history says:
      | operation | set-state |
      | actor     | ada       |

  Scenario: The environment names another catalog
    Given a model "wren" that is Active
    When the operator runs `catalog ls` with CATALOG_ROOT "elsewhere"
    Then it ends with exit code 22

  Scenario: A newcomer is told how to begin
    When the operator runs `catalog` with CATALOG_ROOT "elsewhere"
    Then it ends with exit code 2
    And its standard error has "catalog import"
    And its standard error has "catalog add"

  Scenario: Changes are shown until Ctrl-C, which is an ordinary end
    Given the operator watches with `catalog watch`
    And the watching program has printed "watching from position"
    And a registered model "wren"
    And the watching program has printed "register -> Pending"
    When the operator presses Ctrl-C
    Then the watching program has ended with exit code 0
