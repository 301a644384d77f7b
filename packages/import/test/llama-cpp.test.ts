import { realpathSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildHub, buildLlamaCache, buildStore, type LlamaCacheDamage } from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { scanAll, scanNames } from './scanned.ts'

const WHOLE = [
  'llama.cpp/acme/Big/big',
  'llama.cpp/acme/Wren-1M-GGUF/mmproj-wren',
  'llama.cpp/acme/Wren-1M-GGUF/q4/wren',
  'llama.cpp/acme_docker',
  'llama.cpp/old',
]

describe('scan of the old cache of llama.cpp', () => {
  const root = useTemporaryDirectory()
  const build = (damage?: LlamaCacheDamage) => buildLlamaCache(realpathSync(root.path), damage)

  it('takes names, sources and digests from manifests and etags', async () => {
    const { at, digests } = build()
    const { candidates, problems } = await scanAll(root.path)
    const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))
    const manifest = at('manifest=acme=Wren-1M-GGUF=Q4_0.json')

    expect(problems).toEqual([])
    expect([...byId.keys()].sort()).toEqual(WHOLE)
    expect(byId.get('llama.cpp/acme/Wren-1M-GGUF/q4/wren')).toEqual({
      layout: 'llama.cpp',
      store: at('.'),
      id: 'llama.cpp/acme/Wren-1M-GGUF/q4/wren',
      name: 'acme/Wren-1M-GGUF:Q4_0',
      otherNames: ['acme/Wren-1M-GGUF:latest'],
      source: 'hf:acme/Wren-1M-GGUF/q4/wren.gguf',
      location: at('acme_Wren-1M-GGUF_q4_wren.gguf'),
      declared: { digest: digests.wren, origin: 'hub', declaredIn: manifest },
      sizeBytes: 1024,
      companions: [{ path: at('acme_Wren-1M-GGUF_mmproj-wren.gguf'), role: 'projector', sizeBytes: 1024 }],
      problems: [],
    })
    expect(byId.get('llama.cpp/acme/Wren-1M-GGUF/mmproj-wren')).toMatchObject({
      name: 'acme/Wren-1M-GGUF:Q4_0/mmproj-wren.gguf',
      source: 'hf:acme/Wren-1M-GGUF/mmproj-wren.gguf',
      declared: { digest: digests.mmproj },
    })
    expect(byId.get('llama.cpp/old')).toMatchObject({
      source: 'hf:acme/Old/old.gguf',
      declared: { digest: digests.old, declaredIn: at('old.gguf.json') },
    })
    expect(byId.get('llama.cpp/acme_docker')).not.toHaveProperty('declared')
  })

  it('declares the first shard only', async () => {
    const { digests } = build()
    const { candidates } = await scanAll(root.path)
    const big = candidates.find(({ name }) => name === 'acme/Big:Q4_0')
    expect(big?.files?.map(({ path, declared }) => [path, declared?.digest])).toEqual([
      ['acme_Big_big-00001-of-00002.gguf', digests.shard],
      ['acme_Big_big-00002-of-00002.gguf', undefined],
    ])
  })

  const damages: readonly (readonly [LlamaCacheDamage, readonly string[]])[] = [
    ['broken-manifest', ['! broken-manifest', ...WHOLE]],
    ['incomplete', ['! incomplete', ...WHOLE]],
    ['missing-file', ['! missing-file', ...WHOLE]],
    ['missing-shard', ['! incomplete', ...WHOLE]],
    ['other-etag', [...WHOLE, 'llama.cpp/acme/Jay/jay']],
    ['weak-etag', [...WHOLE, 'llama.cpp/jay']],
    ['wrong-size', ['! wrong-size', ...WHOLE]],
  ]
  it.each(damages)('tells %s apart and finds the rest', async (damage, found) => {
    build(damage)
    expect(await scanNames(root.path)).toEqual([...found].sort())
  })

  it('declares no digest where manifest and etag contradict each other', async () => {
    build('other-etag')
    const jay = (await scanAll(root.path)).candidates.find(({ name }) => name === 'acme/Jay:Q4_0')
    expect(jay?.declared).toBeUndefined()
    expect(jay?.problems.map(({ kind }) => kind)).toEqual(['unusable-digest'])
  })

  it('takes no other etag for a digest', async () => {
    build('weak-etag')
    const jay = (await scanAll(root.path)).candidates.find(({ id }) => id === 'llama.cpp/jay')
    expect(jay?.declared).toBeUndefined()
  })

  it('finds the repositories that the new version keeps in the same directory', async () => {
    const { path } = root
    buildLlamaCache(root.at('hub'))
    buildHub(path)
    expect(await scanNames(path)).toEqual([
      'huggingface/acme/Wren-1M',
      'huggingface/acme/Wren-1M/gguf/wren-1m-q4_0',
      ...WHOLE,
    ])
  })

  it('does not take a directory for the cache because another tool wrote wren.gguf.json', async () => {
    const store = buildStore(root.path)
    store.put('wren.gguf', sampleGguf('wren'))
    store.put('wren.gguf.json', '{"notes":"mine"}')
    expect(await scanNames(root.path)).toEqual(['plain/wren'])
  })
})
