import { readFileSync, realpathSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import {
  buildHub,
  buildStore,
  gitBlobId,
  HUB_COMMIT,
  HUB_OLD_COMMIT,
  type HubDamage,
  type HubStore,
  sha256,
} from '@catalog/testkit/layouts'
import { sampleGguf, sampleSafetensors } from '@catalog/testkit/models'
import { ModelRef } from 'model-catalog'
import { describe, expect, it } from 'vitest'
import { scanAll, scanNames } from './scanned.ts'

const WREN = 'huggingface/acme/Wren-1M'
const WHOLE = [WREN, `${WREN}/gguf/wren-1m-q4_0`]
const JAY = `${WREN}/jay`

describe('scan of a Hugging Face cache', () => {
  const root = useTemporaryDirectory()
  const build = (...args: readonly [HubDamage?]): HubStore => buildHub(realpathSync(root.path), ...args)

  it('finds the model of a repository and its GGUF files, by the names of its refs', async () => {
    const { repository, bytes, at } = build()
    const { candidates, problems } = await scanAll(root.path)
    const blobOf = (path: string): string => {
      const content = bytes[path] ?? ''
      return `${repository}/blobs/${/json|md/u.test(path) ? gitBlobId(content) : sha256(content)}`
    }
    const declaredOf = (path: string): object => ({
      digest: sha256(bytes[path] ?? ''),
      origin: 'hub',
      declaredIn: blobOf(path),
    })
    const common = {
      layout: 'huggingface',
      store: at('hub'),
      linksInto: repository,
      companions: [],
      problems: [],
    }
    const snapshot = `${repository}/snapshots/${HUB_COMMIT}`

    expect(problems).toEqual([])
    expect(candidates).toEqual([
      {
        ...common,
        id: WREN,
        name: 'acme/Wren-1M',
        otherNames: ['acme/Wren-1M@v1'],
        source: 'hf:acme/Wren-1M',
        location: snapshot,
        sizeBytes: 1024 + 22 + 7,
        files: [
          { path: 'README.md', sizeBytes: 7, gitBlobId: gitBlobId('# Wren\n') },
          { path: 'config.json', sizeBytes: 22, gitBlobId: gitBlobId('{"model_type":"wren"}\n') },
          { path: 'model.safetensors', sizeBytes: 1024, declared: declaredOf('model.safetensors') },
        ],
      },
      {
        ...common,
        id: `${WREN}/gguf/wren-1m-q4_0`,
        name: 'acme/Wren-1M/gguf/wren-1m-q4_0.gguf',
        otherNames: ['acme/Wren-1M@v1/gguf/wren-1m-q4_0.gguf'],
        source: 'hf:acme/Wren-1M/gguf/wren-1m-q4_0.gguf',
        location: `${snapshot}/gguf/wren-1m-q4_0.gguf`,
        declared: declaredOf('gguf/wren-1m-q4_0.gguf'),
        sizeBytes: 1024,
      },
    ])
  })

  const damages: readonly (readonly [HubDamage, readonly string[]])[] = [
    ['absolute-link', [...WHOLE, JAY]],
    ['broken-tree', ['! broken-manifest', ...WHOLE]],
    ['dangling-config', ['! dangling-link', `${WREN}/gguf/wren-1m-q4_0`]],
    ['dangling-readme', WHOLE],
    ['dangling-weights', ['! dangling-link', ...WHOLE]],
    ['download-in-progress', ['! incomplete', ...WHOLE]],
    ['empty-ref', ['! broken-manifest', ...WHOLE]],
    ['incomplete', ['! incomplete', ...WHOLE]],
    ['link-loop', ['! link-loop', ...WHOLE]],
    ['link-out', ['! link-out-of-store', ...WHOLE]],
    ['masked-name', [...WHOLE, JAY]],
    ['missing-indexed-shard', ['! incomplete', `${WREN}/gguf/wren-1m-q4_0`]],
    ['missing-shard', ['! incomplete', ...WHOLE]],
    ['other-digest-in-tree', [...WHOLE, JAY]],
    ['ref-without-snapshot', ['! missing-file', ...WHOLE]],
    ['shared-store', [...WHOLE, JAY]],
    ['wrong-size', ['! wrong-size', ...WHOLE]],
  ]
  it.each(damages)('tells %s apart and finds the rest', async (damage, found) => {
    build(damage)
    expect(await scanNames(root.path)).toEqual([...found].sort())
  })

  it.each<HubDamage>(['masked-name', 'other-digest-in-tree'])('declares no digest for %s', async (damage) => {
    build(damage)
    const jay = (await scanAll(root.path)).candidates.find(({ id }) => id === JAY)
    expect(jay?.declared).toBeUndefined()
    expect(jay?.problems.map(({ kind }) => kind)).toEqual(['unusable-digest'])
  })

  it('notes what is missing of a model that can be used without it', async () => {
    build('dangling-readme')
    const { candidates } = await scanAll(root.path)
    expect(candidates.map(({ problems }) => problems.map(({ kind }) => kind))).toEqual([
      ['dangling-link'],
      [],
    ])
  })

  it('says where the link of a shared store leads', async () => {
    const { at } = build('shared-store')
    const jay = (await scanAll(root.path)).candidates.find(({ id }) => id === JAY)
    expect(jay).toMatchObject({ linksInto: at('shared'), declared: { origin: 'hub' } })
  })

  it('takes digests from the record of the commit if there are no links', async () => {
    const { repository, bytes } = buildHub(realpathSync(root.path), undefined, { withoutLinks: true })
    const { candidates, problems } = await scanAll(root.path)
    const declaredIn = `${repository}/trees/${HUB_COMMIT}.json`
    expect(problems).toEqual([])
    expect(candidates.map(({ id }) => id)).toEqual(WHOLE)
    expect(candidates[0]).not.toHaveProperty('linksInto')
    expect(candidates[0]?.files?.[1]).toMatchObject({
      path: 'config.json',
      gitBlobId: gitBlobId(bytes['config.json'] ?? ''),
    })
    expect(candidates[1]?.declared).toEqual({
      digest: sha256(bytes['gguf/wren-1m-q4_0.gguf'] ?? ''),
      origin: 'hub',
      declaredIn,
    })
  })

  it('declares nothing if there are neither links nor a record', async () => {
    buildHub(root.path, undefined, { withoutLinks: true, withTree: false })
    const { candidates } = await scanAll(root.path)
    expect(candidates.map(({ declared, files }) => declared ?? files?.some((file) => file.declared))).toEqual(
      [false, undefined],
    )
  })

  it('gives every revision with other blobs an id and a source of its own', async () => {
    const store = build()
    for (const commit of [HUB_OLD_COMMIT, 'd'.repeat(40)])
      store.put(`hub/models--acme--Wren-1M/snapshots/${commit}/model.safetensors`, sampleSafetensors(commit))
    store.put(`hub/models--acme--Wren-1M/snapshots/${'d'.repeat(40)}/config.json`, '{}')
    const { candidates } = await scanAll(root.path)
    expect(candidates.map(({ id, name, source }) => [id, name, source]).slice(2)).toEqual([
      [`${WREN}-at-refs-pr-1`, 'acme/Wren-1M@refs/pr/1', 'hf:acme/Wren-1M@refs%2Fpr%2F1'],
      [`${WREN}-at-${'d'.repeat(40)}`, `acme/Wren-1M@${'d'.repeat(40)}`, `hf:acme/Wren-1M@${'d'.repeat(40)}`],
    ])
    for (const { source } of candidates)
      expect(ModelRef.parse(source)).toMatchObject({ kind: 'hf', repo: 'Wren-1M' })
  })

  it('names a snapshot after main, whatever other refs it has', async () => {
    const store = build()
    store.put('hub/models--acme--Wren-1M/refs/a-branch', HUB_COMMIT)
    const { candidates } = await scanAll(root.path)
    expect(candidates[0]).toMatchObject({
      id: WREN,
      otherNames: ['acme/Wren-1M@a-branch', 'acme/Wren-1M@v1'],
    })
  })

  it('never takes the hash of Xet for a digest', async () => {
    const { repository } = build()
    const text = JSON.stringify((await scanAll(root.path)).candidates)
    expect(readFileSync(`${repository}/trees/${HUB_COMMIT}.json`, 'utf8')).toContain('b'.repeat(64))
    expect(text).not.toContain('b'.repeat(64))
  })

  it('gives one candidate for snapshots of the same blobs', async () => {
    const store = build()
    const repository = 'hub/models--acme--Wren-1M'
    const blob = `${repository}/blobs/${sha256(sampleGguf('wren'))}`
    store.link(`${repository}/snapshots/${'e'.repeat(40)}/gguf/wren-1m-q4_0.gguf`, blob)
    const { candidates } = await scanAll(root.path)
    expect(candidates.map(({ id }) => id)).toEqual(WHOLE)
    expect(candidates[1]?.otherNames).toEqual([
      'acme/Wren-1M@v1/gguf/wren-1m-q4_0.gguf',
      `acme/Wren-1M@${'e'.repeat(40)}/gguf/wren-1m-q4_0.gguf`,
    ])
  })

  it('takes a set of shards as one model, and an old id of one part', async () => {
    const store = buildStore(root.path)
    for (const number of [1, 2]) {
      const bytes = sampleGguf(`shard ${number}`)
      store.put(`models--gpt2/blobs/${sha256(bytes)}`, bytes)
      const path = `models--gpt2/snapshots/${HUB_COMMIT}/gpt2-0000${number}-of-00002.gguf`
      store.link(path, `models--gpt2/blobs/${sha256(bytes)}`)
    }
    store.put('models--gpt2/refs/main', HUB_COMMIT)
    const { candidates } = await scanAll(root.path)
    expect(candidates).toMatchObject([
      {
        id: 'huggingface/gpt2/gpt2',
        name: 'gpt2/gpt2.gguf',
        source: 'https://huggingface.co/gpt2/resolve/main/gpt2-00001-of-00002.gguf',
        files: [
          { path: 'gpt2-00001-of-00002.gguf', declared: { origin: 'hub' } },
          { path: 'gpt2-00002-of-00002.gguf', declared: { origin: 'hub' } },
        ],
      },
    ])
  })

  it('gives a page as the source of what no hub reference can name', async () => {
    const store = buildStore(root.path)
    store.put(`models--docs--jay/snapshots/${HUB_COMMIT}/jay.gguf`, sampleGguf('jay'))
    const { candidates } = await scanAll(root.path)
    expect(candidates.map(({ source }) => source).sort()).toEqual([
      `https://huggingface.co/docs/jay/resolve/${HUB_COMMIT}/jay.gguf`,
    ])
  })

  it('finds other models beside the repositories', async () => {
    const store = build()
    store.put('hub/jay.gguf', sampleGguf('jay'))
    expect(await scanNames(root.path)).toEqual([...WHOLE, 'plain/hub/jay'])
  })
})
