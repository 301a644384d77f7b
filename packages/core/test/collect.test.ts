import { sampleDigest } from '@catalog/testkit'
import { CatalogError, type RemovalReason, type UpkeepPlan } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf } from './upkeep-world.ts'

const LATER = '2025-10-02T00:00:00.000Z'
const DAY_MS = 86_400_000
const EARLIER = '2025-09-30T00:00:00.000Z'

function removalsOf({ actions }: UpkeepPlan): readonly (readonly [string, RemovalReason, number])[] {
  return actions.map((action) => {
    if (action.kind !== 'remove-file') throw new Error(`a removal was expected, not ${action.kind}`)
    return [action.file, action.why, action.bytes] as const
  })
}

describe('collect', () => {
  it('plans what is not needed, and orphans only if asked to', async () => {
    const { catalog, files, clock } = await openWith(['a', 'b'])
    await catalog.setState('b', 'Retired')
    files.put(`${pathOf('a')}.quarantined-1`, sampleDigest(5), 5)
    files.put(`${pathOf('x')}.partial`, sampleDigest(6), 6)
    files.put('/models/stray.bin', sampleDigest(7), 7)
    const plan = await catalog.upkeep.collect()
    expect(removalsOf(plan)).toEqual([
      ['b.gguf', 'retired', 1024],
      ['a.gguf.quarantined-1', 'quarantined', 5],
      ['x.gguf.partial', 'partial', 6],
    ])
    expect(plan.bytes).toBe(1035)
    const only = { retired: false, quarantined: false, partials: false, orphans: true }
    expect(removalsOf(await catalog.upkeep.collect(only))).toEqual([])
    clock.advance(DAY_MS + 1)
    expect(removalsOf(await catalog.upkeep.collect(only))).toEqual([['stray.bin', 'orphan', 7]])
    const report = await catalog.upkeep.apply(plan)
    expect(report).toMatchObject({ skipped: [], failed: [], freedBytes: 1035 })
    expect((await files.listFiles()).files.map(({ file }) => file)).toEqual(['a.gguf', 'stray.bin'])
    expect(await catalog.upkeep.apply(plan)).toEqual({ ...report, freedBytes: 0 })
  })

  it('takes a model that cannot be read for no younger after each attempt', async () => {
    const { catalog, files, clock } = await openWith(['a'])
    await catalog.setState('a', 'Retired')
    clock.advance(20_000)
    files.duringRead = () => Promise.reject(new CatalogError('IO', 'bad sector', { operation: 'read' }))
    await expect(catalog.verify('a')).rejects.toMatchObject({ code: 'IO' })
    expect((await catalog.history.of('a')).at(-1)).toMatchObject({ isUnchanged: true })
    expect(removalsOf(await catalog.upkeep.collect({ olderThanMs: 15_000 }))).toEqual([
      ['a.gguf', 'retired', 1024],
    ])
  })

  it('first takes the evidence of a Retired model back, and then removes its file', async () => {
    const { catalog, files, store } = await openWith(['a'])
    await catalog.setState('a', 'Retired')
    const plan = await catalog.upkeep.collect()
    store.beforeNextCommit(async () => expect(files.has(pathOf('a'))).toBe(true))
    await catalog.upkeep.apply(plan, { actor: 'ada' })
    expect(await catalog.get('a')).toMatchObject({ state: 'Retired' })
    await expect(catalog.setState('a', 'Active')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    expect((await catalog.history.of('a')).at(-1)).toMatchObject({
      operation: 'forget-evidence',
      actor: 'ada',
    })
  })

  it('takes back what other machines know of the very same file, and of no other', async () => {
    const { catalog, files, backing } = await openWith(['a'])
    const [same, another] = ['same', 'another'].map((node) => ({ node, backing }))
    const there = await openTestCatalog({ ...same, files })
    await there.catalog.verify('a')
    const elsewhere = await openTestCatalog({ ...another })
    elsewhere.files.put('/models/x', sampleDigest(1))
    elsewhere.files.put(pathOf('a'), sampleDigest(1))
    await elsewhere.catalog.verify('a')
    await catalog.setState('a', 'Retired')
    await catalog.upkeep.apply(await catalog.upkeep.collect())
    expect(Object.keys((await catalog.get('a'))?.evidence ?? {})).toEqual(['another'])
  })

  it('takes it back again where a verification was faster', async () => {
    const { catalog, files } = await openWith(['a'])
    await catalog.setState('a', 'Retired')
    const plan = await catalog.upkeep.collect()
    const remove = files.removeFile.bind(files)
    files.removeFile = async (path, expected) => {
      await catalog.verify('a')
      return remove(path, expected)
    }
    await catalog.upkeep.apply(plan)
    expect((await catalog.get('a'))?.evidence).toBeUndefined()
  })

  it('leaves what a model names that is not Retired, also by another name of the file', async () => {
    const { catalog, files, clock } = await openWith(['a', 'b'])
    clock.advance(2 * DAY_MS)
    await catalog.register({ id: 'same', source: 'hf:org/model', file: 'a.gguf', digest: sampleDigest(1) })
    files.link(pathOf('b'), pathOf('c'))
    await catalog.register({ id: 'c', source: 'hf:org/model' })
    for (const id of ['a', 'b']) await catalog.setState(id, 'Retired')
    expect(await catalog.upkeep.collect({ orphans: true })).toMatchObject({ actions: [] })
  })

  it('counts the bytes of a file with two names where the last one goes', async () => {
    const { catalog, files } = await openWith(['a'])
    files.link(pathOf('a'), pathOf('b'))
    await catalog.register({ id: 'b', source: 'hf:org/model' })
    for (const id of ['a', 'b']) await catalog.verify(id)
    for (const id of ['a', 'b']) await catalog.setState(id, 'Retired')
    const plan = await catalog.upkeep.collect()
    expect(removalsOf(plan).map(([, , bytes]) => bytes)).toEqual([0, 1024])
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ skipped: [], freedBytes: 1024 })
    expect((await files.listFiles()).files).toEqual([])
  })

  it('leaves files in place elsewhere, and models that are used', async () => {
    const { catalog, files, other } = await openWith(['a', 'b'])
    files.put('/srv/m.gguf', sampleDigest(8))
    await catalog.register({ id: 'm', source: 'hf:org/model', location: '/srv/m.gguf' })
    await catalog.verify('m')
    const lease = { id: 'l', holder: 'h', node: 'node-1', at: EARLIER }
    for (const id of ['a', 'b', 'm']) await catalog.setState(id, 'Retired')
    await edit(other, 'a', { leases: [{ ...lease, until: LATER }] })
    await edit(other, 'b', { leases: [{ ...lease, until: EARLIER }] })
    expect(removalsOf(await catalog.upkeep.collect())).toEqual([['b.gguf', 'retired', 1024]])
  })

  it('skips a model that became used, or Active, since', async () => {
    const { catalog, files, other } = await openWith(['a', 'b', 'c'])
    for (const id of ['a', 'b', 'c']) await catalog.setState(id, 'Retired')
    const plan = await catalog.upkeep.collect()
    const lease = { id: 'l', holder: 'trainer', node: 'node-1', at: EARLIER, until: LATER }
    await edit(other, 'a', { leases: [lease] })
    await catalog.setState('b', 'Active')
    await edit(other, 'c', { tags: ['x'] })
    expect(outlineOf(await catalog.upkeep.apply(plan))).toEqual({
      done: [],
      skipped: [
        `a has a lease of trainer until ${LATER}`,
        '/models/b.gguf is the file of b, Active',
        'c is Retired at revision 4, and was Retired at revision 3',
      ],
      failed: [],
      freedBytes: 0,
    })
    expect((await files.listFiles()).files).toHaveLength(3)
  })

  it('skips a model that becomes used while its file is about to go', async () => {
    const { catalog, files, store, other } = await openWith(['a'])
    await catalog.setState('a', 'Retired')
    const plan = await catalog.upkeep.collect()
    const lease = { id: 'l', holder: 'trainer', node: 'node-1', at: EARLIER, until: LATER }
    store.beforeNextCommit(() => edit(other, 'a', { leases: [lease] }))
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ done: [] })
    expect(files.has(pathOf('a'))).toBe(true)
    expect((await catalog.get('a'))?.evidence).toBeDefined()
  })

  it('takes the word of a wrong file with it', async () => {
    const { catalog, files, other } = await openWith(['a'])
    const [first, second] = [1, 2].map((n) => `${pathOf('a')}.quarantined-${n}`)
    const record = { node: 'node-1', at: EARLIER, sizeBytes: 5 }
    await edit(other, 'a', {
      quarantine: [
        { ...record, path: first ?? '' },
        { ...record, path: second ?? '' },
        { ...record, path: first ?? '', node: 'node-2' },
      ],
    })
    for (const path of [first, second]) files.put(path ?? '', sampleDigest(5), 5)
    const plan = await catalog.upkeep.collect()
    await catalog.upkeep.apply({ ...plan, actions: plan.actions.slice(0, 1) })
    const left = (await catalog.get('a'))?.quarantine?.map(({ path, node }) => `${node} ${path}`)
    expect(left).toEqual([`node-1 ${second}`, `node-2 ${first}`])
    expect([first, second].map((path) => files.has(path ?? ''))).toEqual([false, true])
  })

  it('takes only what is old, and a Retired model by its last change', async () => {
    const { catalog, files, clock } = await openWith(['a', 'b'])
    await catalog.setState('a', 'Retired')
    files.put('/models/x.partial', sampleDigest(6))
    clock.advance(10_000)
    await catalog.setState('b', 'Retired')
    clock.advance(10_000)
    expect(removalsOf(await catalog.upkeep.collect({ olderThanMs: 15_000 })).map(([file]) => file)).toEqual([
      'a.gguf',
      'x.partial',
    ])
    expect(removalsOf(await catalog.upkeep.collect({ olderThanMs: 25_000 }))).toEqual([])
  })

  it('leaves the file that a model is missing', async () => {
    const { catalog, files, clock } = await openWith(['a', 'b'])
    clock.advance(2 * DAY_MS)
    await files.moveFile(pathOf('a'), '/models/moved.bin')
    await files.moveFile(pathOf('b'), '/models/moved.partial')
    expect(await catalog.upkeep.collect({ orphans: true })).toMatchObject({ actions: [] })
  })

  it('refuses options that it does not know', async () => {
    const { catalog } = await openWith([])
    const refused = { code: 'INVALID_INPUT' }
    await expect(catalog.upkeep.collect({ everything: true } as never)).rejects.toMatchObject(refused)
    await expect(catalog.upkeep.collect({ orphans: 1 } as never)).rejects.toMatchObject(refused)
  })
})
