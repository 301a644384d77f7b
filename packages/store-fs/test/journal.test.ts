import { readdir, stat } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { systemClock } from '../src/disk/timers.ts'
import { encodeCommit } from '../src/format/commit-codec.ts'
import { fileNamesIn } from '../src/format/file-names.ts'
import { Journal } from '../src/journal/journal.ts'
import { registrationOf } from './commits.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { readRecords } from './journal-lines.ts'
import { ManualTimers } from './manual-timers.ts'

describe('a journal that is open', () => {
  const root = useTemporaryDirectory()
  const path = () => root.at('.catalog', 'journal-000001.jsonl')
  let opened: Journal[] = []
  afterEach(async () => {
    await Promise.allSettled(opened.map((journal) => journal.close()))
    opened = []
  })

  async function open(id: string, segmentBytes: number, disk: FileSystem = nodeFileSystem): Promise<Journal> {
    const journal = await Journal.open({
      ...{ disk, names: fileNamesIn(root.path), access: 'write', segmentBytes },
      ...{
        identity: { id, seq: 0 },
        clock: systemClock,
        timers: new ManualTimers(),
        onRecord: () => undefined,
      },
    })
    opened.push(journal)
    return journal
  }

  const append = (journal: Journal, id: string) => journal.append([encodeCommit(registrationOf(id))])
  const segments = async () =>
    (await readdir(root.at('.catalog'))).filter((name) => name.startsWith('snapshot')).length

  it('knows which file it is and how far it was read', async () => {
    const journal = await open('w', 1 << 20)
    expect([journal.path, journal.inode]).toEqual([path(), (await stat(path())).ino])
    await append(journal, 'a')
    expect(journal.head[0]).toBe(1)
    expect(journal.state.get('a')?.revision).toBe(1)
    expect(journal.recovery).toEqual({ tornLines: 0, dropped: undefined, damage: undefined })
  })

  it('is long from its limit on, and is sealed once, however often that is asked for', async () => {
    const first = await open('w', 1 << 20)
    await append(first, 'a')
    await append(first, 'b')
    const { size } = await stat(path())
    expect([first.isLong, (await open('w', size + 1)).isLong]).toEqual([false, false])
    await first.sealIfLong()
    expect(await segments()).toBe(1)
    const journal = await open('w', size)
    expect(journal.isLong).toBe(true)
    await Promise.all([journal.sealIfLong(), journal.sealIfLong()])
    expect([await segments(), journal.isLong]).toEqual([2, false])
    expect((await readRecords(path())).map(({ record }) => record.seal)).toEqual([undefined, undefined, true])
  })

  it('is closed behind the write under way, and is CLOSED for what comes after', async () => {
    const disk = new FaultyDisk()
    const journal = await open('w', 1 << 20, disk)
    let closed: Promise<void> | undefined
    disk.afterShortAppend = async () => {
      closed ??= journal.close()
    }
    disk.appends.push({ bytes: 100_000 })
    const [first, ...refused] = await Promise.allSettled([
      append(journal, 'a'),
      append(journal, 'late'),
      ...[journal.mark(), journal.sync(), journal.sealIfLong()],
    ])
    await closed
    expect(first).toMatchObject({ status: 'fulfilled', value: [{ applied: true }] })
    const reason = { code: 'CLOSED', details: { what: 'journal' } }
    for (const each of refused) expect(each).toMatchObject({ status: 'rejected', reason })
    expect(await readRecords(path())).toHaveLength(1)
    await expect(journal.catchUp()).rejects.toMatchObject(reason)
  })

  it('marks the sync of its last commit, and syncs what others wrote only if that is needed', async () => {
    const journal = await open('w', 1 << 20)
    await append(journal, 'a')
    await journal.mark()
    const [, mark] = await readRecords(path())
    expect(mark?.record).toMatchObject({ synced: [1, journal.head[1] && expect.any(String)], seq: 2 })
    await journal.catchUp()
    expect(await journal.isCurrent()).toBe(true)
    await append(await open('other', 1 << 20), 'b')
    expect(await journal.isCurrent()).toBe(false)
    await journal.catchUp()
    await journal.sync()
    expect(journal.state.get('b')?.revision).toBe(1)
  })
})
