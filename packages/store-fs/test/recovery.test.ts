import { appendFile, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { FIRST_PREFIX } from '../src/format/checksum.ts'
import type { JournalRecord } from '../src/format/record.ts'
import type { RecoveryReport } from '../src/journal/recovery-report.ts'
import { idsOf, register } from './commits.ts'
import { readRecords, rewriteRecords, zeroRecord } from './journal-lines.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('opening', () => {
  const root = useTemporaryRoot()
  const journal = (segment = 1) => root.at('.catalog', `journal-00000${segment}.jsonl`)
  const openTelling = async (options = {}) => {
    const reports: RecoveryReport[] = []
    const store = await root.open({ ...options, onRecovery: (report) => reports.push(report) })
    return { store, reports }
  }
  /** A journal of four records, of which all, or all but none, are said to be synced by those behind. */
  const writeFour = async (areSynced: boolean) => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c', 'd')
    const bytes = await readFile(journal())
    await store.close()
    await writeFile(journal(), bytes)
    // It shows only what is synced: of what a power cut takes there is none.
    await rm(root.at('catalog.json'))
    if (!areSynced) await rewriteRecords(journal(), unsynced)
  }

  const unsynced = (record: JournalRecord): JournalRecord => ({ ...record, synced: [0, FIRST_PREFIX] })

  it('tells nothing if there is nothing to tell', async () => {
    await (await root.open()).close()
    expect((await openTelling()).reports).toEqual([])
  })

  it('tells how many unfinished lines it skipped', async () => {
    const first = await root.open()
    await register(first, 'a')
    await first.close()
    await appendFile(journal(), '\n0123 {"unfinished\n')
    expect((await openTelling()).reports).toMatchObject([{ tornLines: 1, dropped: undefined }])
  })

  it('tells which temporary files of killed writers it removed', async () => {
    await (await root.open()).close()
    const old = root.at('.catalog', 'view-killed.tmp')
    await writeFile(old, '')
    await utimes(old, 0, 0)
    await writeFile(root.at('.catalog', 'view-alive.tmp'), '')
    expect((await openTelling()).reports).toMatchObject([{ removedFiles: [old] }])
  })

  it('is refused where the callback throws, and leaves nothing open', async () => {
    await (await root.open()).close()
    await appendFile(journal(), 'torn\n')
    const failure = new Error('from the callback')
    const opening = root.open({
      onRecovery: () => {
        throw failure
      },
    })
    await expect(opening).rejects.toBe(failure)
  })

  it('goes on in a new segment where a power cut took unsynced records, and tells of it', async () => {
    await writeFour(false)
    const before = await readRecords(journal())
    await zeroRecord(journal(), 2)
    const kept = await readFile(journal())
    const { store, reports } = await openTelling()
    expect(reports).toMatchObject([
      { dropped: { path: journal(), offset: before[2]?.start, records: 2 }, tornLines: 1 },
    ])
    expect(await idsOf(store)).toEqual(['a'])
    await register(store, 'e')
    await store.close()
    expect(await readFile(journal())).toEqual(kept)
    expect(await readRecords(journal(2))).not.toEqual([])
    const again = await openTelling()
    expect(await idsOf(again.store)).toEqual(['a', 'e'])
    expect(again.reports).toEqual([])
  })

  it('reads up to such a place where it may only read, and follows the writer that goes on from there', async () => {
    await writeFour(false)
    await zeroRecord(journal(), 2)
    const { store, reports } = await openTelling({ readOnly: true })
    expect(reports).toMatchObject([{ dropped: { path: journal(), records: 2 } }])
    expect(await idsOf(store)).toEqual(['a'])
    await register(await root.open(), 'e')
    expect(await idsOf(store)).toEqual(['a', 'e'])
  })

  it('is DAMAGED where the record that is gone was synced, with the place and what is certain before it', async () => {
    await writeFour(true)
    const place = (await readRecords(journal()))[1]
    const contradicting = (await readRecords(journal()))[2]
    await zeroRecord(journal(), 2)
    await expect(root.open()).rejects.toMatchObject({
      code: 'DAMAGED',
      details: {
        path: journal(),
        offset: place?.start,
        length: (contradicting?.start ?? 0) - (place?.start ?? 0),
        recordsBefore: 1,
      },
    })
  })

  it('does not call a record certain that may have been written beside the one that is gone', async () => {
    await writeFour(true)
    const afterFirst = (await readRecords(journal()))[1]?.record.after ?? [0, '']
    await rewriteRecords(journal(), (record, index) =>
      index === 2 ? { ...record, after: afterFirst, synced: [0, FIRST_PREFIX] } : record,
    )
    await zeroRecord(journal(), 2)
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { recordsBefore: 1 } })
  })

  it('follows a journal that ends in the middle of a line', async () => {
    await writeFour(true)
    const last = (await readRecords(journal())).at(-1)
    await truncate(journal(), (last?.end ?? 0) - 5)
    expect(await idsOf((await openTelling()).store)).toEqual(['a', 'b', 'c'])
  })
})
