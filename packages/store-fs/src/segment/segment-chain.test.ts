import { appendFile, readdir, rename, stat } from 'node:fs/promises'
import { fixedClock, sampleEntry, useTemporaryDirectory } from '@catalog/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createLoggingDisk, type LoggingDisk } from '../../test/logging-disk.ts'
import type { FileSystem } from '../disk/file-system.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { encodeCommit } from '../format/commit-codec.ts'
import { fileNamesIn } from '../format/file-names.ts'
import { type ChainPoint, formatRecord, type RecordContent } from '../format/record.ts'
import { SegmentChain } from './segment-chain.ts'

const START: ChainPoint = [0, FIRST_PREFIX]
const AT = '2025-10-01T00:00:00.000Z'

const commitOf = (id: string): RecordContent => {
  const entry = sampleEntry({ id })
  return {
    commits: [encodeCommit({ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] })],
  }
}

describe('the segments that a store follows', () => {
  const root = useTemporaryDirectory()
  const own = (name: string) => root.at('.catalog', name)
  const files = async () =>
    (await readdir(root.at('.catalog'))).filter((name) => name.endsWith('.jsonl')).sort()
  let opened: SegmentChain[] = []
  afterEach(async () => {
    await Promise.allSettled(opened.map((chain) => chain.close()))
    opened = []
  })

  async function open(canWrite = true, disk: FileSystem = nodeFileSystem, segmentBytes = 1000) {
    const numbers: number[] = []
    const clock = { ms: 0 }
    const chain = await SegmentChain.open({
      ...{ disk, names: fileNamesIn(root.path), identity: { id: `w${opened.length}`, seq: 0 }, canWrite },
      ...{ clock: fixedClock(AT), segmentBytes, timers: { nowMs: () => clock.ms } },
      onRecord: ({ number }) => numbers.push(number),
    })
    opened.push(chain)
    return { chain, numbers, clock }
  }

  /** What another process writes that has read nothing. */
  const write = (content: RecordContent, after = START) => {
    const header = { after, synced: START, writer: 'other', seq: 1, at: AT }
    return appendFile(own('journal-000001.jsonl'), formatRecord(header, content))
  }

  /** A journal with an end that a power cut took: a record, and two that build on what is gone. */
  async function cut(): Promise<void> {
    await (await open()).chain.close()
    await write(commitOf('a'))
    await write({}, [2, 'f'.repeat(32)])
    await write({}, [3, 'f'.repeat(32)])
  }

  it('are read as they are written, each record told once', async () => {
    const { chain, numbers } = await open()
    expect(numbers).toEqual([])
    await write(commitOf('a'))
    expect(await chain.isCurrent()).toBe(false)
    await chain.catchUp()
    expect([numbers, await chain.isCurrent()]).toEqual([[1], true])
    await chain.present.writer.append(commitOf('b'))
    expect(numbers).toEqual([1, 2])
    expect(chain.present.replay.state.size).toBe(2)
  })

  it('are long by the given length, and never before they are twice as long as their snapshot', async () => {
    await open()
    const { size } = await stat(own('snapshot-000001.jsonl'))
    const limitOf = async (bytes: number) =>
      (await open(true, nodeFileSystem, bytes)).chain.present.limitBytes
    expect(await limitOf(1 << 20)).toBe(1 << 20)
    expect(await limitOf(1)).toBe(2 * size)
  })

  it('go on behind a seal with the state at it, for writers as for readers', async () => {
    const { chain } = await open()
    const reader = await open(false)
    await chain.present.writer.append(commitOf('a'))
    await chain.present.writer.append({ seal: true })
    await reader.chain.catchUp()
    // A sealed segment is never current: a writer has to make the next one.
    expect([await chain.isCurrent(), await reader.chain.isCurrent()]).toEqual([false, false])
    expect(await files()).toHaveLength(2)
    await chain.ensureOpenSegment()
    await reader.chain.catchUp()
    for (const { present } of [chain, reader.chain]) {
      expect([present.number, present.path, present.replay.isSealed]).toEqual([
        2,
        own('journal-000002.jsonl'),
        false,
      ])
      expect([present.replay.head[0], present.replay.state.get('a')?.revision]).toEqual([2, 1])
    }
    expect(reader.numbers).toEqual([1, 2])
    await chain.ensureOpenSegment()
    expect(chain.present.number).toBe(2)
  })

  it('are made durable before the next one is made', async () => {
    const disk = createLoggingDisk(() => root.path)
    const { chain } = await open(true, disk)
    await chain.present.writer.append({ seal: true })
    disk.calls.length = 0
    await chain.ensureOpenSegment()
    expect(disk.calls.slice(0, 2)).toEqual([
      'sync .catalog/journal-000001.jsonl',
      'create .catalog/journal-000002.jsonl',
    ])
  })

  it('are not made again if another process was first', async () => {
    const disk = createLoggingDisk(() => root.path)
    const late = await open(true, disk)
    const first = await open()
    await first.chain.present.writer.append({ seal: true })
    await late.chain.present.tail.catchUp()
    await first.chain.ensureOpenSegment()
    disk.calls.length = 0
    await late.chain.ensureOpenSegment()
    expect(late.chain.present.number).toBe(2)
    expect(disk.calls).toEqual(['sync .catalog', 'append .catalog/journal-000002.jsonl'])
  })

  it('are read one after another also by looks at the same time', async () => {
    const { chain } = await open()
    const reader = await open(false)
    for (const id of ['a', 'b', 'c']) {
      await chain.present.writer.append(commitOf(id))
      await chain.present.writer.append({ seal: true })
      await chain.ensureOpenSegment()
    }
    await Promise.all([reader.chain.catchUp(), reader.chain.catchUp(), reader.chain.catchUp()])
    expect([reader.chain.present.number, reader.numbers]).toEqual([4, [1, 2, 3, 4, 5, 6]])
  })

  it('are asked for their name once a second also if nothing was added', async () => {
    await open()
    const { chain, clock } = await open(false)
    await chain.catchUp()
    await rename(root.at('.catalog'), root.at('moved'))
    clock.ms = 1001
    await expect(chain.catchUp()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
  })

  it('are left by a reader at what a power cut took, which makes nothing and follows the writer later', async () => {
    await cut()
    const disk = createLoggingDisk(() => root.path)
    const { chain } = await open(false, disk)
    await chain.present.tail.catchUp()
    await expect(chain.catchUp()).rejects.toMatchObject({ code: 'DAMAGED' })
    await chain.leaveCut()
    expect([disk.calls, disk.openFiles, await files()]).toEqual([
      [],
      0,
      ['journal-000001.jsonl', 'snapshot-000001.jsonl'],
    ])
    expect([chain.present.isDetached, chain.present.replay.state.size]).toEqual([true, 1])
    await chain.catchUp()
    const writer = await open()
    await writer.chain.present.tail.catchUp()
    await writer.chain.leaveCut()
    await writer.chain.present.writer.append(commitOf('b'))
    await chain.catchUp()
    expect([chain.present.number, chain.present.replay.state.size, disk.openFiles]).toEqual([2, 2, 1])
  })

  it('are left by a writer at what a power cut took, for a new one', async () => {
    await cut()
    const disk: LoggingDisk = createLoggingDisk(() => root.path)
    const { chain } = await open(true, disk)
    await chain.present.tail.catchUp()
    const { head } = chain.present.replay
    await chain.leaveCut()
    expect([chain.present.number, chain.present.isDetached]).toEqual([2, undefined])
    expect(chain.present.replay.head).toEqual(head)
    await chain.close()
    expect(disk.openFiles).toBe(0)
  })

  it('are closed behind what uses them, also those that were left', async () => {
    const disk = createLoggingDisk(() => root.path)
    const { chain } = await open(true, disk)
    const steps: string[] = []
    let finish = (): void => undefined
    const work = chain.use(new Promise<void>((resolve) => (finish = resolve))).then(() => steps.push('used'))
    await chain.present.writer.append({ seal: true })
    await chain.ensureOpenSegment()
    await new Promise(setImmediate)
    expect(disk.openFiles).toBe(2)
    const closed = chain.close().then(() => steps.push('closed'))
    await new Promise(setImmediate)
    expect(disk.openFiles).toBe(2)
    finish()
    await Promise.all([work, closed])
    expect([steps, disk.openFiles]).toEqual([['used', 'closed'], 0])
    await expect(chain.catchUp()).rejects.toMatchObject({ code: 'CLOSED', details: { what: 'journal' } })
  })

  it('are closed once those that were left are closed, one after another', async () => {
    const closing: (() => void)[] = []
    const closed: string[] = []
    const open_: FileSystem['open'] = async (path, mode) => {
      const file = await nodeFileSystem.open(path, mode)
      if (mode !== 'append' || !path.includes('journal')) return file
      return {
        ...file,
        close: async () => {
          if (!path.endsWith('journal-000003.jsonl')) await new Promise<void>((go) => closing.push(go))
          closed.push(path)
          await file.close()
        },
      }
    }
    const { chain } = await open(true, { ...nodeFileSystem, open: open_ })
    for (const _ of [1, 2]) {
      await chain.present.writer.append({ seal: true })
      await chain.ensureOpenSegment()
    }
    while (closing.length < 2) await new Promise(setImmediate)
    let isClosed = false
    const closes = chain.close().then(() => (isClosed = true))
    for (const number of [1, 2]) {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
      expect(isClosed, `${number}`).toBe(false)
      closing[2 - number]?.()
    }
    await closes
    expect(closed).toEqual([2, 1, 3].map((number) => own(`journal-00000${number}.jsonl`)))
  })

  it('are closed behind a look that the disk has not answered yet', async () => {
    let answer = (): void => undefined
    let isSlow = false
    const open_: FileSystem['open'] = async (path, mode) => {
      const file = await nodeFileSystem.open(path, mode)
      if (!path.includes('journal')) return file
      return {
        ...file,
        status: async () => {
          if (isSlow) await new Promise<void>((resolve) => (answer = resolve))
          return await file.status()
        },
      }
    }
    const { chain } = await open(true, { ...nodeFileSystem, open: open_ })
    await chain.catchUp()
    isSlow = true
    const look = chain.isCurrent()
    let isClosed = false
    const closed = chain.close().then(() => (isClosed = true))
    await new Promise(setImmediate)
    expect(isClosed).toBe(false)
    answer()
    expect(await look).toBe(true)
    await closed
  })
})
