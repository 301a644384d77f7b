import { truncateSync } from 'node:fs'
import { buildSigned, buildStore, type SignedDamage, sha256, toSignature } from '@catalog/testkit/layouts'
import { sampleGguf, sampleSafetensors } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../src/index.ts'
import { idsOf, kindsOf, type Scanned, scanAll, temporaryStore } from './scanned.ts'

const WHOLE = ['plain/jay', 'plain/wren']
const SIGNATURE = 'wren/model.sig'

describe('a scan of models with signatures of OpenSSF Model Signing', () => {
  it('takes what a signature states for a list, as its key is not checked', async () => {
    const store = await temporaryStore('models')
    buildSigned(store.root)
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual(WHOLE)
    expect(scanned.problems).toEqual([])
    expect(wrenOf(scanned)).toMatchObject({
      files: [
        { path: 'config.json', declared: { origin: 'list', declaredIn: store.at(SIGNATURE) } },
        {
          path: 'model.safetensors',
          declared: {
            digest: sha256(sampleSafetensors('signed')),
            origin: 'list',
            declaredIn: store.at(SIGNATURE),
          },
        },
      ],
      problems: [],
    })
    expect(scanned.candidates.find(({ id }) => id === 'plain/jay')?.declared).toEqual({
      digest: sha256(sampleGguf('jay')),
      origin: 'list',
      declaredIn: store.at('jay.gguf.sig'),
    })
  })

  it('reads a signature that lies beside the directory of the model', async () => {
    const store = await temporaryStore('models')
    store.put('wren/model.safetensors', sampleSafetensors('wren'))
    const resources = [{ name: 'model.safetensors', digest: sha256(sampleSafetensors('wren')) }]
    store.put('model.sig', toSignature('wren', resources))
    store.put('jay.gguf', sampleGguf('jay'))
    const { candidates } = await scanAll(store.root)
    expect(candidates.map(({ id, declared, problems }) => [id, declared?.origin, problems])).toEqual([
      ['plain/jay', undefined, []],
      ['plain/wren/model', 'list', []],
    ])
  })

  it('takes the digest of a file that is one shard, and of no part of a file', async () => {
    for (const [damage, origins, kinds] of [
      ['shards', ['list', 'list'], []],
      ['many-shards', ['list', undefined], [['unusable-digest', SIGNATURE]]],
      ['other-algorithm', [undefined, undefined], [['unusable-digest', SIGNATURE]]],
    ] as const) {
      const store = await temporaryStore('models')
      buildSigned(store.root, damage)
      const scanned = await scanAll(store.root)
      expect(wrenOf(scanned)?.files?.map(({ declared }) => declared?.origin)).toEqual(origins)
      expect(kindsOf(scanned.problems, store.root)).toEqual(kinds)
    }
  })

  it('reads a path with colons in the name of a shard, and misses no empty file', async () => {
    const store = await temporaryStore('models')
    const weights = sampleSafetensors('wren')
    store.put('wren/config.json', '')
    store.put('wren/a:0:1.safetensors', weights)
    const name = `a:0:1.safetensors:0:${weights.length}`
    store.put(SIGNATURE, toSignature('wren', [{ name, digest: sha256(weights) }], { method: 'shards' }))
    expect(wrenOf(await scanAll(store.root))).toMatchObject({
      files: [{ path: 'a:0:1.safetensors', declared: { origin: 'list' } }, { path: 'config.json' }],
      problems: [],
    })
  })

  it('notes a file that the signature of its directory does not name', async () => {
    const store = await temporaryStore('models')
    buildSigned(store.root, 'extra-file')
    const scanned = await scanAll(store.root)
    const problems = wrenOf(scanned)?.problems ?? []
    expect(kindsOf(problems, store.root)).toEqual([['unsigned-file', 'wren/more.safetensors']])
    expect(scanned.problems).toEqual([])
  })

  const damages: readonly (readonly [SignedDamage, string])[] = [
    ['cut', 'broken-manifest'],
    ['edited', 'broken-manifest'],
    ['missing-file', 'missing-file'],
    ['path-out', 'broken-manifest'],
  ]
  it.each(damages)('reports %s and finds the models', async (damage, kind) => {
    const store = await temporaryStore('models')
    buildSigned(store.root, damage)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, SIGNATURE]])
    expect(idsOf(scanned)).toEqual(WHOLE)
  })

  it('is quiet about signatures of other programs', async () => {
    const store = await temporaryStore('models')
    buildSigned(store.root, 'of-another-program')
    expect((await scanAll(store.root)).problems).toEqual([])
  })

  it.each([
    ['a payload of another form', bundleOf('{"predicateType":"https://model_signing/signature/v1.0"}')],
    ['a payload that is not JSON', bundleOf('{')],
    ['a payload of null', bundleOf('null').replace(/"payload":"[^"]*"/u, '"payload":"!!!!"')],
    ['a prototype', '{"__proto__":{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}}'],
    ['deep nesting', '['.repeat(100_000)],
    ['nothing', ''],
  ])('reports a signature with %s', async (_, text) => {
    const store = await temporaryStore('models')
    buildStore(store.root).put('model.sig', text)
    store.put('jay.gguf', sampleGguf('jay'))
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([['broken-manifest', 'model.sig']])
    expect(idsOf(scanned)).toEqual(['plain/jay'])
  })

  it('reads no signature of 1 GB', async () => {
    const store = await temporaryStore('models')
    truncateSync(store.put('model.sig', '{'), 1e9)
    expect(kindsOf((await scanAll(store.root)).problems, store.root)).toEqual([
      ['broken-manifest', 'model.sig'],
    ])
  })
})

function wrenOf({ candidates }: Scanned): Candidate | undefined {
  return candidates.find(({ id }) => id === 'plain/wren')
}

function bundleOf(payload: string): string {
  const dsseEnvelope = { payload: Buffer.from(payload).toString('base64') }
  return JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', dsseEnvelope })
}
