import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import {
  addDockerModels,
  buildDockerModelRunner,
  DOCKER_WEIGHTS,
  dockerLayer,
  ociBlob,
  type StoreBuilder,
  sha256,
} from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const BLOB = ociBlob(sha256(DOCKER_WEIGHTS))
const OTHER = { tags: ['docker.io/ai/other:1'], layers: [dockerLayer('gguf.v3', sampleGguf('other'))] }

describe('a scan of a store of Docker Model Runner', () => {
  it('finds each blob with weights once, and none of the bundles', async () => {
    const store = await temporaryStore('models')
    buildDockerModelRunner(store)
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual([
      'docker-model-runner/acme/wren/1M-Q4_0',
      'docker-model-runner/acme/wren/1M-Q4_0/projector',
      'docker-model-runner/hf.co/acme/Wren-GGUF/Q4_0/wren-00001-of-00002',
      'docker-model-runner/hf.co/acme/Wren-GGUF/Q4_0/wren-00002-of-00002',
    ])
    expect(scanned.candidates[0]).toMatchObject({
      layout: 'docker-model-runner',
      store: store.root,
      name: 'acme/wren:1M-Q4_0',
      otherNames: ['acme/wren:latest'],
      source: 'oci://docker.io/acme/wren:1M-Q4_0',
      location: store.at(BLOB),
      declared: { digest: sha256(DOCKER_WEIGHTS), origin: 'registry' },
      sizeBytes: DOCKER_WEIGHTS.length,
      companions: ['configuration', 'projector', 'license', 'template'].map((role) => ({ role })),
      problems: [],
    })
    expect(scanned.candidates[2]).toMatchObject({ source: 'hf:acme/Wren-GGUF' })
    expect(kindsOf(scanned.problems, store.root)).toEqual([
      ['incomplete', `${ociBlob('f'.repeat(64))}.incomplete`],
    ])
  })

  it('numbers the shards of its first version, which names no files', async () => {
    const store = await temporaryStore('models')
    const layers = [1, 2].map((number) => dockerLayer('gguf.v3', sampleGguf(`shard ${number}`)))
    addDockerModels(store, [{ tags: ['docker.io/ai/wren:1'], layers }])
    const { candidates } = await scanAll(store.root)
    expect(candidates.map(({ id, declared }) => [id, declared?.digest])).toEqual([
      ['docker-model-runner/ai/wren/1/model-00001-of-00002', sha256(sampleGguf('shard 1'))],
      ['docker-model-runner/ai/wren/1/model-00002-of-00002', sha256(sampleGguf('shard 2'))],
    ])
  })

  it('finds models that models.json lacks, and all if it is broken', async () => {
    const store = await temporaryStore('models')
    const [hex = ''] = addDockerModels(store, [{ layers: [dockerLayer('gguf.v3', DOCKER_WEIGHTS)] }, OTHER])
    const unnamed = `docker-model-runner/${hex.slice(0, 12)}`
    expect(idsOf(await scanAll(store.root))).toEqual([unnamed, 'docker-model-runner/ai/other/1'].sort())
    store.put('models.json', '{"models":[')
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([['broken-manifest', 'models.json']])
    expect(scanned.candidates).toHaveLength(2)
  })

  it('does not take a digest that is not a SHA-256 for one', async () => {
    const store = await temporaryStore('models')
    const digest = `sha512:${'a'.repeat(128)}`
    store.put(`blobs/sha512/${'a'.repeat(128)}`, DOCKER_WEIGHTS)
    addDockerModels(store, [
      { tags: ['docker.io/ai/wren:1'], layers: [dockerLayer('gguf.v3', DOCKER_WEIGHTS, { digest })] },
    ])
    const { candidates } = await scanAll(store.root)
    expect(candidates).toMatchObject([{ problems: [{ kind: 'unusable-digest' }] }])
    expect(candidates[0]).not.toHaveProperty('declared')
  })
})

describe('a scan of a damaged store of Docker Model Runner', () => {
  type Build = (store: StoreBuilder) => readonly string[]
  const withLayer =
    (more: object, type = 'gguf.v3'): Build =>
    (store) =>
      addDockerModels(store, [
        OTHER,
        { tags: ['docker.io/ai/wren:1'], layers: [dockerLayer(type, DOCKER_WEIGHTS, more)] },
      ])
  const withManifest =
    (change: (path: string) => void): Build =>
    (store) => {
      const hexes = withLayer({})(store)
      change(store.at(`manifests/sha256/${hexes[1]}`))
      return hexes
    }
  const manifestOf = (hexes: readonly string[]) => `manifests/sha256/${hexes[1]}`
  const blobOf = () => BLOB

  it.each<[string, string, (hexes: readonly string[]) => string, Build]>([
    ['a missing blob', 'missing-file', blobOf, withLayer({ blob: 'missing' })],
    ['a blob of another size', 'wrong-size', blobOf, withLayer({ size: 5 })],
    ['files in an archive', 'unusable-layer', blobOf, withLayer({}, 'dir.tar')],
    ['a model without weights', 'no-weights', manifestOf, withLayer({}, 'license')],
    ['a path out of the model', 'broken-manifest', manifestOf, withLayer({ path: '../wren.gguf' })],
    ['an absolute path', 'broken-manifest', manifestOf, withLayer({ path: '/etc/wren.gguf' })],
    ['a digest with a path', 'broken-manifest', manifestOf, withLayer({ digest: 'sha256:../../x' })],
    ['a missing manifest', 'missing-file', manifestOf, withManifest(rmSync)],
    ['an empty manifest', 'broken-manifest', manifestOf, withManifest((path) => writeFileSync(path, ''))],
    ['a manifest of 1 GB', 'broken-manifest', manifestOf, withManifest((path) => truncateSync(path, 1e9))],
    ['another manifest', 'broken-manifest', manifestOf, withManifest((path) => writeFileSync(path, '{}'))],
    [
      'a directory in place of a manifest',
      'not-a-file',
      manifestOf,
      withManifest((path) => {
        rmSync(path)
        mkdirSync(path)
      }),
    ],
  ])('reports %s and goes on', async (_, kind, pathOf, build) => {
    const store = await temporaryStore('models')
    const hexes = build(store)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, pathOf(hexes)]])
    expect(idsOf(scanned)).toEqual(['docker-model-runner/ai/other/1'])
  })

  it('reports an id in models.json that leads elsewhere', async () => {
    const store = await temporaryStore('models')
    addDockerModels(store, [OTHER])
    store.putJson('models.json', { models: [{ id: 'sha256:../../../etc/passwd', tags: [] }] })
    const { problems } = await scanAll(store.root)
    expect(kindsOf(problems, store.root)).toEqual([['broken-manifest', 'models.json']])
  })
})
