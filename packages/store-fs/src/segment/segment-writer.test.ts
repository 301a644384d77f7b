import { fixedClock, sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { MemoryFile } from '../../test/memory-file.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { encodeCommit } from '../format/commit-codec.ts'
import {
  type ChainPoint,
  formatRecord,
  type JournalRecord,
  parseLine,
  type RecordContent,
} from '../format/record.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Replay } from './replay.ts'
import { SegmentTail } from './segment-tail.ts'
import { SegmentWriter, type WriterIdentity } from './segment-writer.ts'

const PATH = '/journal'
const START: ChainPoint = [0, FIRST_PREFIX]
const AT = '2025-10-01T00:00:00.000Z'

const commitOf = (id: string): RecordContent => {
  const entry = sampleEntry({ id })
  return {
    commits: [encodeCommit({ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] })],
  }
}

/** A writer of a segment that holds these records of others. */
function openWriter(...others: RecordContent[]) {
  const file = new MemoryFile()
  const identity: WriterIdentity = { id: 'w', seq: 0 }
  const replay = new Replay(PATH, new CatalogState(), START)
  const tail = new SegmentTail({
    ...{ path: PATH, file, replay, nowMs: () => 0 },
    onRecord: (replayed) => writer.observe(replayed),
  })
  const writer = new SegmentWriter(PATH, file, tail, identity, fixedClock(AT))
  replay.recognize = (line) => writer.recognize(line)
  /** What another process adds, which has read all that was read here. */
  const add = (content: RecordContent, fields: Partial<JournalRecord> = {}): number => {
    const header = { after: replay.head, synced: START, writer: 'other', seq: 1, at: AT, ...fields }
    const bytes = formatRecord(header, content)
    file.bytes = Buffer.concat([file.bytes, bytes])
    return bytes.length
  }
  for (const content of others) add(content)
  const records = () =>
    file.bytes
      .toString()
      .split('\n')
      .flatMap((line) => (parseLine(Buffer.from(line)) as JournalRecord | undefined) ?? [])
  return { file, identity, replay, tail, writer, add, records }
}

const failed = (code: string, operation: string, outcome: string, errno?: string) =>
  expect.objectContaining({
    code,
    details: expect.objectContaining({
      ...{ path: PATH, outcome },
      ...(code === 'IO' && { operation }),
      ...(errno !== undefined && { errno }),
    }),
  })

describe('a record', () => {
  it('is written once, synced, read back, and only then acknowledged', async () => {
    const { file, writer, replay } = openWriter()
    const appended = writer.append(commitOf('m'))
    const read = await appended
    expect(file.calls).toEqual([`append ${file.bytes.length}`, 'sync'])
    expect(read).toMatchObject({ number: 1, outcomes: [{ applied: true }] })
    expect(replay.state.get('m')?.revision).toBe(1)
  })

  it('says what its writer knew, what of that it had synced, and its place among those of the writer', async () => {
    const { writer, replay, add, records } = openWriter()
    await writer.append(commitOf('a'))
    const first = replay.head
    add(commitOf('b'), { synced: first })
    await writer.append(commitOf('c'))
    const third = replay.head
    await writer.append(commitOf('d'))
    expect(records().map(({ after, synced, writer: by, seq }) => [by, seq, after[0], synced[0]])).toEqual([
      ['w', 1, 0, 0],
      ['other', 1, 1, 1],
      ['w', 2, 2, 1],
      ['w', 3, 3, 3],
    ])
    expect(records()[2]).toMatchObject({ synced: first, at: AT })
    expect(records()[3]).toMatchObject({ after: third, synced: third })
  })

  it('is not written behind a seal', async () => {
    const { file, writer } = openWriter({ seal: true })
    expect(await writer.append(commitOf('m'))).toBeUndefined()
    await writer.mark()
    expect(file.calls).toEqual([])
  })

  it('counts for nothing if another process seals the segment right before it', async () => {
    const { file, writer, add } = openWriter()
    const { append } = file
    file.append = (bytes) => {
      add({ seal: true })
      return append.call(file, bytes)
    }
    expect(await writer.append(commitOf('m'))).toBeUndefined()
  })

  it('is not written where records build on what is gone', async () => {
    const { file, writer, add } = openWriter()
    add({}, { after: [7, 'f'.repeat(32)] })
    await expect(writer.append(commitOf('m'))).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { offset: 1 },
    })
    expect(file.calls).toEqual([])
  })

  it('is not acknowledged if it is not found again: nothing is known of it then', async () => {
    const { file, writer } = openWriter()
    file.append = (bytes) => bytes.length
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('IO', 'read back', 'unknown'))
  })

  it.each<[string, (file: MemoryFile) => void, object]>([
    [
      'the file cannot be read',
      (file) => {
        file.beforeRead = throwEio
      },
      { code: 'IO', details: { operation: 'read back', outcome: 'unknown' } },
    ],
    [
      'the path names another file',
      (file) => {
        file.named = false
      },
      { code: 'CATALOG_REPLACED' },
    ],
  ])('is not acknowledged if %s afterwards', async (_, spoil, error) => {
    const { file, writer } = openWriter()
    const { sync } = file
    file.sync = () => {
      sync.call(file)
      spoil(file)
    }
    await expect(writer.append(commitOf('m'))).rejects.toMatchObject(error)
  })

  it('is read again as it was given, without being parsed, and no other line is taken for it', async () => {
    const { writer, records } = openWriter()
    expect(writer.recognize(Buffer.from('line'))).toBeUndefined()
    const content = commitOf('m')
    const read = await writer.append(content)
    expect(read?.record.commits?.[0]).toBe(content.commits?.[0]?.wire)
    expect(JSON.parse(JSON.stringify(read?.record))).toEqual(records()[0])
    expect(writer.recognize(Buffer.from('line'))).toBeUndefined()
    const seal = await writer.append({ seal: true })
    expect(seal?.record).toEqual(records()[1])
    expect(seal?.record).not.toHaveProperty('commits')
    expect(read?.record).not.toHaveProperty('seal')
  })

  it('is one of several that are written at once, each on the one before and with its own time', async () => {
    const { file, writer, replay, records } = openWriter()
    const times = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']
    const [one, two] = times.map((at, index) => ({ ...commitOf(`m-${index}`), at }))
    const written = await writer.appendAll([one ?? {}, two ?? {}, { seal: true }])
    expect(file.calls).toEqual([`append ${file.bytes.length}`, 'sync'])
    expect(written?.map(({ number }) => number)).toEqual([1, 2, 3])
    expect(records().map(({ after, at, seq }) => ({ after, at, seq }))).toEqual([
      { after: START, at: times[0], seq: 1 },
      { after: [1, replay.prefixAt(1)], at: times[1], seq: 2 },
      { after: [2, replay.prefixAt(2)], at: AT, seq: 3 },
    ])
    expect(written?.[0]?.record.commits?.[0]).toBe(one?.commits?.[0]?.wire)
    expect(replay.isSealed).toBe(true)
    expect(await writer.appendAll([{}])).toBeUndefined()
  })

  it('is the last that counts of several if another writer comes in between', async () => {
    const { file, writer, add } = openWriter()
    const { append } = file
    file.append = (bytes) => {
      add({}, { seq: 7 })
      return append.call(file, bytes)
    }
    const written = await writer.appendAll([commitOf('a'), commitOf('b')])
    expect(written?.map(({ number }) => number)).toEqual([2])
    await expect(writer.append({})).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it.each(['before', 'while it is formatted'])(
    'is not written behind another one than it has to be: written %s',
    async (when) => {
      const { file, writer, replay, add } = openWriter()
      expect(await writer.appendAll([commitOf('a')], 0)).toHaveLength(1)
      const { calls } = file
      calls.length = 0
      let isDue = true
      const other = (): void => {
        if (isDue) add(commitOf('b'))
        isDue = false
      }
      if (when === 'before') other()
      const content = {
        get at(): string {
          other()
          return AT
        },
      }
      expect(await writer.appendAll([content], 1)).toEqual([])
      expect([calls, replay.head[0]]).toEqual([[], 2])
      expect(await writer.appendAll([commitOf('c')], 2)).toMatchObject([{ number: 3 }])
    },
  )

  it('of the same number by another writer is not the own one', async () => {
    const { file, writer, add } = openWriter()
    const { sync } = file
    file.append = (bytes) => bytes.length
    file.sync = () => {
      sync.call(file)
      add({}, { seq: 1 })
    }
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('IO', 'read back', 'unknown'))
  })
})

describe('a write that is cut short', () => {
  it('of which nothing was written leaves the journal as it was', async () => {
    const { file, writer } = openWriter()
    file.faults.push({ length: 0, code: 'ENOSPC' })
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('NO_SPACE', 'append to', 'none'))
    expect(file.calls).toEqual(['append 0'])
    expect(await writer.append(commitOf('m'))).toMatchObject({ number: 1 })
  })

  it('is told with the error of the disk', async () => {
    const { file, writer } = openWriter()
    file.faults.push({ length: 0, code: 'EIO' })
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('IO', 'append to', 'none', 'EIO'))
  })

  it('is made void, so that no later line feed makes a record of it', async () => {
    const { file, writer, records } = openWriter()
    file.faults.push({ length: 40 })
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('NO_SPACE', 'append to', 'none'))
    expect(file.bytes.subarray(40).toString()).toBe('!\n')
    expect(file.calls).toEqual(['append 40', 'append 2'])
    expect(await writer.append(commitOf('m'))).toMatchObject({ number: 1 })
    expect(records()).toHaveLength(1)
  })

  it('by its line feed alone is made void durably: a power cut could take what makes it void', async () => {
    const { file, writer, records } = openWriter()
    file.faults.push({ length: -1 })
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('NO_SPACE', 'append to', 'none'))
    expect(file.calls.slice(1)).toEqual(['append 2', 'sync'])
    expect(records()).toEqual([])
  })

  it('by its line feed alone, and cannot be made void, may take effect', async () => {
    const { file, writer } = openWriter()
    file.faults.push({ length: -1 }, { length: 0, code: 'EIO' })
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('IO', 'append to', 'unknown', 'EIO'))
    expect(file.calls).toHaveLength(2)
  })

  it('by more, and cannot be made void, does not take effect', async () => {
    const { file, writer } = openWriter()
    file.faults.push({ length: -2 }, { length: 0, code: 'EIO' })
    await expect(writer.append(commitOf('m'))).rejects.toEqual(failed('IO', 'append to', 'none', 'EIO'))
  })

  it('by its line feed alone is acknowledged if another writer has completed it', async () => {
    const { file, writer, add } = openWriter()
    file.faults.push({ length: -1 })
    const { append } = file
    file.append = (bytes) => {
      const written = append.call(file, bytes)
      file.append = append
      file.bytes = Buffer.concat([file.bytes, Buffer.from('\n')])
      return written
    }
    expect(await writer.append(commitOf('m'))).toMatchObject({ number: 1 })
    expect(file.calls.slice(1)).toEqual(['append 2', 'sync'])
    add({})
  })

  it('by a process that died is made void durably, if that is asked for', async () => {
    const { file, writer, tail, replay, add } = openWriter()
    add(commitOf('m'))
    file.bytes = file.bytes.subarray(0, -1)
    await writer.voidOpenLine()
    expect(file.calls.filter((call) => !call.startsWith('rewrite'))).toEqual(['append 2', 'sync'])
    expect(tail.hasOpenLine).toBe(false)
    await writer.voidOpenLine()
    expect(await writer.append(commitOf('m'))).toMatchObject({ number: 1, outcomes: [{ applied: true }] })
    expect(replay.tornLines).toBe(1)
  })

  it('by a process that died, and cannot be made void, is told', async () => {
    for (const [fault, code] of [
      [{ length: 1 }, 'NO_SPACE'] as const,
      [{ length: 0, code: 'EIO' }, 'IO'] as const,
    ]) {
      const { file, writer, add } = openWriter()
      add(commitOf('m'))
      file.bytes = file.bytes.subarray(0, -1)
      file.faults.push(fault)
      await expect(writer.voidOpenLine()).rejects.toEqual(failed(code, 'append to', 'none'))
      await writer.voidOpenLine()
      expect(await writer.append(commitOf('m'))).toMatchObject({ number: 1 })
    }
  })

  it('does not matter behind a seal', async () => {
    const { file, writer, add } = openWriter({ seal: true })
    add(commitOf('m'))
    file.bytes = file.bytes.subarray(0, -1)
    await writer.voidOpenLine()
    expect(file.calls).toEqual([])
  })

  it('of a mark is told, and the next mark is whole', async () => {
    const { file, writer, records } = openWriter()
    file.faults.push({ length: 0, code: 'EIO' })
    await expect(writer.mark()).rejects.toEqual(failed('IO', 'append to', 'none', 'EIO'))
    await writer.mark()
    expect(records()).toHaveLength(1)
  })
})

describe('what is made durable', () => {
  it('is first written again where others left it unsynced, once', async () => {
    const { file, writer } = openWriter(commitOf('a'))
    const unsynced = file.bytes.length
    await writer.append(commitOf('b'))
    const record = file.bytes.length - unsynced
    expect(file.calls).toEqual([`rewrite ${unsynced} at 0`, `append ${record}`, 'sync'])
    file.calls.length = 0
    await writer.append(commitOf('c'))
    expect(file.calls.filter((call) => call.startsWith('rewrite'))).toEqual([])
  })

  it('is written again only behind what is known to be synced', async () => {
    const { file, tail, replay, writer, add } = openWriter(commitOf('a'))
    await tail.catchUp()
    const firstEnd = file.bytes.length - 1
    add(commitOf('b'), { synced: replay.head })
    await tail.catchUp()
    await writer.sync()
    expect(file.calls).toEqual([`rewrite ${file.bytes.length - firstEnd} at ${firstEnd}`, 'sync'])
  })

  it('is not acknowledged if it cannot be written again', async () => {
    const { file, writer } = openWriter(commitOf('a'))
    file.rewrite = throwEio
    await expect(writer.append(commitOf('b'))).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'write again the end of', outcome: 'none' },
    })
    expect(file.calls).toEqual([])
  })

  it('is synced only if it is not known to be', async () => {
    const { file, tail, writer, add } = openWriter()
    await writer.append(commitOf('a'))
    file.calls.length = 0
    await writer.syncUpTo(1)
    expect(file.calls).toEqual([])
    add(commitOf('b'))
    await tail.catchUp()
    await writer.syncUpTo(2)
    expect(file.calls).toEqual(['sync'])
  })

  it('does not need a sync for the mark of a sync', async () => {
    const { file, writer, replay, records, tail } = openWriter()
    await writer.append(commitOf('a'))
    const { head } = replay
    file.calls.length = 0
    await writer.mark()
    expect(file.calls).toEqual([expect.stringMatching(/^append/u)])
    await tail.catchUp()
    expect(records().at(-1)).toEqual({ after: head, synced: head, writer: 'w', seq: 2, at: AT })
  })

  it('is never written again by this store after a sync failed', async () => {
    const { file, identity, writer, tail } = openWriter()
    file.syncFaults.push('EIO')
    await expect(writer.append(commitOf('a'))).rejects.toEqual(failed('IO', 'sync', 'unknown', 'EIO'))
    file.calls.length = 0
    const refused = expect.objectContaining({
      ...{ code: 'IO', cause: identity.failure },
      details: { operation: 'write', path: PATH, outcome: 'none' },
    })
    for (const write of [() => writer.append(commitOf('b')), () => writer.mark(), () => writer.sync()]) {
      await expect(write()).rejects.toEqual(refused)
    }
    expect([file.calls, identity.failure]).toEqual([[], expect.objectContaining({ code: 'EIO' })])
    // Nor by the same store in a later segment.
    const next = new SegmentWriter(PATH, file, tail, identity, fixedClock(AT))
    await expect(next.append(commitOf('c'))).rejects.toEqual(refused)
  })
})

function throwEio(): never {
  throw Object.assign(new Error('injected'), { code: 'EIO' })
}
