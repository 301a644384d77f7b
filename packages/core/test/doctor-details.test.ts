import { sampleDigest, sampleEvidence } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog } from './test-catalog.ts'
import { openWith, pathOf, sharingNames } from './upkeep-world.ts'

const [GOOD, BAD] = [sampleDigest(1), sampleDigest(9)]
const { aside } = sharingNames('b')

describe('the doctor', () => {
  it('says of a missing file that there is none', async () => {
    const { catalog, files } = await openWith(['a'])
    files.delete(pathOf('a'))
    expect((await catalog.upkeep.doctor()).findings).toMatchObject([{ id: 'a', text: 'there is no file' }])
  })

  it('plans to forget a missing file of a model, though another one of it is on a volume that was not read', async () => {
    const { catalog, files } = await openTestCatalog()
    const parts = ['x', 'y'].map((path) => ({ path }))
    for (const { path } of parts) files.put(`/models/m/${path}`, GOOD)
    await catalog.register({ id: 'm', source: 'x', files: parts })
    await catalog.verify('m')
    files.delete('/models/m/x')
    const read = files.readFingerprint.bind(files)
    files.readFingerprint = (path, options) => ({ ...read(path, options), dev: '7' })
    const { actions } = await catalog.upkeep.doctor()
    expect(actions).toMatchObject([{ kind: 'forget-evidence', paths: ['/models/m/x'] }])
  })

  it('plans nothing for a file that was replaced, under a name that no plan may have', async () => {
    const { catalog, files } = await openTestCatalog()
    files.put('/models/a:b.gguf', GOOD)
    const place = { location: '/models/a:b.gguf' }
    await catalog.register({ id: 'm', source: 'x', ...place })
    files.put(aside.replace('/b.gguf', '/a:b.gguf'), GOOD)
    const { actions, findings } = await catalog.upkeep.doctor()
    expect([actions, findings.filter(({ kind }) => kind === 'leftover')]).toEqual([[], []])
  })

  it('leaves a file that was replaced if one of the models of its place knows that the other one is wrong', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const expected = files.readFingerprint(pathOf('b'))
    await files.replaceByCopy(pathOf('b'), pathOf('a'), {
      ...{ expected, method: 'reflink' },
      ...sharingNames('b'),
    })
    files.overwriteUnseen(pathOf('b'), BAD)
    await expect(catalog.verify('b')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await catalog.register({ id: 'c', source: 'x', digest: GOOD, file: 'b.gguf' })
    const { actions, findings } = await catalog.upkeep.doctor()
    expect(findings.filter(({ path }) => path === aside)).toMatchObject([
      { kind: 'leftover', text: /nothing says which/ },
    ])
    expect(actions.filter(({ kind }) => kind === 'finish-sharing')).toEqual([])
  })

  it('does not take a symbolic link in the place of a file for one that is away', async () => {
    const { catalog, files, other } = await openWith(['a'])
    const evidence = { 'volume-2': { ...sampleEvidence(GOOD), volume: 'volume-2' } }
    await edit(other, 'a', { evidence })
    files.delete(pathOf('a'))
    files.makeLink('/srv/a.gguf', pathOf('a'))
    expect((await catalog.upkeep.doctor({ forgetAbsent: true })).actions).toEqual([])
  })

  it('takes the partial file of a Retired model for useless', async () => {
    const { catalog, files, other } = await openTestCatalog()
    await catalog.register({ id: 'p', source: 'x' })
    await edit(other, 'p', { state: 'Retired' })
    files.put(`${pathOf('p')}.partial`, GOOD)
    const { actions, findings } = await catalog.upkeep.doctor()
    expect(findings).toMatchObject([{ kind: 'leftover' }])
    expect(actions).toMatchObject([{ kind: 'remove-file', why: 'leftover' }])
  })
})

it('an observer learns of an audit and of an applied plan', async () => {
  const seen: object[] = []
  const { catalog } = await openTestCatalog({ observer: { onOperation: (event) => seen.push(event) } })
  await catalog.upkeep.audit()
  await catalog.upkeep.apply(await catalog.upkeep.doctor())
  const event = { id: '', outcome: 'ok' }
  expect(seen).toMatchObject(['audit', 'apply'].map((operation) => ({ ...event, operation })))
})

it('the statistics have the oldest evidence of all, and no use that has ended at this moment', async () => {
  const { catalog, clock, other } = await openWith(['a', 'b'])
  const until = clock.now().toISOString()
  const use = { holder: 'h', node: 'node-1', until }
  await edit(other, 'a', { leases: [{ ...use, id: 'l', at: until }] })
  await edit(other, 'b', { download: { ...use, path: '/p', startedAt: until } })
  clock.advance(1000)
  await catalog.verify('a')
  const stats = await catalog.upkeep.stats()
  expect(stats).toMatchObject({ oldestEvidenceAt: until, evidence: 2, leases: 0, downloads: 0 })
})
