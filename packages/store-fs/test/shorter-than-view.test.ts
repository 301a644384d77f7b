import { stat, truncate } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import type { RecoveryReport } from '../src/journal/recovery-report.ts'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, register } from './commits.ts'
import { readRecords } from './journal-lines.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const DAMAGED = { code: 'DAMAGED', details: { recordsBefore: 2, problem: expect.stringContaining('shows') } }

// Nothing in the journal itself tells of records that are missing at its end.
describe('a journal that was cut off behind a whole record', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')
  beforeEach(async () => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c')
    await store.close()
    await truncate(journal(), ((await readRecords(journal()))[1]?.end ?? 0) + '\n'.length)
  })

  it('is DAMAGED where catalog.json shows more, for writers and for readers', async () => {
    const { size } = await stat(journal())
    await expect(root.open()).rejects.toMatchObject(DAMAGED)
    await expect(root.open({ readOnly: true })).rejects.toMatchObject(DAMAGED)
    expect((await stat(journal())).size).toBe(size)
  })

  it('is a copy that was put back if it was created after catalog.json was written, whatever its inode', async () => {
    const { mtimeNs } = await stat(root.at('catalog.json'), { bigint: true })
    const openLater = (ns: bigint) => {
      const fingerprintOf: FileSystem['fingerprintOf'] = async (path) => {
        const found = await nodeFileSystem.fingerprintOf?.(path)
        return found && { ...found, ...(path === journal() && { birthtimeNs: `${mtimeNs + ns}` }) }
      }
      return root.open({ disk: { ...nodeFileSystem, fingerprintOf } })
    }
    await expect(openLater(-1n)).rejects.toMatchObject(DAMAGED)
    expect(await idsOf(await openLater(1n))).toEqual(['a', 'b'])
  })

  it('is told as the place where the history does not hold', async () => {
    expect(await verifyHistory(root.path)).toMatchObject({ ok: false, path: journal(), record: 3 })
  })

  it('is read as far as it goes where that is asked for', async () => {
    const reports: RecoveryReport[] = []
    const onRecovery = (report: RecoveryReport): number => reports.push(report)
    const store = await root.open({ readOnly: true, intactPrefix: true, onRecovery })
    expect(await idsOf(store)).toEqual(['a', 'b'])
    expect(reports).toMatchObject([{ damage: DAMAGED.details }])
  })

  it('goes on without what is lost after a repair, which keeps the catalog.json that shows it', async () => {
    const report = await repairCatalog(root.path)
    expect(report).toMatchObject({ recordsKept: 2, recordsLost: 2 })
    expect(report.keptFiles).toEqual([expect.stringContaining('catalog.json.broken-')])
    const store = await root.open()
    await register(store, 'd')
    expect(await idsOf(store)).toEqual(['a', 'b', 'd'])
  })
})
