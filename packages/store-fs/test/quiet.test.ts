import { describe, expect, it } from 'vitest'
import { idsOf, register } from './commits.ts'
import { readRecords } from './journal-lines.ts'
import { ManualTimers } from './manual-timers.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const QUIET_MS = 500

describe('a writer that was quiet', () => {
  const root = useTemporaryRoot()

  it('puts the sync of its last commit on record, once', async () => {
    const timers = new ManualTimers()
    const store = await root.open({ timers })
    const look = async (): Promise<readonly number[]> => {
      timers.fire(QUIET_MS)
      await new Promise(setImmediate)
      const records = await readRecords(root.at('.catalog', 'journal-000001.jsonl'))
      return records
        .filter(({ record }) => record.commits === undefined)
        .map(({ record }) => record.synced[0])
    }
    await register(store, 'a')
    expect(await look()).toEqual([])
    await register(store, 'b')
    expect(await look()).toEqual([])
    expect(await look()).toEqual([2])
    expect(await look()).toEqual([2])
    await register(store, 'c')
    expect([await look(), await look()]).toEqual([[2], [2, 4]])
  })

  it('adds nothing to the journal if it has committed nothing', async () => {
    const first = await root.open({ timers: new ManualTimers() })
    await register(first, 'a')
    await first.close()
    const path = root.at('.catalog', 'journal-000001.jsonl')
    const before = await readRecords(path)
    const second = await root.open({ timers: new ManualTimers() })
    await idsOf(second)
    await second.close()
    expect(await readRecords(path)).toEqual(before)
  })
})
