import { buildKitops, KIT_WEIGHTS, kitLayer, ociBlob, putKit, sha256 } from '@catalog/testkit/layouts'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

describe('a scan of the storage of KitOps', () => {
  it('finds raw weights, and reports those in archives', async () => {
    const store = await temporaryStore('storage')
    buildKitops(store)
    const { candidates, problems } = await scanAll(store.root)
    expect(candidates).toMatchObject([
      {
        layout: 'kitops',
        id: 'kitops/wren/1m',
        name: 'wren:1m',
        otherNames: [],
        location: store.at(ociBlob(sha256(KIT_WEIGHTS))),
        declared: { digest: sha256(KIT_WEIGHTS), origin: 'registry' },
        sizeBytes: KIT_WEIGHTS.length,
        companions: [{ role: 'configuration' }],
        problems: [],
      },
    ])
    expect([...kindsOf(problems, store.root)].sort()).toEqual([
      ['incomplete', 'ingest/0123456789abcdef'],
      ['unusable-layer', ociBlob(sha256('tar'))],
    ])
    expect(problems).toContainEqual(expect.objectContaining({ model: 'registry.example/acme/wren-tar:1m' }))
  })

  it('is not stopped by a broken index, nor by a name that is not a repository', async () => {
    const store = await temporaryStore('storage')
    putKit(store, 'localhost/wren', [kitLayer('model', 'raw', KIT_WEIGHTS)])
    const broken = `${Buffer.from('localhost/broken').toString('base64url')}-index.json`
    store.put(broken, '{')
    store.put(`${Buffer.from('../../etc/x').toString('base64url')}-index.json`, '{')
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual(['kitops/wren/1m'])
    expect(kindsOf(scanned.problems, store.root)).toEqual([['broken-manifest', broken]])
  })
})
