import { sampleDigest, sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant } from './test-catalog.ts'
import { openWith, pathOf, sharingNames } from './upkeep-world.ts'

const [LATER, EARLIER] = ['2025-10-02T00:00:00.000Z', '2025-09-30T00:00:00.000Z']

describe('a file that sharing left beside another', () => {
  const { aside, prepared } = sharingNames('a')
  const file = aside.slice('/models/'.length)

  it('frees its bytes if the file in its place is another', async () => {
    const { catalog, files } = await openWith(['a'])
    files.put(aside, sampleDigest(1), 7)
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings).toMatchObject([{ kind: 'leftover', id: 'a', path: aside, bytes: 7 }])
    const replaced = { file, fingerprint: files.readFingerprint(aside) }
    expect(actions).toEqual([{ kind: 'finish-sharing', file: 'a.gguf', replaced, bytes: 7 }])
  })

  it('frees nothing if it is another name of the file in its place, or has another one itself', async () => {
    const { catalog, files } = await openWith(['a'])
    files.link(pathOf('a'), aside)
    const findFinish = async () =>
      (await catalog.upkeep.doctor()).actions.find(({ kind }) => kind === 'finish-sharing')
    expect(await findFinish()).toMatchObject({ bytes: 0 })
    files.delete(aside)
    files.put(aside, sampleDigest(1))
    files.link(aside, '/models/name.bin')
    expect(await findFinish()).toMatchObject({ bytes: 0 })
  })

  it('is put back, and not taken for a moved file, if there is no file in its place', async () => {
    const { catalog, files } = await openWith(['a'])
    await files.moveFile(pathOf('a'), aside)
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings.map(({ kind, path }) => [kind, path])).toEqual([
      ['leftover', aside],
      ['missing', pathOf('a')],
    ])
    expect(actions).toMatchObject([{ kind: 'finish-sharing', bytes: 0 }, { kind: 'forget-evidence' }])
  })

  it('is left to the operator if the file in its place is wrong and has no other name', async () => {
    const { catalog, files } = await openWith(['a'])
    files.put(aside, sampleDigest(1))
    files.put(pathOf('a'), sampleDigest(9))
    await expect(catalog.verify('a')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect((await catalog.upkeep.doctor()).actions).toEqual([])
    files.link(pathOf('a'), '/models/name.bin')
    await expect(catalog.verify('a')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect((await catalog.upkeep.doctor()).actions).toMatchObject([{ kind: 'finish-sharing' }])
  })

  it('is removed if it is one that was to take the place, and reported once', async () => {
    const { catalog, files } = await openWith(['a'])
    files.put(prepared, sampleDigest(1), 7)
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings).toMatchObject([{ kind: 'leftover', id: 'a', path: prepared, bytes: 7 }])
    expect(actions).toMatchObject([{ kind: 'remove-file', why: 'leftover', bytes: 7, entries: [] }])
  })

  it('is not removed by the plan that relocates the model to another name', async () => {
    const { catalog, files } = await openWith(['a'])
    files.put(prepared, sampleDigest(9))
    await files.moveFile(pathOf('a'), '/models/b.gguf')
    expect((await catalog.upkeep.doctor()).actions).toMatchObject([{ kind: 'relocate' }])
  })
})

describe('what a download left', () => {
  it('is reported with its model: a quarantined file, and a partial file that a download may go on with', async () => {
    const { catalog, files, other } = await openWith(['a', 'whole'])
    await catalog.register({ id: 'wanted', source: 'x' })
    const download = { holder: 'h', node: 'node-1', path: pathOf('wanted'), startedAt: EARLIER, until: LATER }
    await edit(other, 'wanted', { download })
    await catalog.register({ id: 'later', source: 'x' })
    files.put(`${pathOf('a')}.quarantined-1`, sampleDigest(5), 5)
    for (const id of ['later', 'wanted']) {
      files.put(`${pathOf(id)}.partial`, sampleDigest(6), 6)
      files.put(`${pathOf(id)}.partial.checkpoint`, sampleDigest(7), 7)
    }
    const { findings, actions } = await catalog.upkeep.doctor()
    const text = expect.any(String)
    const partial = { kind: 'partial', bytes: 6 }
    expect(findings).toEqual([
      { kind: 'quarantined', id: 'a', path: `${pathOf('a')}.quarantined-1`, bytes: 5, text },
      { ...partial, id: 'later', path: `${pathOf('later')}.partial`, text: expect.stringMatching('may') },
      {
        ...partial,
        id: 'wanted',
        path: `${pathOf('wanted')}.partial`,
        text: expect.stringMatching('goes on'),
      },
    ])
    expect(actions).toEqual([])
  })

  it('is removed if its model has all files, and kept while an Active model lacks one', async () => {
    const { catalog, files } = await openTestCatalog()
    const paths = ['x.gguf', 'y.gguf']
    for (const path of paths) files.put(`/models/m/${path}`, sampleDigest(1))
    await catalog.register({ id: 'm', source: 'x', files: paths.map((path) => ({ path })) })
    await catalog.verify('m')
    files.put('/models/m/y.gguf.partial', sampleDigest(1))
    expect((await catalog.upkeep.doctor()).actions).toMatchObject([{ file: 'm/y.gguf.partial' }])
    files.delete('/models/m/y.gguf')
    const { actions, findings } = await catalog.upkeep.doctor()
    expect(actions.map(({ kind }) => kind)).toEqual(['forget-evidence'])
    expect(findings.map(({ kind }) => kind)).toEqual(['missing', 'partial'])
  })

  it('is not taken for the moved file of another model while a download fills it', async () => {
    const { catalog, files } = await openWith(['a'])
    await catalog.register({ id: 'wanted', source: 'x' })
    await catalog.downloads.begin('wanted', { forMs: 1000 })
    await files.moveFile(pathOf('a'), `${pathOf('wanted')}.partial`)
    const { findings } = await catalog.upkeep.doctor()
    expect(findings.map(({ kind, id }) => [kind, id])).toEqual([
      ['missing', 'a'],
      ['partial', 'wanted'],
    ])
  })

  it('is reported without an action if a plan cannot carry its name', async () => {
    const { catalog, files } = await openWith([])
    files.put('/models/a\u0007b.gguf.partial', sampleDigest(1))
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings).toMatchObject([{ kind: 'leftover', path: '/models/a\u0007b.gguf.partial' }])
    expect(actions).toEqual([])
  })
})

describe('sets of shards', () => {
  it('are looked for among whole files', async () => {
    const { catalog, files } = await openWith(['m-1-of-2'])
    files.put('/models/m-2-of-2.gguf.partial', sampleDigest(1))
    files.makeLink('/srv/other.gguf', '/models/m-3-of-3.gguf')
    const asked: (readonly string[])[] = []
    Object.assign(files, {
      findShards: (names: readonly string[]) => {
        asked.push(names)
        return []
      },
    })
    await catalog.upkeep.doctor()
    expect(asked).toEqual([['m-1-of-2.gguf']])
  })

  it('are reported if they are not whole, with how many are missing, also if no model names one', async () => {
    const { catalog, files } = await openWith(['m-1-of-3'])
    const set = { name: 'm.gguf', present: ['m-1-of-3.gguf'] }
    const stray = { name: 'n.gguf', present: ['n-1-of-2.gguf'] }
    files.shards = [
      { ...set, missing: ['m-2-of-3.gguf', 'm-3-of-3.gguf'], missingCount: 2 },
      { ...stray, missing: ['n-2-of-2.gguf'], missingCount: 1 },
      { ...set, missing: [], missingCount: 0 },
    ]
    const { findings } = await catalog.upkeep.doctor()
    const missing = { kind: 'shard-missing', bytes: 0 }
    expect(findings).toEqual([
      {
        ...missing,
        id: 'm-1-of-3',
        path: '/models/m-2-of-3.gguf',
        text: expect.stringMatching(/ m\.gguf, m-2-of-3\.gguf and 1 more /),
      },
      {
        ...missing,
        id: undefined,
        path: '/models/n-2-of-2.gguf',
        text: expect.stringMatching(/ n\.gguf, n-2-of-2\.gguf is /),
      },
    ])
  })
})

it('doctor compares the names of files that are there with those that only an entry has', async () => {
  const { catalog, files, other } = await openWith(['a'])
  await catalog.register({ id: 'upper', source: 'x', file: 'A.gguf' })
  files.put('/models/B.gguf', sampleDigest(2))
  await catalog.register({ id: 'b', source: 'x' })
  // Outside the root no name is compared.
  await plant(other, sampleEntry({ id: 'placed', location: '/srv/Q.gguf' }))
  await plant(other, sampleEntry({ id: 'other', location: '/srv/q.gguf' }))
  const { findings } = await catalog.upkeep.doctor()
  const text = expect.any(String)
  expect(findings.filter(({ kind }) => kind === 'case-collision')).toEqual([
    { kind: 'case-collision', id: 'b', path: pathOf('b'), bytes: 0, text },
    { kind: 'case-collision', id: 'a', path: pathOf('a'), bytes: 1024, text },
  ])
})

it('what cannot be listed is reported with the remedy: a right if one is missing', async () => {
  const { catalog, files } = await openWith([])
  files.unreadable = ['EACCES', 'EPERM', 'EIO'].map((errno) => ({ path: `/models/${errno}`, errno }))
  const { findings } = await catalog.upkeep.doctor()
  const remedies = ['right to read', 'right to read', 'check the disk']
  expect(findings).toEqual(
    files.unreadable.map(({ path, errno }, index) => ({
      kind: 'unreadable',
      path,
      bytes: 0,
      text: expect.stringMatching(new RegExp(`\\[${errno}\\].*${remedies[index]}`)),
    })),
  )
})
