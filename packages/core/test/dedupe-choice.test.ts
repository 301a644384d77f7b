import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant, withoutDev } from './test-catalog.ts'
import { openWith, pathOf } from './upkeep-world.ts'

const METHOD = { method: 'hard-link' } as const

describe('dedupe', () => {
  it('says of each file which one stays, and what is freed', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    await catalog.register({ id: 'c', source: 'x', digest: sampleDigest(1), file: 'b.gguf' })
    await catalog.verify('c')
    const { findings, actions } = await catalog.upkeep.dedupe(METHOD)
    const text = expect.stringContaining(pathOf('a'))
    expect(findings).toEqual([{ kind: 'duplicate', id: 'b', path: pathOf('b'), bytes: 1024, text }])
    const [keep, replace] = ['a', 'b'].map((id) => ({
      file: `${id}.gguf`,
      fingerprint: files.readFingerprint(pathOf(id)),
    }))
    const share = { kind: 'share-bytes', method: 'hard-link', digest: sampleDigest(1), bytes: 1024 }
    expect(actions).toEqual([{ ...share, ids: ['b', 'c'], keep, replace }])
  })

  it('keeps the first file by its path, whatever the models are called', async () => {
    const { catalog, files } = await openTestCatalog()
    for (const [id, file] of Object.entries({ a: 'z.gguf', b: 'y.gguf', c: 'x.gguf' })) {
      files.put(`/models/${file}`, sampleDigest(1))
      await catalog.register({ id, source: 'x', file })
      await catalog.verify(id)
    }
    const { actions } = await catalog.upkeep.dedupe(METHOD)
    const keep = { file: 'x.gguf' }
    expect(actions).toMatchObject([
      { keep, replace: { file: 'y.gguf' } },
      { keep, replace: { file: 'z.gguf' } },
    ])
  })

  it('leaves a file that has other names, and files without bytes', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    files.link(pathOf('a'), '/models/name-of-a')
    files.link(pathOf('b'), '/models/name-of-b')
    for (const id of ['x', 'y']) {
      files.put(pathOf(id), sampleDigest(2), 0)
      await catalog.register({ id, source: 'x' })
    }
    for (const id of ['a', 'b', 'x', 'y']) await catalog.verify(id)
    expect(await catalog.upkeep.dedupe(METHOD)).toMatchObject({ findings: [], actions: [] })
  })

  it.each(['hard-link', 'reflink'] as const)('shares the files of many by %s', async (method) => {
    const { catalog, files } = await openTestCatalog()
    for (const id of ['m', 'n']) {
      files.put(`/models/${id}/1.bin`, sampleDigest(1))
      await catalog.register({ id, source: 'x', files: [{ path: '1.bin' }] })
      await catalog.verify(id)
    }
    const { actions } = await catalog.upkeep.dedupe({ method })
    expect(actions).toMatchObject([{ method, keep: { file: 'm/1.bin' }, replace: { file: 'n/1.bin' } }])
  })

  it('leaves files whose digests are not known one by one', async () => {
    const { catalog, files, other } = await openTestCatalog()
    const parts = ['x.gguf', 'y.gguf']
    for (const [index, path] of parts.entries()) files.put(`/models/m/${path}`, sampleDigest(index))
    const known = parts.map((path) => ({
      path,
      fingerprint: withoutDev(files.readFingerprint(`/models/m/${path}`)),
    }))
    const { fingerprint: _fingerprint, ...evidence } = sampleEvidence(sampleDigest(3))
    const model = { id: 'm', state: 'Active', digest: sampleDigest(3) } as const
    const whole = { ...evidence, files: known }
    const manifest = parts.map((path) => ({ path }))
    await plant(other, sampleEntry({ ...model, files: manifest, evidence: { 'volume-1': whole } }))
    expect(await catalog.upkeep.dedupe(METHOD)).toMatchObject({ findings: [], actions: [] })
  })

  it('leaves a file of wrong bytes, and one that was not read here, of models that are right elsewhere', async () => {
    const { catalog, files, other } = await openWith(['a'])
    const elsewhere = { 'volume-2': { ...sampleEvidence(sampleDigest(1)), volume: 'volume-2' } }
    for (const id of ['unread', 'wrong']) {
      const model = { id, state: 'Active', digest: sampleDigest(1), evidence: elsewhere } as const
      await plant(other, sampleEntry(model))
      files.put(pathOf(id), sampleDigest(9))
    }
    await expect(catalog.verify('wrong')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('wrong')).toMatchObject({ state: 'Active' })
    expect(await catalog.upkeep.dedupe(METHOD)).toMatchObject({ findings: [], actions: [] })
  })

  it('leaves a file that is a symbolic link by now', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    await files.moveFile(pathOf('b'), '/models/other.bin')
    files.makeLink('/models/other.bin', pathOf('b'))
    expect(await catalog.upkeep.dedupe(METHOD)).toMatchObject({ findings: [], actions: [] })
  })

  it('by reference keeps a file that a model in place elsewhere reaches by a link', async () => {
    const { catalog, files, other } = await openWith(['a', 'b', 'c'], [1, 1, 1])
    files.makeLink('/models', '/srv/link')
    await catalog.register({ id: 'd', source: 'x', digest: sampleDigest(1), location: '/srv/link/c.gguf' })
    await catalog.verify('d')
    const { findings, actions } = await catalog.upkeep.dedupe()
    const keep = { file: 'c.gguf' }
    expect(actions).toMatchObject([
      { keep, replace: { file: 'a.gguf' } },
      { keep, replace: { file: 'b.gguf' } },
    ])
    const { evidence = {} } = (await catalog.get('b')) ?? {}
    await edit(other, 'b', { evidence: { ...evidence, 'volume-2': sampleEvidence(sampleDigest(1)) } })
    const left = (await catalog.upkeep.dedupe()).findings.map(({ id, text }) => [id, text])
    expect(findings).toHaveLength(2)
    expect(left).toEqual([
      ['c', expect.stringMatching(/ left: d /)],
      ['a', expect.not.stringContaining('left')],
    ])
  })
})
