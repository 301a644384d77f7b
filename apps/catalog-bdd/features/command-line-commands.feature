Feature: Each command
  What a command prints when all is well. The commands that have features of their own are not repeated here.

  Background:
    Given an empty catalog
    And a model "wren" that is Active
    And a registered model "robin"

  Scenario Outline: `catalog <command>`
    When the operator runs `catalog <command>`
    Then it prints "<text>"

    Examples: About one model
      | command                               | text             |
      | path robin                            | models/robin     |
      | resolve wren                          | models/wren.gguf |
      | locate wren                           | models/wren.gguf |
      | update wren --name Jenny              | wren: updated    |
      | lease take wren --holder ada --for 5m | -                |
      | lease ls                              | no leases        |
      | download begin robin --holder ada     | models/          |
      | export --format sha256sums            | wren.gguf        |

    Examples: About all of them
      | command            | text                 |
      | ls                 | 2 models             |
      | audit              | 1 of 1 model right   |
      | collect            | nothing to do        |
      | dedupe             | nothing to do        |
      | policy             | no policy is stored  |
      | stats              | Active               |
      | verify-history     | verified             |
      | completion bash    | complete -F _catalog |
      | completion zsh     | #compdef catalog     |
      | completion fish    | complete             |
      | complete -- show w | wren                 |

  Scenario: A download is begun, renewed, and finished
    Given the operator has run `catalog download begin robin --holder ada`
    And the operator has run `catalog download renew robin --holder ada`
    And there is a file "models/robin.gguf.partial" that holds the model "robin"
    When the operator runs `catalog download finish robin --holder ada`
    Then "robin" is Active

  Scenario: A download is given up
    Given the operator has run `catalog download begin robin --holder ada`
    When the operator runs `catalog download abandon robin --holder ada`
    Then "robin" is Pending

  Scenario: A lease is taken, renewed, and released
    Given the operator has run `catalog lease take wren --holder ada --for 5m`
    And the operator has run `catalog lease renew wren PRINTED --for 10m`
    And the operator has run `catalog lease take wren --holder bob --for 5m`
    And the operator has run `catalog lease release wren PRINTED`
    When the operator runs `catalog lease ls`
    Then it prints "1 lease"

  Scenario: A rule is stored, and removed again
    Given the operator has run `catalog policy set require-declared-digest=true`
    And the operator has run `catalog policy unset require-declared-digest`
    When the operator runs `catalog policy`
    Then it prints "no policy is stored"

  Scenario: A plan is saved, read, and applied
    Given there is a file "models/copy.gguf" that holds the model "wren"
    And the operator has run `catalog add models/copy.gguf`
    And the operator has run `catalog dedupe --save plan.json`
    When the operator runs `catalog apply plan.json --yes`
    Then it prints "1 done, 0 skipped, 0 failed"
    And "copy" is Active
    And "wren" is Active
