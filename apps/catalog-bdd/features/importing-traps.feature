Feature: What cannot be imported
  A store can hold unfinished downloads, cut manifests, and links that lead nowhere. Each of them is told with a word in
  brackets, and the rest is imported.

  Background:
    Given an empty catalog

  Scenario Outline: A store of <tool> with <damage>
    Given a store of "<tool>" with "<damage>"
    When the operator runs `catalog import store --yes`
    Then it tells of "<word>"
    And it has imported <count> models, all of them Active
    And `catalog ls` lists <count> models with files in order
    And the same command tells of "<word>" again, and writes nothing
    And nothing in the store has changed

    Examples:
      | tool                | damage                | word              | count |
      | ollama              | missing-blob          | missing-file      | 4     |
      | ollama              | wrong-size            | wrong-size        | 4     |
      | ollama              | path-in-digest        | broken-manifest   | 4     |
      | ollama              | no-weights            | no-weights        | 4     |
      | ollama              | empty-manifest        | broken-manifest   | 4     |
      | ollama              | cut-manifest          | broken-manifest   | 4     |
      | ollama              | huge-manifest         | broken-manifest   | 4     |
      | ollama              | dangling-blob         | dangling-link     | 4     |
      | ollama              | blob-out              | link-out-of-store | 4     |
      | ollama              | new-download          | incomplete        | 4     |
      | hub cache           | broken-tree           | broken-manifest   | 2     |
      | hub cache           | dangling-config       | dangling-link     | 1     |
      | hub cache           | dangling-readme       | dangling-link     | 2     |
      | hub cache           | dangling-weights      | dangling-link     | 2     |
      | hub cache           | download-in-progress  | incomplete        | 2     |
      | hub cache           | empty-ref             | broken-manifest   | 2     |
      | hub cache           | incomplete            | incomplete        | 2     |
      | hub cache           | link-loop             | link-loop         | 2     |
      | hub cache           | link-out              | link-out-of-store | 2     |
      | hub cache           | masked-name           | unusable-digest   | 3     |
      | hub cache           | missing-indexed-shard | incomplete        | 1     |
      | hub cache           | missing-shard         | incomplete        | 2     |
      | hub cache           | other-digest-in-tree  | unusable-digest   | 3     |
      | hub cache           | ref-without-snapshot  | missing-file      | 2     |
      | hub cache           | wrong-size            | wrong-size        | 2     |
      | local directory     | broken-record         | broken-manifest   | 1     |
      | local directory     | changed               | changed-since     | 1     |
      | local directory     | incomplete            | incomplete        | 1     |
      | local directory     | masked-etag           | unusable-digest   | 1     |
      | llama.cpp           | broken-manifest       | broken-manifest   | 5     |
      | llama.cpp           | incomplete            | incomplete        | 5     |
      | llama.cpp           | missing-file          | missing-file      | 5     |
      | llama.cpp           | missing-shard         | incomplete        | 5     |
      | llama.cpp           | other-etag            | unusable-digest   | 6     |
      | llama.cpp           | wrong-size            | wrong-size        | 5     |
      | LM Studio           | broken-settings       | broken-manifest   | 3     |
      | LM Studio           | dangling-link         | dangling-link     | 3     |
      | LM Studio           | link-out              | link-out-of-store | 3     |
      | LM Studio           | partial               | incomplete        | 3     |
      | Docker Model Runner | missing-blob          | missing-file      | 4     |
      | Docker Model Runner | wrong-size            | wrong-size        | 4     |
      | Docker Model Runner | archive               | unusable-layer    | 4     |
      | Docker Model Runner | no-weights            | no-weights        | 4     |
      | Docker Model Runner | path-out              | broken-manifest   | 4     |
      | Docker Model Runner | path-in-digest        | broken-manifest   | 4     |
      | Docker Model Runner | other-algorithm       | unusable-digest   | 5     |
      | Docker Model Runner | changed-manifest      | broken-manifest   | 4     |
      | Docker Model Runner | huge-manifest         | broken-manifest   | 4     |
      | Docker Model Runner | cut-list              | broken-manifest   | 4     |
      | Docker Model Runner | missing-manifest      | missing-file      | 4     |
      | OCI layout          | missing-blob          | missing-file      | 2     |
      | OCI layout          | wrong-size            | wrong-size        | 2     |
      | OCI layout          | path-out              | broken-manifest   | 2     |
      | OCI layout          | path-in-digest        | broken-manifest   | 2     |
      | OCI layout          | zstd-archive          | unusable-layer    | 2     |
      | OCI layout          | other-algorithm       | unusable-digest   | 3     |
      | OCI layout          | missing-manifest      | missing-file      | 2     |
      | OCI layout          | short-manifest        | wrong-size        | 2     |
      | OCI layout          | changed-manifest      | broken-manifest   | 2     |
      | OCI layout          | huge-manifest         | broken-manifest   | 2     |
      | OCI layout          | cut-nested-index      | broken-manifest   | 2     |
      | registry            | path-in-tag           | broken-manifest   | 1     |
      | registry            | empty-tag             | broken-manifest   | 1     |
      | registry            | missing-manifest      | missing-file      | 1     |
      | registry            | missing-blob          | missing-file      | 1     |
      | KitOps              | missing-blob          | missing-file      | 1     |
      | KitOps              | wrong-size            | wrong-size        | 1     |
      | KitOps              | no-weights            | no-weights        | 1     |
      | KitOps              | path-out              | broken-manifest   | 1     |
      | KitOps              | other-algorithm       | unusable-digest   | 2     |
      | KitOps              | changed-manifest      | broken-manifest   | 1     |
      | KitOps              | missing-manifest      | missing-file      | 1     |
      | KitOps              | cut-index             | broken-manifest   | 1     |
      | KitOps              | huge-index            | broken-manifest   | 1     |
      | ramalama            | missing-blob          | missing-file      | 5     |
      | ramalama            | git-blob-id           | unusable-digest   | 6     |
      | ramalama            | cut-ref               | broken-manifest   | 5     |
      | ramalama            | no-weights            | no-weights        | 5     |
      | ramalama            | name-out              | broken-manifest   | 5     |
      | ramalama            | file-source           | unusable-digest   | 6     |
      | Jan                 | missing-file          | missing-file      | 4     |
      | Jan                 | missing-projector     | missing-file      | 5     |
      | Jan                 | wrong-size            | wrong-size        | 4     |
      | Jan                 | masked-digest         | unusable-digest   | 5     |
      | Jan                 | path-out              | broken-manifest   | 4     |
      | Jan                 | file-elsewhere        | link-out-of-store | 4     |
      | Jan                 | alias-bomb            | broken-manifest   | 4     |
      | Jan                 | cut-description       | broken-manifest   | 4     |
      | Cortex              | alias                 | broken-manifest   | 4     |
      | Cortex              | cut                   | broken-manifest   | 4     |
      | Cortex              | imported-elsewhere    | link-out-of-store | 4     |
      | Cortex              | missing-file          | missing-file      | 4     |
      | Cortex              | missing-shard         | incomplete        | 4     |
      | Cortex              | path-out              | broken-manifest   | 4     |
      | InvokeAI            | dangling-link         | dangling-link     | 3     |
      | InvokeAI            | download              | incomplete        | 3     |
      | InvokeAI            | missing-shard         | incomplete        | 3     |
      | ComfyUI             | root-elsewhere        | link-out-of-store | 3     |
      | ComfyUI             | cut-paths             | broken-manifest   | 3     |
      | ComfyUI             | alias-in-paths        | broken-manifest   | 3     |
      | ComfyUI             | huge-paths            | broken-manifest   | 3     |
      | ComfyUI             | kind-elsewhere        | link-out-of-store | 3     |
      | ComfyUI             | dangling-link         | dangling-link     | 3     |
      | ComfyUI             | link-loop             | link-loop         | 3     |
      | ComfyUI             | link-out              | link-out-of-store | 3     |
      | ComfyUI             | partial               | incomplete        | 3     |
      | ComfyUI             | pointer               | pointer-file      | 3     |
      | A1111               | kind-elsewhere        | link-out-of-store | 3     |
      | A1111               | dangling-link         | dangling-link     | 3     |
      | A1111               | link-loop             | link-loop         | 3     |
      | A1111               | link-out              | link-out-of-store | 3     |
      | A1111               | partial               | incomplete        | 3     |
      | A1111               | pointer               | pointer-file      | 3     |
      | GPT4All             | dangling-link         | dangling-link     | 1     |
      | GPT4All             | link-out              | link-out-of-store | 1     |
      | GPT4All             | md5-list              | unusable-digest   | 1     |
      | GPT4All             | missing-shard         | incomplete        | 1     |
      | ModelScope          | downloads             | incomplete        | 2     |
      | ModelScope          | missing-shard         | incomplete        | 2     |
      | plain               | aria2                 | incomplete        | 5     |
      | plain               | broken-list           | broken-manifest   | 5     |
      | plain               | dangling-link         | dangling-link     | 5     |
      | plain               | lfs-pointer           | pointer-file      | 5     |
      | plain               | link-loop             | link-loop         | 5     |
      | plain               | link-out              | link-out-of-store | 5     |
      | plain               | md5-list              | unusable-digest   | 5     |
      | plain               | missing-indexed-file  | incomplete        | 5     |
      | plain               | missing-shard         | incomplete        | 5     |
      | plain               | partial               | incomplete        | 5     |
      | plain               | partial-of-directory  | incomplete        | 5     |
      | signed models       | cut                   | broken-manifest   | 2     |
      | signed models       | edited                | broken-manifest   | 2     |
      | signed models       | extra-file            | unsigned-file     | 2     |
      | signed models       | many-shards           | unusable-digest   | 2     |
      | signed models       | missing-file          | missing-file      | 2     |
      | signed models       | other-algorithm       | unusable-digest   | 2     |
      | signed models       | path-out              | broken-manifest   | 2     |

  Scenario Outline: What a whole store of <tool> has beside its models
    Given a store of "<tool>"
    When the operator runs `catalog import store --yes`
    Then it tells of "<word>"
    And it has imported <count> models, all of them Active

    Examples:
      | tool       | word           | count |
      | KitOps     | unusable-layer | 1     |
      | OCI layout | unusable-layer | 2     |
      | Jan        | incomplete     | 4     |
      | GPT4All    | incomplete     | 1     |
      | ollama     | no-weights     | 4     |

  Scenario Outline: A store of <tool> with <difference>, which is not a damage
    Given a store of "<tool>" with "<difference>"
    When the operator runs `catalog import store --yes`
    Then it has imported <count> models, all of them Active
    And it tells of nothing that cannot be imported
    And `catalog ls` lists <count> models with files in order
    And the same command writes nothing
    And nothing in the store has changed

    Examples:
      | tool            | difference         | count |
      | hub cache       | absolute-link      | 3     |
      | hub cache       | shared-store       | 3     |
      | local directory | no-record          | 1     |
      | local directory | older-client       | 1     |
      | llama.cpp       | weak-etag          | 6     |
      | LM Studio       | other-folder       | 1     |
      | Cortex          | unlisted           | 5     |
      | InvokeAI        | older              | 4     |
      | ComfyUI         | old-kinds          | 5     |
      | ComfyUI         | link-inside        | 3     |
      | A1111           | link-inside        | 3     |
      | signed models   | of-another-program | 2     |
      | signed models   | shards             | 2     |

  Scenario Outline: A store of <tool> with <difference>, beside what the whole one has
    Given a store of "<tool>" with "<difference>"
    When the operator runs `catalog import store --yes`
    Then it has imported <count> models, all of them Active
    And `catalog ls` lists <count> models with files in order
    And the same command writes nothing
    And nothing in the store has changed

    Examples:
      | tool                | difference    | count |
      | ollama              | linked-blob   | 5     |
      | ollama              | colon-blob    | 5     |
      | ollama              | other-files   | 4     |
      | Docker Model Runner | unlisted      | 5     |
      | KitOps              | name-out      | 1     |
      | ramalama            | copies        | 6     |
      | ramalama            | old-ref       | 6     |
      | Jan                 | absolute-path | 5     |

  Scenario: The key in a remote model of GPT4All is not shown
    Given a store of "GPT4All"
    When the operator runs `catalog import store --yes --json`
    Then it prints neither "secret" nor "rmodel"

  Scenario: A name that is not UTF-8
    Given a store of "plain"
    And a file in the store whose name is not UTF-8
    When the operator runs `catalog import store --yes`
    Then it tells of "not-utf8"
    And it has imported 5 models, all of them Active
    And nothing in the store has changed
