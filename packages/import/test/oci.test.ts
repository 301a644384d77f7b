import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import {
  addBlob,
  addLayers,
  addPack,
  buildOci,
  buildOciRegistry,
  INDEX_TYPE,
  OCI_WEIGHTS,
  ociBlob,
  packLayer,
  putOci,
  putTag,
  type SampleDescriptor,
  type SampleLayer,
  type StoreBuilder,
  sha256,
  toIndex,
} from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const BLOB = ociBlob(sha256(OCI_WEIGHTS))

describe('a scan of an OCI image layout', () => {
  it('finds the raw weights of each manifest once, through indexes, and no image', async () => {
    const store = await temporaryStore('wren')
    buildOci(store)
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual(['oci/registry.example/acme/wren/1m', 'oci/wren/nested'])
    expect(scanned.candidates.find(({ location }) => location === store.at(BLOB))).toMatchObject({
      layout: 'oci',
      store: store.root,
      name: 'registry.example/acme/wren:1m',
      otherNames: ['wren:1m'],
      source: 'oci://registry.example/acme/wren:1m',
      declared: { digest: sha256(OCI_WEIGHTS), origin: 'registry' },
      sizeBytes: OCI_WEIGHTS.length,
      companions: ['configuration', 'configuration', 'license'].map((role) => ({ role })),
      problems: [],
    })
    expect(kindsOf(scanned.problems, store.root)).toEqual([['unusable-layer', ociBlob(sha256('tar'))]])
    expect(scanned.problems).toMatchObject([{ model: 'wren:archive' }])
  })

  it('takes each of several layers with weights as a model of its own, named after its file', async () => {
    const store = await temporaryStore('wren')
    const text = addPack(store, [
      packLayer('weight', OCI_WEIGHTS, { path: 'unet/model.safetensors' }),
      packLayer('weight', sampleGguf('b'), { path: 'vae/model.safetensors' }),
    ])
    putOci(store, [addBlob(store, text, { name: '1m' })])
    expect(idsOf(await scanAll(store.root))).toEqual(['oci/wren/1m/unet/model', 'oci/wren/1m/vae/model'])
  })

  it('finds files that other programs pushed, by their titles', async () => {
    const store = await temporaryStore('wren')
    const layers = [{ mediaType: 'application/octet-stream', bytes: OCI_WEIGHTS, path: 'wren.safetensors' }]
    const text = addLayers(store, { layers, configType: 'application/vnd.oci.empty.v1+json', config: {} })
    putOci(store, [addBlob(store, text)])
    expect(idsOf(await scanAll(store.root))).toEqual([`oci/wren/${sha256(text).slice(0, 12)}`])
  })

  it('tells apart manifests with one name, as one for each platform', async () => {
    const store = await temporaryStore('wren')
    const texts = ['a', 'b'].map((seed) => addPack(store, [packLayer('weight', sampleGguf(seed))]))
    const index = toIndex(texts.map((text) => addBlob(store, text)))
    putOci(store, [addBlob(store, index, { mediaType: INDEX_TYPE, name: '1m' })])
    const ids = texts.map((text) => `oci/wren/1m-${sha256(text).slice(0, 12)}`)
    expect(idsOf(await scanAll(store.root))).toEqual(ids.sort())
  })
})

describe('a scan of a damaged OCI image layout', () => {
  const good = (store: StoreBuilder): SampleDescriptor =>
    addBlob(store, addPack(store, [packLayer('weight', sampleGguf('other'))]), { name: 'other' })
  const withLayer =
    (more: Partial<SampleLayer>) =>
    (store: StoreBuilder): SampleDescriptor =>
      addBlob(store, addPack(store, [packLayer('weight', OCI_WEIGHTS, more)]), { name: '1m' })
  const withDescriptor =
    (more: Partial<SampleDescriptor>) =>
    (store: StoreBuilder): SampleDescriptor => ({ ...withLayer({})(store), ...more })

  it.each<
    [string, string, (descriptor: SampleDescriptor) => string, (store: StoreBuilder) => SampleDescriptor]
  >([
    ['a missing blob', 'missing-file', () => BLOB, withLayer({ blob: 'missing' })],
    ['a blob of another size', 'wrong-size', () => BLOB, withLayer({ size: 5 })],
    ['a path out of the model', 'broken-manifest', toPath, withLayer({ path: '../../x' })],
    ['a digest with a path', 'broken-manifest', toPath, withLayer({ digest: 'sha256:../../../etc/passwd' })],
    ['a missing manifest', 'missing-file', toPath, withDescriptor({ digest: `sha256:${'a'.repeat(64)}` })],
    ['a manifest of another size', 'wrong-size', toPath, withDescriptor({ size: 5 })],
    [
      'a manifest with other bytes',
      'broken-manifest',
      toPath,
      (store) => {
        const descriptor = withLayer({})(store)
        writeFileSync(store.at(toPath(descriptor)), 'x'.repeat(descriptor.size))
        return descriptor
      },
    ],
    [
      'a manifest of 1 GB',
      'broken-manifest',
      toPath,
      (store) => {
        const descriptor = { ...withLayer({})(store), size: 1e9 }
        truncateSync(store.at(toPath(descriptor)), 1e9)
        return descriptor
      },
    ],
    [
      'a nested index that is cut',
      'broken-manifest',
      toPath,
      (store) => addBlob(store, '{"manifests":[', { mediaType: INDEX_TYPE }),
    ],
    ['a blob of a directory', 'not-a-file', () => BLOB, withDirectory],
  ])('reports %s and goes on', async (_, kind, pathOf, build) => {
    const store = await temporaryStore('wren')
    const descriptor = build(store)
    putOci(store, [descriptor, good(store)])
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, pathOf(descriptor)]])
    expect(idsOf(scanned)).toEqual(['oci/wren/other'])
  })

  function withDirectory(store: StoreBuilder): SampleDescriptor {
    store.put(`${BLOB}/file`, '')
    return withLayer({ blob: 'missing' })(store)
  }

  function toPath({ digest }: SampleDescriptor): string {
    return ociBlob(digest.slice('sha256:'.length))
  }

  it.each<[string, string, string]>([
    ['that is empty', 'broken-manifest', ''],
    [
      'with a hostile prototype',
      'broken-manifest',
      '{"__proto__":{},"manifests":[{"__proto__":{"digest":"x"}}]}',
    ],
    [
      'with a digest that is a path',
      'broken-manifest',
      '{"manifests":[{"digest":"sha256:/etc/passwd","size":1}]}',
    ],
    [
      'with a negative size',
      'broken-manifest',
      `{"manifests":[{"digest":"sha256:${'a'.repeat(64)}","size":-1}]}`,
    ],
  ])('reports an index %s', async (_, kind, text) => {
    const store = await temporaryStore('wren')
    putOci(store, [good(store)])
    store.put('index.json', text)
    expect(kindsOf((await scanAll(store.root)).problems, store.root)).toEqual([[kind, 'index.json']])
  })

  it('reports a missing index', async () => {
    const store = await temporaryStore('wren')
    putOci(store, [good(store)])
    rmSync(store.at('index.json'))
    expect(kindsOf((await scanAll(store.root)).problems, store.root)).toEqual([
      ['missing-file', 'index.json'],
    ])
  })

  it('reads each index once, however often indexes name it, and not too deep', async () => {
    const store = await temporaryStore('wren')
    let bottom = good(store)
    for (let level = 0; level < 4; level++) {
      bottom = addBlob(store, toIndex(Array.from({ length: 1000 }, () => bottom)), { mediaType: INDEX_TYPE })
    }
    putOci(store, [bottom])
    expect(idsOf(await scanAll(store.root))).toEqual(['oci/wren/other'])
    putOci(store, [addBlob(store, toIndex([bottom]), { mediaType: INDEX_TYPE })])
    const scanned = await scanAll(store.root)
    expect(scanned.problems).toMatchObject([{ kind: 'too-many' }])
    expect(scanned.candidates).toEqual([])
  })
})

describe('a scan of the directory of a registry', () => {
  it('finds the models of all tags, and unfinished uploads', async () => {
    const store = await temporaryStore('content.v1/docker/registry/v2')
    buildOciRegistry(store)
    const { candidates, problems } = await scanAll(store.root)
    const hex = sha256(OCI_WEIGHTS)
    expect(candidates).toMatchObject([
      {
        id: 'oci/registry.example/acme/wren/1m',
        otherNames: ['registry.example/acme/wren:latest'],
        source: 'oci://registry.example/acme/wren:1m',
        location: store.at(`blobs/sha256/${hex.slice(0, 2)}/${hex}/data`),
        declared: { digest: hex },
      },
    ])
    const uploads = 'repositories/registry.example/acme/wren/_uploads/1234'
    expect(kindsOf(problems, store.root)).toEqual([['incomplete', uploads]])
  })

  it.each([
    ['broken-manifest', 'sha256:../../x'],
    ['broken-manifest', ''],
    ['missing-file', `sha256:${'a'.repeat(64)}`],
  ])('reports a tag as %s and goes on', async (kind, text) => {
    const store = await temporaryStore('v2')
    buildOciRegistry(store)
    putTag(store, 'bad', text)
    const { candidates, problems } = await scanAll(store.root)
    expect(problems.map((problem) => problem.kind)).toEqual([kind, 'incomplete'])
    expect(candidates).toHaveLength(1)
  })
})
