import { sampleDigest } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog } from './test-catalog.ts'
import { openWith, pathOf, sharingNames } from './upkeep-world.ts'

const DAY_MS = 86_400_000
const [LATER, EARLIER] = ['2025-10-02T00:00:00.000Z', '2025-09-30T00:00:00.000Z']
const DOWNLOAD = { holder: 'h', node: 'node-1', path: pathOf('a'), startedAt: EARLIER, until: LATER }

describe('collect', () => {
  it('removes with the file what is known of Retired models, and of no other model that it was made for', async () => {
    const { catalog, files } = await openWith(['a', 'b'])
    await catalog.setState('a', 'Retired')
    files.put(`${pathOf('b')}.quarantined-1`, sampleDigest(5), 5)
    files.put(`${pathOf('b')}.partial`, sampleDigest(6), 6)
    const { findings, actions } = await catalog.upkeep.collect()
    const text = expect.any(String)
    expect(findings).toEqual([
      { kind: 'retired', id: 'a', path: pathOf('a'), bytes: 1024, text },
      { kind: 'quarantined', id: 'b', path: `${pathOf('b')}.quarantined-1`, bytes: 5, text },
      { kind: 'partial', id: 'b', path: `${pathOf('b')}.partial`, bytes: 6, text },
    ])
    expect(actions).toMatchObject([{ entries: [{ id: 'a' }] }, { entries: [] }, { entries: [] }])
  })

  it('finds nothing if it is told to take nothing, and no orphan by default, however old', async () => {
    const { catalog, files, clock } = await openWith(['a'])
    await catalog.setState('a', 'Retired')
    files.put('/models/stray.gguf', sampleDigest(7))
    clock.advance(2 * DAY_MS)
    const nothing = { retired: false, quarantined: false, partials: false }
    expect((await catalog.upkeep.collect(nothing)).findings).toEqual([])
    expect((await catalog.upkeep.collect({ ...nothing, orphans: false })).findings).toEqual([])
    expect((await catalog.upkeep.collect()).findings).toMatchObject([{ kind: 'retired' }])
  })

  it('leaves what a running download, a leased model, or an interrupted sharing may need', async () => {
    const { catalog, files, other, clock } = await openWith(['a', 'b'])
    await edit(other, 'a', { download: DOWNLOAD })
    const lease = { id: 'l', holder: 'h', node: 'node-1', at: EARLIER, until: LATER }
    await edit(other, 'b', { leases: [lease] })
    for (const id of ['a', 'b']) {
      files.put(`${pathOf(id)}.partial`, sampleDigest(6))
      files.put(`${pathOf(id)}.quarantined-1`, sampleDigest(5))
    }
    files.put(sharingNames('a').aside, sampleDigest(1))
    expect((await catalog.upkeep.collect()).findings).toEqual([])
    clock.advance(2 * DAY_MS)
    const kinds = (await catalog.upkeep.collect()).findings.map(({ kind }) => kind)
    expect(kinds).toEqual(['quarantined', 'quarantined', 'partial', 'partial'])
  })

  it('leaves what changed at the very limit of the age, and what only its ctime makes young', async () => {
    const { catalog, files, clock } = await openTestCatalog()
    const pad = (ms: number): string => `${BigInt(clock.now().getTime() + ms) * 1_000_000n}`
    files.put('/models/x.partial', sampleDigest(1))
    files.touchMode('/models/x.partial')
    const list = files.listFiles.bind(files)
    let times = { mtimeNs: pad(0), ctimeNs: pad(0) }
    files.listFiles = async () => {
      const { files: listed, unreadable } = await list()
      const dated = listed.map((each) => ({ ...each, fingerprint: { ...each.fingerprint, ...times } }))
      return { files: dated, unreadable }
    }
    clock.advance(1000)
    const isTaken = async (): Promise<boolean> =>
      (await catalog.upkeep.collect({ olderThanMs: 1000 })).actions.length === 1
    expect(await isTaken()).toBe(false)
    times = { mtimeNs: pad(-3000), ctimeNs: pad(-500) }
    expect(await isTaken()).toBe(false)
    times = { mtimeNs: pad(-3000), ctimeNs: pad(-1001) }
    expect(await isTaken()).toBe(true)
  })

  it('leaves a Retired model that changed at the very limit of the age', async () => {
    const { catalog, clock } = await openWith(['a'])
    await catalog.setState('a', 'Retired')
    clock.advance(1000)
    expect((await catalog.upkeep.collect({ olderThanMs: 1000 })).findings).toEqual([])
    clock.advance(1)
    expect((await catalog.upkeep.collect({ olderThanMs: 1000 })).findings).toMatchObject([{ id: 'a' }])
  })

  it('does not remove a symbolic link, and reports that of a Retired model', async () => {
    const { catalog, files } = await openWith(['a', 'b'])
    await catalog.setState('a', 'Retired')
    for (const id of ['a', 'b']) {
      await files.moveFile(pathOf(id), `/srv/${id}.gguf`)
      files.makeLink(`/srv/${id}.gguf`, pathOf(id))
    }
    const { findings, actions } = await catalog.upkeep.collect()
    expect(findings).toMatchObject([{ kind: 'retired', id: 'a', path: pathOf('a') }])
    expect(actions).toEqual([])
  })
})

describe('collecting orphans', () => {
  it('reports one, and which model one belongs to that has the digest of a lost file', async () => {
    const { catalog, files, clock } = await openWith(['a'])
    await catalog.update('a', { digest: sampleDigest(1) })
    files.delete(pathOf('a'))
    files.put('/models/lost.gguf', sampleDigest(1))
    files.put('/models/stray.gguf', sampleDigest(9), 7)
    clock.advance(2 * DAY_MS)
    const { findings, actions } = await catalog.upkeep.collect({ orphans: true })
    const text = expect.any(String)
    expect(findings).toEqual([
      { kind: 'moved', id: 'a', path: pathOf('a'), bytes: 1024, text: expect.stringMatching('lost.gguf') },
      { kind: 'orphan', path: '/models/stray.gguf', bytes: 7, text },
    ])
    const fingerprint = files.readFingerprint('/models/lost.gguf')
    const { revision } = (await catalog.get('a')) ?? {}
    const entry = { id: 'a', revision, state: 'Active' }
    expect(actions[0]).toEqual({
      kind: 'relocate',
      entry,
      to: 'lost.gguf',
      files: [{ file: 'lost.gguf', fingerprint }],
    })
  })

  it('plans nothing with a lost file that is one of many, or has a name that no plan can carry', async () => {
    const { catalog, files, clock } = await openWith(['a'])
    await catalog.update('a', { digest: sampleDigest(1) })
    files.put('/models/m/x.gguf', sampleDigest(2))
    await catalog.register({ id: 'm', source: 'x', files: [{ path: 'x.gguf', digest: sampleDigest(2) }] })
    await catalog.verify('m')
    for (const path of [pathOf('a'), '/models/m/x.gguf']) files.delete(path)
    files.put('/models/lost\u0007.gguf', sampleDigest(1))
    files.put('/models/part.gguf', sampleDigest(2))
    clock.advance(2 * DAY_MS)
    const { findings, actions } = await catalog.upkeep.collect({ orphans: true })
    expect(findings).toMatchObject([
      { kind: 'moved', id: 'a' },
      { kind: 'moved', id: 'm', path: '/models/m/x.gguf' },
    ])
    expect(actions).toEqual([])
  })

  it('takes no control file of a download that runs, also of a model that was found outside the root', async () => {
    const { catalog, files, clock } = await openTestCatalog()
    files.put('/second/m.gguf', sampleDigest(1))
    files.pathsOf = (reference) => [files.pathOf(reference), '/second/m.gguf']
    files.locate = async (references) => references.map(() => '/second/m.gguf')
    await catalog.register({ id: 'm', source: 'x' })
    for (const name of ['m.gguf.partial.aria2', 'notes.aria2', '.partial.aria2'])
      files.put(`/models/${name}`, sampleDigest(1))
    await catalog.downloads.begin('m', { forMs: 3 * DAY_MS })
    clock.advance(2 * DAY_MS)
    const collect = async (): Promise<readonly string[]> =>
      (await catalog.upkeep.collect({ orphans: ['*.aria2'] })).findings.map(({ path }) => path)
    const others = ['/models/.partial.aria2', '/models/notes.aria2'] as const
    expect(await collect()).toEqual(others)
    clock.advance(2 * DAY_MS)
    expect(await collect()).toEqual([others[0], '/models/m.gguf.partial.aria2', others[1]])
  })

  it('takes each character of a pattern but * and ? for itself, and a name may contain any', async () => {
    const { catalog, files, clock } = await openTestCatalog()
    for (const name of ['page.html', 'pageXhtml', 'a[1]+(b).bin', 'line\nfeed.txt'])
      files.put(`/models/${name}`, sampleDigest(1))
    clock.advance(2 * DAY_MS)
    const collect = async (...orphans: readonly string[]): Promise<readonly string[]> =>
      (await catalog.upkeep.collect({ orphans })).findings.map(({ path }) => path)
    expect(await collect('page.html')).toEqual(['/models/page.html'])
    expect(await collect('a[1]+(b).bin')).toEqual(['/models/a[1]+(b).bin'])
    expect(await collect('**feed.txt')).toEqual(['/models/line\nfeed.txt'])
  })

  it('refuses patterns that are not strings, and an audit refuses to read only what it does not know', async () => {
    const { catalog } = await openTestCatalog()
    const refused = { code: 'INVALID_INPUT' }
    await expect(catalog.upkeep.collect({ orphans: [1] } as never)).rejects.toMatchObject(refused)
    await expect(catalog.upkeep.audit({ only: 'new' } as never)).rejects.toMatchObject(refused)
  })
})
