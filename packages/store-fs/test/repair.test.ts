import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, modelId, register } from './commits.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { readRecords, zero, zeroRecord } from './journal-lines.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const clock = { now: () => new Date('2026-01-02T03:04:05.678Z') }
const BROKEN = 'broken-20260102T030405678Z'

describe('the repair of a damaged journal', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')
  const repair = () => repairCatalog(root.path, { clock })
  /** Records 1 to 4 register a to d, 5 is a mark; the damage is in record 3. */
  const damage = async () => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c', 'd')
    await store.close()
    await zeroRecord(journal(), 3)
    return await readFile(journal())
  }

  it('goes on from the last certain record, and says what it could not save', async () => {
    await damage()
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { recordsBefore: 2 } })
    expect(await repair()).toEqual({
      segment: 2,
      keptFiles: [root.at(`catalog.json.${BROKEN}`), `${journal()}.${BROKEN}`],
      recordsKept: 2,
      recordsLost: 3,
      idsAffected: ['d'],
    })
    const store = await root.open()
    expect(await idsOf(store)).toEqual(['a', 'b'])
    await register(store, 'e')
    expect((await store.changes(0)).map(({ id }) => id)).toEqual(['a', 'b', 'e'])
    await store.close()
    expect(JSON.parse(await readFile(root.at('catalog.json'), 'utf8')).models).toHaveLength(3)
  })

  it('keeps every byte of the original beside', async () => {
    const original = await damage()
    const view = await readFile(root.at('catalog.json'))
    await repair()
    const kept = await readFile(`${journal()}.${BROKEN}`)
    expect(kept.subarray(0, original.length)).toEqual(original)
    expect(await readFile(root.at(`catalog.json.${BROKEN}`))).toEqual(view)
  })

  it('changes nothing in a whole catalog', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    const names = await readdir(root.at('.catalog'))
    expect(await repair()).toEqual({
      segment: 1,
      keptFiles: [],
      recordsKept: 2,
      recordsLost: 0,
      idsAffected: [],
    })
    expect(await readdir(root.at('.catalog'))).toEqual(names)
  })

  it('is CATALOG_MISSING if there is no catalog, and makes none', async () => {
    await expect(repair()).rejects.toMatchObject({ code: 'CATALOG_MISSING' })
    expect(await readdir(root.path)).toEqual([])
  })

  it('can be done again, with a second original beside the first', async () => {
    await damage()
    await repair()
    const second = root.at('.catalog', 'journal-000002.jsonl')
    const store = await root.open()
    await register(store, 'x', 'y')
    await store.close()
    await zeroRecord(second, 1)
    expect(await repair()).toMatchObject({ segment: 3, recordsKept: 3, idsAffected: ['y'] })
    expect(await idsOf(await root.open())).toEqual(['a', 'b'])
  })

  it('makes a store fail that knew what is lost, before it can acknowledge anything', async () => {
    const running = await root.open()
    await register(running, 'a', 'b', 'c', 'd')
    await zeroRecord(journal(), 3)
    await repair()
    await expect(register(running, 'e')).rejects.toMatchObject({ code: 'DAMAGED' })
    await expect(idsOf(running)).rejects.toMatchObject({ code: 'DAMAGED' })
    expect(await idsOf(await root.open())).toEqual(['a', 'b'])
  })

  it('makes a store fail that had not read so far', async () => {
    const other = await root.open()
    await register(other, 'a', 'b')
    const running = await root.open()
    await damageBehind(other)
    await expect(repair()).resolves.toMatchObject({ segment: 2, recordsKept: 2 })
    await expect(idsOf(running)).rejects.toMatchObject({ code: 'DAMAGED' })
    expect(await idsOf(await root.open())).toEqual(['a', 'b'])
  })

  /** Two more records, of which the first is damaged before another store has read it. */
  async function damageBehind(other: Awaited<ReturnType<typeof root.open>>): Promise<void> {
    await register(other, 'c', 'd')
    await zeroRecord(journal(), 3)
  }

  it('leaves a catalog that can be repaired again, wherever it fails', async () => {
    const intact = await damage()
    const disk = new FaultyDisk()
    disk.linkFailure = 'EIO'
    await expect(repairCatalog(root.path, { clock, disk })).rejects.toMatchObject({ code: 'IO' })
    expect((await readFile(journal())).subarray(0, intact.length)).toEqual(intact)
    expect(await repair()).toMatchObject({ segment: 2, recordsKept: 2, idsAffected: ['d'] })
    expect(await idsOf(await root.open())).toEqual(['a', 'b'])
  })

  it('begins again from the snapshot where the journal is gone', async () => {
    const store = await root.open({ segmentBytes: 1024 })
    await register(store, 'a', 'b', 'c', 'd', 'e', 'f')
    await store.close()
    const latest = (await readdir(root.at('.catalog'))).filter((name) => name.startsWith('journal')).at(-1)
    await rm(root.at('.catalog', latest ?? ''))
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED' })
    await repair()
    expect((await idsOf(await root.open())).length).toBeGreaterThan(2)
  })
})

describe('the repair of a damaged snapshot', () => {
  const root = useTemporaryRoot()
  const journal = (segment: number) => root.at('.catalog', `journal-00000${segment}.jsonl`)
  const snapshot = (segment: number) => root.at('.catalog', `snapshot-00000${segment}.jsonl`)
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const fill = async () => {
    const store = await root.open({ segmentBytes: 1500 })
    await register(store, ...ids)
    await store.commit([{ operation: 'remove', changes: [{ id: modelId('b'), ifRevision: 1, entry: null }] }])
    await store.close()
    const names = await readdir(root.at('.catalog'))
    return names.filter((name) => name.startsWith('snapshot')).length
  }
  const kept = ids.filter((id) => id !== 'b')

  it('makes it again from the segments before, and loses nothing', async () => {
    const last = await fill()
    expect(last).toBeGreaterThan(1)
    const bytes = await readFile(snapshot(last))
    await zero(snapshot(last), bytes.length - 10, bytes.length)
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { path: snapshot(last) } })
    const report = await repairCatalog(root.path, { clock })
    expect(report).toMatchObject({ segment: last, recordsLost: 0, idsAffected: [] })
    expect(report.keptFiles).toEqual([`${snapshot(last)}.${BROKEN}`])
    expect(await readFile(snapshot(last))).toEqual(bytes)
    expect(await idsOf(await root.open())).toEqual(kept)
  })

  it('goes back further where the one before is damaged as well', async () => {
    const last = await fill()
    expect(last).toBeGreaterThan(2)
    for (const segment of [last - 1, last]) await truncate(snapshot(segment), 5)
    const report = await repairCatalog(root.path)
    expect(report).toMatchObject({ segment: last, recordsLost: 0 })
    expect(await idsOf(await root.open())).toEqual(kept)
  })

  it('makes the first one again from the adopted catalog.json', async () => {
    const { id: _, ...rest } = sampleEntry({ id: 'x' })
    const model = { name: rest.name, source: rest.source, digest: null, state: 'Pending' }
    const times = { registered_at: '2025-10-01T00:00:00Z', verified_at: null }
    await writeFile(
      root.at('catalog.json'),
      JSON.stringify({ models: [{ id: 'adopted', ...model, ...times }] }),
    )
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    await rm(snapshot(1))
    expect(await repairCatalog(root.path)).toMatchObject({ segment: 1, recordsLost: 0 })
    expect(await idsOf(await root.open())).toEqual(['a', 'adopted'])
  })

  it('stops at what the segment before still tells where that is damaged too', async () => {
    const last = await fill()
    await truncate(snapshot(last), 5)
    const before = await readRecords(journal(last - 1))
    const certain = before[0]?.record.after[0]
    await zeroRecord(journal(last - 1), 1)
    const report = await repairCatalog(root.path)
    expect(report).toMatchObject({ segment: last + 1, recordsKept: certain })
    expect(report.recordsLost).toBeGreaterThan(0)
    const store = await root.open()
    const left = await idsOf(store)
    const lost = kept.filter((id) => !left.includes(id))
    expect(lost.length).toBeGreaterThan(0)
    await register(store, 'z')
    expect((await store.changes(0)).at(-1)?.id).toBe('z')
  })

  it('is DAMAGED where no snapshot is whole and the first segments were pruned', async () => {
    const last = await fill()
    for (let segment = 1; segment < last; segment += 1) {
      await rm(journal(segment))
      await rm(snapshot(segment))
    }
    await truncate(snapshot(last), 5)
    await expect(repairCatalog(root.path)).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { path: snapshot(last) },
    })
  })
})
