import type { FileReference, Volume } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { countedOf, DAY_MS, openFleet, openTwo, PATH, right, V1 } from './fleet-world.ts'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

describe('the files of the last verified copy', () => {
  const reasonOf = async ({ catalog }: TestCatalog) =>
    (await catalog.upkeep.collect()).findings.map(({ kind, text }) => `${kind}: ${text}`)

  async function openRetired(
    ...volumes: [Partial<Volume>, Partial<Volume>] | []
  ): Promise<[TestCatalog, TestCatalog]> {
    const [a, b] = await openTwo(...volumes)
    await a.catalog.setState('m', 'Retired')
    return [a, b]
  }

  it('stay when the others are collected, unless the caller wants them gone', async () => {
    const [a, b] = await openRetired()
    expect(await a.catalog.upkeep.apply(await a.catalog.upkeep.collect())).toMatchObject({ done: [{}] })
    expect([a.files.has(PATH), b.files.has(PATH)]).toEqual([false, true])
    expect((await b.catalog.upkeep.collect()).actions).toEqual([])
    expect(await reasonOf(b)).toEqual([
      expect.stringMatching(/^retired: .*, and left: it is of the last verified copy, read by node-2 at /),
    ])
    const plan = await b.catalog.upkeep.collect({ lastCopy: true })
    expect(plan.actions).toMatchObject([{ kind: 'remove-file', lastCopy: true }])
    expect(await b.catalog.upkeep.apply(JSON.parse(JSON.stringify(plan)))).toMatchObject({ done: [{}] })
    expect(b.files.has(PATH)).toBe(false)
  })

  it('stay on one of two machines that collect at the same time', async () => {
    const [a, b] = await openRetired()
    const plans = [await a.catalog.upkeep.collect(), await b.catalog.upkeep.collect()] as const
    // That its volume is there is recorded by now: the next commit is that of the removal.
    await b.catalog.upkeep.stats()
    b.store.beforeNextCommit(() => a.catalog.upkeep.apply(plans[0]))
    const report = await b.catalog.upkeep.apply(plans[1])
    expect(report.failed).toMatchObject([{ code: 'LAST_COPY' }])
    expect([a.files.has(PATH), b.files.has(PATH)]).toEqual([false, true])
    expect(await countedOf(b)).toEqual(['node-2'])
  })

  it('stay if the other machine is silent, and go once it is heard of', async () => {
    const [a, b] = await openRetired()
    a.clock.advance(31 * DAY_MS)
    expect((await a.catalog.upkeep.collect()).actions).toEqual([])
    await b.catalog.upkeep.stats()
    expect((await a.catalog.upkeep.collect()).actions).toHaveLength(1)
  })

  it('stay if the other machine has read the same file on a network file system', async () => {
    const nfs = { id: 'volume-1', type: 'nfs', isLocal: false }
    const [a] = await openRetired(nfs, nfs)
    expect((await a.catalog.upkeep.collect()).actions).toEqual([])
  })

  it('of a network file system take with them what any machine has read of them', async () => {
    const nfs = { id: 'volume-1', type: 'nfs', isLocal: false }
    const [a, b, c] = await openFleet(nfs, nfs, { id: 'volume-3' })
    if (a === undefined || b === undefined || c === undefined) throw new Error('there must be three')
    // Another file than that of the others.
    c.files.put(PATH, right)
    await c.catalog.verify('m')
    await a.catalog.setState('m', 'Retired')
    expect(await a.catalog.upkeep.apply(await a.catalog.upkeep.collect())).toMatchObject({ done: [{}] })
    expect(Object.keys((await b.catalog.get('m'))?.evidence ?? {})).toEqual(['volume-3@node-3'])
  })

  it('take with them what their machine had read before the store was shared', async () => {
    const [a] = await openRetired()
    const { evidence = {} } = (await a.catalog.get('m')) ?? {}
    const own = evidence['volume-1@node-1']
    if (own === undefined) throw new Error('there must be evidence')
    await edit(a.other, 'm', { evidence: { ...evidence, 'volume-1': own } })
    const plan = await a.catalog.upkeep.collect()
    // Before the file goes: after a kill it must not be served by what is left.
    a.files.removeFile = () => Promise.reject(new Error('killed'))
    await expect(a.catalog.upkeep.apply(plan)).rejects.toThrow('killed')
    expect(Object.keys((await a.catalog.get('m'))?.evidence ?? {})).toEqual(['volume-2@node-2'])
  })

  it('go if another volume of the same machine has a copy', async () => {
    const [a, b] = await openRetired()
    const { evidence = {} } = (await a.catalog.get('m')) ?? {}
    const own = evidence['volume-1@node-1']
    if (own === undefined) throw new Error('there must be evidence')
    const second = { ...own, volume: 'volume-3' }
    await edit(b.other, 'm', { evidence: { 'volume-1@node-1': own, 'volume-3@node-1': second } })
    expect((await a.catalog.upkeep.collect()).actions).toHaveLength(1)
  })

  it('are not held back if this machine has not read them', async () => {
    const [a] = await openRetired()
    const { backing, clock } = a
    const c = await openTestCatalog({ backing, clock, isShared: true, node: 'node-3' })
    c.files.put(PATH, right)
    clock.advance(31 * DAY_MS)
    expect((await c.catalog.upkeep.collect()).actions).toMatchObject([{ kind: 'remove-file' }])
  })

  it('are not held back in a store of one machine', async () => {
    const opened = await openTestCatalog()
    opened.files.put(PATH, right)
    await opened.catalog.register({ id: 'm', source: 'hf:org/m' })
    await opened.catalog.verify('m')
    await opened.catalog.setState('m', 'Retired')
    const plan = await opened.catalog.upkeep.collect()
    expect(plan.actions).not.toMatchObject([{ lastCopy: true }])
    expect((await opened.catalog.upkeep.collect({ lastCopy: true })).actions).toEqual(plan.actions)
    expect(await opened.catalog.upkeep.apply(plan)).toMatchObject({ done: [{}], failed: [] })
    expect((await opened.catalog.upkeep.stats()).fleet).toBeUndefined()
  })

  it('are not those at a name that another model, which has its files in another root, could have too', async () => {
    const [{ catalog, files, other }] = await openTwo()
    const roots = ['/models/', '/archive/']
    const pathsIn = (reference: FileReference): readonly string[] =>
      'file' in reference ? roots.map((root) => root + reference.file) : [reference.location]
    files.pathsOf = pathsIn
    // All in the root that has the first of them.
    files.locate = async (references) => {
      const found = references.slice(0, 1).flatMap(pathsIn)
      const root = Math.max(
        0,
        found.findIndex((path) => files.has(path)),
      )
      return references.map((each) => pathsIn(each)[root] ?? '')
    }
    const parts = ['0.bin', 'a.bin'].map((path) => ({ path, digest: right }))
    for (const { path } of parts) files.put(`/archive/set/${path}`, right)
    await catalog.register({ id: 'set', source: 'hf:org/m', files: parts })
    await catalog.verify('set')
    files.put('/models/set/a.bin', right)
    await edit(other, 'm', { file: 'set/a.bin' })
    await catalog.verify('m')
    for (const id of ['set', 'm']) await catalog.setState(id, 'Retired')
    const { actions } = await catalog.upkeep.collect()
    expect(actions).toMatchObject([{ kind: 'remove-file', file: 'set/a.bin' }])
  })

  it('are not those on a volume of this machine that nothing identifies', async () => {
    const [{ catalog, files }] = await openRetired()
    files.volumes.present = []
    expect(await catalog.upkeep.apply(await catalog.upkeep.collect())).toMatchObject({ done: [{}] })
    expect(Object.keys((await catalog.get('m'))?.evidence ?? {})).toContain('volume-2@node-2')
  })

  it('are none if a symbolic link has their name, also if the caller wants the last copy gone', async () => {
    const [{ catalog, files }] = await openRetired()
    files.delete(PATH)
    files.makeLink('/srv/x', PATH)
    const { findings, actions } = await catalog.upkeep.collect({ lastCopy: true })
    expect([findings.map(({ path }) => path), actions]).toEqual([[PATH], []])
  })

  it('of a clone of the disk are another file, and what was read of them stays', async () => {
    const [a, b] = await openRetired(V1, V1)
    expect((await a.catalog.upkeep.collect()).actions).toEqual([])
    await a.catalog.upkeep.apply(await a.catalog.upkeep.collect({ lastCopy: true }))
    expect(Object.keys((await b.catalog.get('m'))?.evidence ?? {})).toEqual(['volume-1@node-2'])
    expect(b.files.has(PATH)).toBe(true)
  })
})
