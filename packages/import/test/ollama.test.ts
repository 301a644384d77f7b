import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, truncateSync } from 'node:fs'
import {
  addOllamaModel,
  addOllamaPartial,
  buildOllama,
  OLLAMA_PROJECTOR,
  OLLAMA_WEIGHTS,
  ollamaBlob,
  type StoreBuilder,
  sha256,
} from '@catalog/testkit/layouts'
import { sampleGguf, sampleSafetensors } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import type { ScanItem } from '../src/candidate/candidate.ts'
import { UnusableError } from '../src/candidate/scan-problem.ts'
import { openStoreReader, type StoreReader } from '../src/disk/store-reader.ts'
import { ollama } from '../src/layouts/registries/ollama.ts'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const WREN = 'registry.ollama.ai/library/wren/1m'
const OTHER = 'registry.ollama.ai/library/other/latest'
const OTHER_WEIGHTS = sampleGguf('other')

/** A store with one good model, which must be found whatever is wrong with the others. */
async function storeWithOther(): Promise<StoreBuilder> {
  const store = await temporaryStore('models')
  addOllamaModel(store, { names: [OTHER], layers: [{ type: 'model', bytes: OTHER_WEIGHTS }] })
  return store
}

describe('a scan of a store of Ollama', () => {
  it('finds each model once, with all names, companions and declared digests', async () => {
    const store = await temporaryStore('models')
    buildOllama(store)
    const { candidates, problems } = await scanAll(store.root)
    expect(candidates.map(({ id }) => id).sort()).toEqual([
      'ollama/acme/wren-vision/latest',
      'ollama/acme/wren-vision/latest/projector',
      'ollama/hf.co/acme/Wren-1M-GGUF/Q4_0',
      'ollama/wren-tensors/latest',
    ])
    expect(candidates.find(({ name }) => name.startsWith('hf.co'))).toEqual({
      layout: 'ollama',
      store: store.root,
      id: 'ollama/hf.co/acme/Wren-1M-GGUF/Q4_0',
      name: 'hf.co/acme/Wren-1M-GGUF:Q4_0',
      otherNames: ['wren:1m'],
      source: 'hf:acme/Wren-1M-GGUF',
      location: store.at(ollamaBlob(OLLAMA_WEIGHTS)),
      declared: {
        digest: sha256(OLLAMA_WEIGHTS),
        origin: 'registry',
        declaredIn: store.at('manifests/hf.co/acme/Wren-1M-GGUF/Q4_0'),
      },
      sizeBytes: OLLAMA_WEIGHTS.length,
      companions: expect.any(Array),
      problems: [],
    })
    expect(kindsOf(problems, store.root)).toEqual([
      ['no-weights', 'manifests/registry.ollama.ai/library/wren-cloud/1t'],
      ['incomplete', `blobs/sha256-${'f'.repeat(64)}-partial`],
    ])
  })

  it('lists companions with their roles, and a projector as a model of its own too', async () => {
    const store = await temporaryStore('models')
    buildOllama(store)
    const { candidates } = await scanAll(store.root)
    const path = store.at(ollamaBlob(OLLAMA_PROJECTOR))
    const rolesOf = (id: string): readonly string[] =>
      candidates.find((each) => each.id === id)?.companions.map(({ role }) => role) ?? []
    expect(rolesOf('ollama/hf.co/acme/Wren-1M-GGUF/Q4_0')).toEqual([
      ...['configuration', 'template', 'license', 'configuration'],
    ])
    expect(rolesOf('ollama/acme/wren-vision/latest')).toEqual(['configuration', 'projector', 'template'])
    expect(candidates.find(({ location }) => location === path)).toMatchObject({
      name: 'acme/wren-vision:latest projector',
      source: 'oci://registry.ollama.ai/acme/wren-vision:latest',
      declared: { digest: sha256(OLLAMA_PROJECTOR) },
      companions: [],
    })
  })

  it('takes a model of tensors as one model of many files', async () => {
    const store = await temporaryStore('models')
    buildOllama(store)
    const { candidates } = await scanAll(store.root)
    const blobs = [
      ...['a', 'b'].map((name) => sampleSafetensors(name, { sizeBytes: 400 })),
      Buffer.from('{"model_type":"wren"}'),
    ]
    expect(candidates.find(({ id }) => id === 'ollama/wren-tensors/latest')).toMatchObject({
      location: store.at('blobs'),
      sizeBytes: 821,
      files: blobs
        .map((bytes) => ({ path: `sha256-${sha256(bytes)}`, declared: { digest: sha256(bytes) } }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    })
  })

  it('chooses the name that sorts first without regard to case', async () => {
    const store = await temporaryStore('models')
    const names = ['Zebra/1', 'alpha/1', 'Beta/1'].map((name) => `registry.ollama.ai/library/${name}`)
    addOllamaModel(store, { names, layers: [{ type: 'model', bytes: OLLAMA_WEIGHTS }] })
    const { candidates } = await scanAll(store.root)
    expect(candidates).toMatchObject([{ name: 'alpha:1', otherNames: ['Beta:1', 'Zebra:1'] }])
  })

  it('serves the last of several model layers, and blobs of very old stores', async () => {
    const store = await temporaryStore('models')
    addOllamaModel(store, {
      names: [WREN],
      layers: [
        { type: 'model', bytes: sampleGguf('base') },
        { type: 'model', bytes: OLLAMA_WEIGHTS, blob: 'colon' },
      ],
    })
    const { candidates, problems } = await scanAll(store.root)
    expect(candidates).toMatchObject([{ location: store.at(ollamaBlob(OLLAMA_WEIGHTS, ':')) }])
    expect(problems).toEqual([])
  })

  it('looks at exactly four levels, and not at files of other programs', async () => {
    const store = await storeWithOther()
    store.put('manifests/.DS_Store', 'x')
    store.put('manifests/registry.ollama.ai/library/.DS_Store', 'x')
    store.put('manifests/registry.ollama.ai/library/wren/.1m.tmp', 'x')
    store.put('manifests/registry.ollama.ai/library/stray', 'x')
    expect(idsOf(await scanAll(store.root))).toEqual(['ollama/other/latest'])
    expect((await scanAll(store.root)).problems).toEqual([])
  })

  it('reports each unfinished download once', async () => {
    const store = await storeWithOther()
    addOllamaPartial(store, 'a'.repeat(64))
    store.put(`blobs/sha256-${'a'.repeat(64)}-partial-1`, '{}')
    store.put(`blobs/sha256-${'b'.repeat(64)}.tmp`, '')
    store.put(`${ollamaBlob(OTHER_WEIGHTS)}-partial`, 'left behind by a download that ended')
    const { problems } = await scanAll(store.root)
    expect(kindsOf(problems, store.root)).toEqual([
      ['incomplete', `blobs/sha256-${'a'.repeat(64)}-partial`],
      ['incomplete', `blobs/sha256-${'b'.repeat(64)}.tmp`],
    ])
  })
})

describe('a scan of a damaged store of Ollama', () => {
  const blob = ollamaBlob(OLLAMA_WEIGHTS)
  const manifest = `manifests/${WREN}`
  const withLayer = (layer: object) => (store: StoreBuilder) => {
    addOllamaModel(store, { names: [WREN], layers: [{ type: 'model', bytes: OLLAMA_WEIGHTS, ...layer }] })
  }
  const withManifest = (text: string) => (store: StoreBuilder) => void store.put(manifest, text)
  const layerOf = (digest: string) => `{"layers":[{"mediaType":"m","digest":"${digest}","size":1}]}`

  it.each<[damage: string, kind: string, path: string, build: (store: StoreBuilder) => void]>([
    ['a missing blob', 'missing-file', blob, withLayer({ blob: 'missing' })],
    ['a blob of another size', 'wrong-size', blob, withLayer({ size: 999 })],
    ['a manifest of a model without weights', 'no-weights', manifest, withLayer({ type: 'template' })],
    ['an empty manifest', 'broken-manifest', manifest, withManifest('')],
    ['a manifest that is cut', 'broken-manifest', manifest, withManifest('{"schemaVersion":2,"lay')],
    ['a manifest of zeros', 'broken-manifest', manifest, withManifest('\0'.repeat(500))],
    ['another JSON', 'broken-manifest', manifest, withManifest('{"layers":{"length":1}}')],
    ['deep nesting', 'broken-manifest', manifest, withManifest('['.repeat(1_000_000))],
    [
      'deep nesting in what is not read',
      'no-weights',
      manifest,
      withManifest(`{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    ],
    [
      'a digest with a path',
      'broken-manifest',
      manifest,
      withManifest(layerOf('sha256:../../../etc/passwd')),
    ],
    ['a digest that is short', 'broken-manifest', manifest, withManifest(layerOf('sha256:12'))],
    [
      'a prototype in place of layers',
      'no-weights',
      manifest,
      withManifest('{"__proto__":{"layers":[{"digest":"x"}]},"constructor":1}'),
    ],
    [
      'a manifest of 1 GB',
      'broken-manifest',
      manifest,
      (store) => truncateSync(store.put(manifest, '{}'), 1_000_000_000),
    ],
    [
      'a directory in place of a blob',
      'not-a-file',
      blob,
      (store) => {
        withLayer({ blob: 'missing' })(store)
        mkdirSync(store.at(blob))
      },
    ],
    [
      'a directory in place of a manifest',
      'not-a-file',
      manifest,
      (store) => mkdirSync(store.at(manifest), { recursive: true }),
    ],
  ])('reports %s and goes on', async (_, kind, path, build) => {
    const store = await storeWithOther()
    build(store)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, path]])
    expect(idsOf(scanned)).toEqual(['ollama/other/latest'])
  })

  it.skipIf(lacks('posix'))('does not wait for a FIFO in place of a manifest', async () => {
    const store = await storeWithOther()
    mkdirSync(store.at('manifests/registry.ollama.ai/library/wren'))
    execFileSync('mkfifo', [store.at(manifest)])
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([['not-a-file', manifest]])
    expect(idsOf(scanned)).toEqual(['ollama/other/latest'])
  })

  it('reports what the system refuses to read, and goes on', async () => {
    const store = await storeWithOther()
    withLayer({})(store)
    const reader = await openStoreReader(store.root)
    const refusing: StoreReader = {
      ...reader,
      readText: (path, maxBytes) =>
        path === store.at(manifest)
          ? Promise.reject(new UnusableError('unreadable', path, 'cannot be read: EACCES'))
          : reader.readText(path, maxBytes),
    }
    const items: ScanItem[] = []
    for await (const item of ollama.scan(await reader.list(store.root), refusing)) items.push(item)
    expect(items).toMatchObject([
      { kind: 'problem', problem: { kind: 'unreadable', model: 'wren:1m' } },
      { kind: 'candidate', candidate: { id: 'ollama/other/latest' } },
    ])
  })

  it('tells which of two manifests has the wrong size of a blob', async () => {
    const store = await storeWithOther()
    withLayer({})(store)
    const layers = [{ type: 'model', bytes: OLLAMA_WEIGHTS, size: 3 }]
    addOllamaModel(store, { names: ['registry.ollama.ai/library/liar/1'], layers })
    const scanned = await scanAll(store.root)
    expect(scanned.problems).toMatchObject([{ kind: 'wrong-size', model: 'liar:1' }])
    expect(idsOf(scanned)).toEqual(['ollama/other/latest', 'ollama/wren/1m'])
  })

  it('keeps a model whose companion is missing, with the problem', async () => {
    const store = await temporaryStore('models')
    addOllamaModel(store, {
      names: [WREN],
      layers: [
        { type: 'model', bytes: OLLAMA_WEIGHTS },
        { type: 'projector', bytes: OLLAMA_PROJECTOR, blob: 'missing' },
      ],
    })
    const { candidates, problems } = await scanAll(store.root)
    expect(candidates).toMatchObject([{ id: 'ollama/wren/1m', problems: [{ kind: 'missing-file' }] }])
    expect(problems).toEqual([])
  })

  it('reports a model of tensors with a missing one', async () => {
    const store = await storeWithOther()
    const layers = [
      { type: 'tensor', bytes: 'a' },
      { type: 'tensor', bytes: 'b', blob: 'missing' as const },
    ]
    addOllamaModel(store, { names: [WREN], layers })
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([['missing-file', ollamaBlob('b')]])
    expect(idsOf(scanned)).toEqual(['ollama/other/latest'])
  })
})

describe.skipIf(lacks('posix'))('a scan of a store of Ollama with symbolic links', () => {
  it('follows a blob that leads to a file of the scanned directory', async () => {
    const above = await temporaryStore()
    const store = {
      ...above,
      put: (path: string, bytes: Uint8Array | string) => above.put(`m/${path}`, bytes),
    }
    addOllamaModel(store, { names: [WREN], layers: [{ type: 'model', bytes: OLLAMA_WEIGHTS }] })
    rmSync(above.at(`m/${ollamaBlob(OLLAMA_WEIGHTS)}`))
    above.put('disk/weights', OLLAMA_WEIGHTS)
    above.link(`m/${ollamaBlob(OLLAMA_WEIGHTS)}`, 'disk/weights')
    const { candidates } = await scanAll(above.root)
    expect(candidates).toMatchObject([{ id: 'ollama/wren/1m', location: above.at('disk/weights') }])
  })

  it.each([
    ['link-out-of-store', '/etc/hostname'],
    ['dangling-link', 'nothing'],
    ['link-loop', ollamaBlob(OLLAMA_WEIGHTS).slice('blobs/'.length)],
  ])('reports a blob that is a %s', async (kind, target) => {
    const store = await storeWithOther()
    addOllamaModel(store, {
      names: [WREN],
      layers: [{ type: 'model', bytes: OLLAMA_WEIGHTS, blob: 'missing' }],
    })
    store.linkTo(ollamaBlob(OLLAMA_WEIGHTS), target)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, ollamaBlob(OLLAMA_WEIGHTS)]])
    expect(idsOf(scanned)).toEqual(['ollama/other/latest'])
  })

  it('does not list a directory of blobs outside the scanned one', async () => {
    const outside = await temporaryStore()
    outside.put('sha256-x', 'x')
    const store = await temporaryStore('models')
    store.put(`manifests/${WREN}`, '{}')
    store.linkTo('blobs', outside.root)
    const { problems } = await scanAll(store.root)
    expect(kindsOf(problems, store.root)).toEqual([['link-out-of-store', 'blobs']])
  })

  it('does not list a directory of manifests outside the scanned one', async () => {
    const outside = await temporaryStore()
    outside.put('library/wren/1m', '{}')
    const store = await storeWithOther()
    store.linkTo('manifests/registry.example', outside.root)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([
      ['link-out-of-store', 'manifests/registry.example'],
    ])
    expect(idsOf(scanned)).toEqual(['ollama/other/latest'])
  })

  it('follows a directory of blobs inside the scanned one', async () => {
    const above = await temporaryStore()
    const store = {
      ...above,
      put: (path: string, bytes: Uint8Array | string) => above.put(`m/${path}`, bytes),
    }
    addOllamaModel(store, { names: [WREN], layers: [{ type: 'model', bytes: OLLAMA_WEIGHTS }] })
    above.put(`disk/${ollamaBlob(OLLAMA_WEIGHTS).slice('blobs/'.length)}`, OLLAMA_WEIGHTS)
    rmSync(above.at('m/blobs'), { recursive: true })
    above.link('m/blobs', 'disk')
    const { candidates } = await scanAll(above.root)
    expect(candidates).toMatchObject([{ location: above.at(`disk/sha256-${sha256(OLLAMA_WEIGHTS)}`) }])
  })
})
