import { describe, expect, it } from 'vitest'
import { CHECKSUM_LENGTH, checksumOf, FIRST_PREFIX } from './checksum.ts'
import { type EncodedCommit, formatLine, formatRecord, parseLine, type RecordHeader } from './record.ts'

const header: RecordHeader = {
  after: [7, 'a'.repeat(32)],
  synced: [5, FIRST_PREFIX],
  writer: 'w',
  seq: 3,
  at: '2025-10-01T00:00:00.000Z',
}
const commitOf = (operation: string): EncodedCommit => {
  const wire = { operation, changes: [] }
  return { wire, text: JSON.stringify(wire) }
}

describe('the bytes of a record', () => {
  it('are one line with its checksum in front, and a line feed before it that ends an unfinished one', () => {
    const bytes = formatRecord(header, {})
    const json = JSON.stringify(header)
    expect(bytes.toString()).toBe(`\n${checksumOf(json)} ${json}\n`)
  })

  it('have the commits in their order, and are read back as they were written', () => {
    const commits = [commitOf('register'), commitOf('größer')]
    const line = formatRecord(header, { commits }).subarray(1, -1)
    expect(parseLine(line)).toEqual({ ...header, commits: commits.map(({ wire }) => wire) })
    expect(parseLine(formatRecord(header, { commits: [] }).subarray(1, -1))).toEqual({
      ...header,
      commits: [],
    })
  })

  it('say whether the record ends its segment', () => {
    expect(parseLine(formatRecord(header, { seal: true }).subarray(1, -1))).toEqual({ ...header, seal: true })
    expect(parseLine(formatRecord(header, {}).subarray(1, -1))).not.toHaveProperty('seal')
  })
})

describe('a line', () => {
  const line = Buffer.from(formatLine('{"a":1}').slice(0, -1))

  it('is read if its checksum is that of its JSON', () => {
    expect(formatLine('{"a":1}')).toBe(`${checksumOf('{"a":1}')} {"a":1}\n`)
    expect(parseLine(line)).toEqual({ a: 1 })
    expect(parseLine(Buffer.from(formatLine('1').slice(0, -1)))).toBe(1)
  })

  it('is not ours if any one of its bytes was changed', () => {
    for (const index of line.keys()) {
      const damaged = Buffer.from(line)
      damaged[index] = (damaged[index] ?? 0) ^ 1
      expect(parseLine(damaged), `byte ${index}`).toBeUndefined()
    }
  })

  it('is not ours at any length that a killed writer may leave', () => {
    for (const length of line.keys()) expect(parseLine(line.subarray(0, length)), `${length}`).toBeUndefined()
  })

  it('is not ours with nothing behind a right checksum', () => {
    expect(parseLine(Buffer.from(`${checksumOf('')} `))).toBeUndefined()
    expect(parseLine(Buffer.from(checksumOf('')))).toBeUndefined()
    expect(parseLine(Buffer.alloc(CHECKSUM_LENGTH + 2))).toBeUndefined()
  })

  it('is an error if its checksum is right and it is not JSON', () => {
    expect(() => parseLine(Buffer.from(formatLine('{"a":').slice(0, -1)))).toThrow(SyntaxError)
  })
})
