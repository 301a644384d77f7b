import { isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { MemoryFile } from '../../test/memory-file.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { MAX_LINE_BYTES } from '../format/limits.ts'
import { formatRecord, type RecordContent } from '../format/record.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Replay } from './replay.ts'
import { SegmentTail } from './segment-tail.ts'

const PATH = '/journal'

function follow() {
  const file = new MemoryFile()
  const replay = new Replay(PATH, new CatalogState(), [0, FIRST_PREFIX])
  const numbers: number[] = []
  const clock = { ms: 0 }
  const tail = new SegmentTail({
    ...{ path: PATH, file, replay, nowMs: () => clock.ms },
    onRecord: ({ number }) => numbers.push(number),
  })
  let seq = 0
  /** Appends a record behind what was read. */
  const append = (content: RecordContent = {}, writer = 'w'): Buffer => {
    seq += 1
    const at = '2025-10-01T00:00:00.000Z'
    const header = { after: replay.head, synced: [0, FIRST_PREFIX] as const, writer, seq, at }
    const bytes = formatRecord(header, content)
    file.append(bytes)
    return bytes
  }
  return { file, replay, numbers, clock, tail, append }
}

const damaged = (details: object) => ({
  code: 'DAMAGED',
  details: { path: PATH, problem: expect.stringMatching(/\S/u), ...details },
})

describe('following a segment', () => {
  it('reads what was added, as far as its lines are complete, and tells of each record', async () => {
    const { file, numbers, tail, append } = follow()
    const bytes = append()
    file.bytes = bytes.subarray(0, -1)
    await tail.catchUp()
    expect([numbers, tail.length]).toEqual([[], 1])
    file.bytes = bytes
    await tail.catchUp()
    expect([numbers, tail.length]).toEqual([[1], bytes.length])
    append()
    await tail.catchUp()
    expect([numbers, tail.length]).toEqual([[1, 2], file.bytes.length])
  })

  it('knows which file it is once it has looked', async () => {
    const { tail } = follow()
    expect(tail.inode).toBe(0)
    await tail.catchUp()
    expect(tail.inode).toBe(4242)
  })

  it('reads a long file in pieces, and nothing twice', async () => {
    const { file, numbers, tail, append } = follow()
    // Each goes on from the beginning: of all that is known.
    for (let number = 0; number < 200; number += 1) append({}, 'w'.repeat(5000))
    await tail.catchUp()
    expect(numbers).toHaveLength(200)
    expect(Math.max(...file.reads)).toBe(1 << 18)
    const again = file.reads.length
    await tail.catchUp()
    expect(file.reads).toHaveLength(again)
  })

  it('reads a line that is longer than a piece', async () => {
    const { file, numbers, tail, append } = follow()
    append({}, 'w'.repeat(1_000_000))
    append()
    await tail.catchUp()
    expect(numbers).toEqual([1, 2])
    // From the beginning of the line each time, as the first line feed ends an empty one.
    expect(file.reads.slice(0, 4)).toEqual([1 << 18, 1 << 18, 1 << 19, file.bytes.length - 1])
  })

  it('leaves a long line that is not complete yet', async () => {
    const { file, numbers, tail, append } = follow()
    const bytes = append({}, 'w'.repeat(1_000_000))
    file.bytes = bytes.subarray(0, -2)
    await tail.catchUp()
    expect([numbers, tail.length]).toEqual([[], 1])
    file.bytes = bytes
    await tail.catchUp()
    expect(numbers).toEqual([1])
  })

  it('is DAMAGED by a line that is longer than any writer makes', async () => {
    const { file, tail, append } = follow()
    append()
    const offset = file.bytes.length
    file.append(Buffer.alloc(MAX_LINE_BYTES, 'x'))
    await tail.catchUp()
    file.append(Buffer.from('x'))
    const length = MAX_LINE_BYTES + 1
    await expect(tail.catchUp()).rejects.toMatchObject(damaged({ offset, length, recordsBefore: 1 }))
  })

  it('is DAMAGED if the file shrinks, told with what is gone, and stays so if the bytes come back', async () => {
    const { file, numbers, tail, append } = follow()
    append()
    await tail.catchUp()
    const { bytes } = file
    file.bytes = bytes.subarray(0, 10)
    const details = { offset: 10, length: bytes.length - 10 }
    await expect(tail.catchUp()).rejects.toMatchObject(damaged(details))
    file.bytes = bytes
    append()
    expect(tail.isCurrent()).toBe(false)
    await expect(tail.catchUp()).rejects.toMatchObject(damaged(details))
    expect(numbers).toEqual([1])
  })

  it('is not DAMAGED if it ends while it is read, or if an unfinished line goes away', async () => {
    const { file, numbers, tail, append } = follow()
    const bytes = append()
    file.beforeRead = () => {
      file.bytes = Buffer.alloc(0)
    }
    await tail.catchUp()
    file.beforeRead = undefined
    file.bytes = Buffer.concat([bytes, Buffer.from('unfinished')])
    await tail.catchUp()
    file.bytes = bytes
    await tail.catchUp()
    expect(numbers).toEqual([1])
  })

  it('fails with what the disk says, and reads on once the disk works again', async () => {
    const { file, numbers, tail, append } = follow()
    append()
    file.beforeRead = () => {
      throw Object.assign(new Error('injected'), { code: 'EIO' })
    }
    await expect(tail.catchUp()).rejects.toMatchObject({ code: 'EIO' })
    file.beforeRead = undefined
    await tail.catchUp()
    expect(numbers).toEqual([1])
  })

  it('ends with a seal: the file is not looked at any more, so that it may be closed', async () => {
    const { file, tail, append } = follow()
    append({ seal: true })
    await tail.catchUp()
    file.status = () => {
      throw new Error('it is closed')
    }
    await tail.catchUp()
    expect(tail.replay.isSealed).toBe(true)
  })
})

describe('a segment that is looked at again', () => {
  it('is current as long as its size is what was read', async () => {
    const { file, tail, append } = follow()
    append()
    expect(tail.isCurrent()).toBe(false)
    const look = tail.catchUp()
    expect(tail.isCurrent()).toBe(false)
    await look
    expect(tail.isCurrent()).toBe(true)
    file.isAsynchronous = true
    expect(await tail.isCurrent()).toBe(true)
    append()
    expect(await tail.isCurrent()).toBe(false)
  })

  it('is not known to be current while another look is under way', async () => {
    const { tail } = follow()
    await tail.catchUp()
    const look = tail.catchUp()
    expect(tail.isCurrent()).toBe(false)
    await look
    expect(tail.isCurrent()).toBe(true)
  })

  it('is not current without a name, and is CATALOG_REPLACED', async () => {
    const { file, tail, append } = follow()
    await tail.catchUp()
    file.nlink = 0
    expect(tail.isCurrent()).toBe(false)
    append()
    await expect(tail.catchUp()).rejects.toMatchObject({ code: 'CATALOG_REPLACED', details: { path: PATH } })
    file.nlink = 1
    await expect(tail.catchUp()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
  })

  it('may have no name any more if it was sealed: then it was pruned', async () => {
    const { file, numbers, tail, append } = follow()
    append({ seal: true })
    file.nlink = 0
    await tail.catchUp()
    expect(numbers).toEqual([1])
  })

  it('is asked for its name once a second, and counts as not current when that is due', async () => {
    const { file, clock, tail } = follow()
    await tail.catchUp()
    clock.ms = 1000
    expect(tail.isCurrent()).toBe(true)
    await tail.assertNamedIfDue()
    expect(file.namedLooks).toBe(0)
    clock.ms = 1001
    expect(tail.isCurrent()).toBe(false)
    await tail.assertNamedIfDue()
    expect([file.namedLooks, tail.isCurrent()]).toEqual([1, true])
    await tail.assertNamedIfDue()
    expect(file.namedLooks).toBe(1)
    await tail.assertNamed()
    expect(file.namedLooks).toBe(2)
  })

  it('is CATALOG_REPLACED for good if its path names another file', async () => {
    const { file, tail } = follow()
    file.named = false
    await expect(tail.assertNamed()).rejects.toSatisfy((error) => isCatalogError(error, 'CATALOG_REPLACED'))
    file.named = true
    expect(tail.isCurrent()).toBe(false)
    await expect(tail.catchUp()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
  })

  it('is not CATALOG_REPLACED if a seal that was not read yet tells that it was pruned', async () => {
    const { file, tail, append } = follow()
    append({ seal: true })
    file.named = false
    await tail.assertNamed()
    expect(tail.replay.isSealed).toBe(true)
    await tail.assertNamed()
    expect(file.namedLooks).toBe(1)
  })
})
