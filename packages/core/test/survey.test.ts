import { sampleDigest, sampleVolume } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog } from './test-catalog.ts'
import { openWith, pathOf, sharingNames } from './upkeep-world.ts'

describe('doctor', () => {
  it('compares a file with what was read on its own volume, whatever was read later on another one', async () => {
    const { catalog, files, other, clock } = await openWith(['a'])
    files.renumber('2050')
    files.volumes.present = [sampleVolume(), sampleVolume({ id: 'volume-2', dev: '2050' })]
    files.put(pathOf('a'), sampleDigest(1))
    files.renumber('2050')
    await catalog.verify('a')
    const { evidence = {} } = (await catalog.get('a')) ?? {}
    const first = evidence['volume-1']
    if (first === undefined) throw new Error('there must be evidence of both volumes')
    const at = new Date(clock.now().getTime() + 1000).toISOString()
    await edit(other, 'a', { evidence: { ...evidence, 'volume-1': { ...first, at } } })
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('compares each part of a model with what was read of it, also on a second volume', async () => {
    const { catalog, files } = await openTestCatalog()
    files.put('/models/m/b', sampleDigest(2))
    files.renumber('2050')
    files.put('/models/m/a', sampleDigest(1))
    files.volumes.present = [sampleVolume(), sampleVolume({ id: 'volume-2', dev: '2050' })]
    await catalog.register({ id: 'm', source: 'x', files: [{ path: 'a' }, { path: 'b' }] })
    const { evidence = {} } = await catalog.verify('m')
    expect(Object.keys(evidence)).toEqual(['volume-1'])
    await catalog.resolve('m')
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    files.delete('/models/m/b')
    expect((await catalog.upkeep.doctor()).findings).toMatchObject([{ kind: 'missing', path: '/models/m/b' }])
    files.put('/models/m/b', sampleDigest(2))
    files.renumber('2050')
    files.put('/models/m/a', sampleDigest(1))
    await catalog.verify('m')
    files.overwrite('/models/m/b', sampleDigest(2), 8)
    expect((await catalog.upkeep.doctor()).findings).toMatchObject([{ kind: 'resized', path: '/models/m/b' }])
  })

  it('finds a file outside the root, in another place that is searched', async () => {
    const { catalog, files } = await openTestCatalog()
    files.put('/second/m.gguf', sampleDigest(1))
    files.pathsOf = (reference) => [files.pathOf(reference), '/second/m.gguf']
    files.locate = async (references) => references.map(() => '/second/m.gguf')
    await catalog.register({ id: 'm', source: 'x' })
    await catalog.verify('m')
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('reports a file that only a link out of the root leads to', async () => {
    const { catalog, files } = await openTestCatalog()
    files.put('/models/dir/m.gguf', sampleDigest(1))
    await catalog.register({ id: 'm', source: 'x', file: 'dir/m.gguf' })
    await catalog.verify('m')
    await files.moveFile('/models/dir/m.gguf', '/srv/m.gguf')
    files.makeLink('/srv', '/models/dir')
    const { findings } = await catalog.upkeep.doctor()
    expect(findings).toMatchObject([{ kind: 'special-file', id: 'm', path: '/models/dir/m.gguf' }])
  })

  it('has nothing to say of a model in place whose links lead where they may', async () => {
    const { catalog, files } = await openTestCatalog()
    files.put('/srv/store/one', sampleDigest(1))
    files.makeLink('/srv/store/one', '/srv/names/m.gguf')
    await catalog.register({ id: 'm', source: 'x', location: '/srv/names/m.gguf', linksInto: '/srv/store' })
    await catalog.verify('m')
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('rejects with an error that is not about the file', async () => {
    const { catalog, files } = await openWith(['a'])
    files.readFingerprint = () => {
      throw new Error('unexpected')
    }
    await expect(catalog.upkeep.doctor()).rejects.toThrow('unexpected')
  })

  it('doubts what is missing below a directory that cannot be listed, and nothing beside it', async () => {
    const { catalog, files } = await openTestCatalog()
    const names = { below: 'd/x.gguf', beside: 'd2.gguf', elsewhere: 'e/x.gguf' }
    for (const [id, file] of Object.entries(names)) {
      files.put(`/models/${file}`, sampleDigest(1))
      await catalog.register({ id, source: 'x', file })
      await catalog.verify(id)
      files.delete(`/models/${file}`)
    }
    files.unreadable = [{ path: '/models/d', errno: 'EIO' }]
    const { findings } = await catalog.upkeep.doctor()
    expect(findings.map(({ kind, id }) => [kind, id])).toEqual([
      ['unreadable', undefined],
      ['unreadable', 'below'],
      ['missing', 'beside'],
      ['missing', 'elsewhere'],
    ])
  })

  it('passes over symbolic links, whatever their names', async () => {
    const { catalog, files } = await openWith(['a'])
    for (const path of ['/models/x.gguf', '/models/y.gguf.partial', ...Object.values(sharingNames('a'))]) {
      files.makeLink('/srv/other', path)
    }
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('keeps the partial file of a Failed model, and of a Retired one only while a download runs', async () => {
    const { catalog, files, other } = await openWith(['failed', 'retired', 'used'])
    files.put(pathOf('failed'), sampleDigest(9))
    await expect(catalog.verify('failed')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    for (const id of ['retired', 'used']) await catalog.setState(id, 'Retired')
    const until = '2025-10-02T00:00:00.000Z'
    const download = { holder: 'h', node: 'n', path: pathOf('used'), startedAt: until, until }
    await edit(other, 'used', { download })
    for (const id of ['failed', 'retired', 'used']) files.put(`${pathOf(id)}.partial`, sampleDigest(1))
    const { findings } = await catalog.upkeep.doctor()
    expect(findings.map(({ kind, id }) => [kind, id])).toEqual([
      ['partial', 'failed'],
      ['leftover', 'retired'],
      ['partial', 'used'],
    ])
  })
})
