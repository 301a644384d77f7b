import { sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { extendPrefix, FIRST_PREFIX } from '../format/checksum.ts'
import { encodeCommit } from '../format/commit-codec.ts'
import {
  type ChainPoint,
  formatLine,
  formatRecord,
  type JournalRecord,
  type RecordContent,
} from '../format/record.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Replay } from './replay.ts'

const PATH = '/journal'
const START: ChainPoint = [10, FIRST_PREFIX]
/** A place in the chain that no record has. */
const GONE: ChainPoint = [11, 'f'.repeat(32)]

/** A journal of which each line is replayed as soon as it is written. */
class WrittenJournal {
  readonly replay = new Replay(PATH, new CatalogState(), START)
  #length = 0
  #seq = 0

  /** Where the next line begins. */
  get offset(): number {
    return this.#length + 1
  }

  get head(): ChainPoint {
    return this.replay.head
  }

  line(bytes: Buffer | string) {
    const line = { bytes: Buffer.from(bytes), offset: this.offset }
    this.#length += line.bytes.length + 2
    return this.replay.take(line)
  }

  json(value: unknown) {
    return this.line(formatLine(JSON.stringify(value)).slice(0, -1))
  }

  header(fields: Partial<JournalRecord> = {}): JournalRecord {
    this.#seq += 1
    const at = '2025-10-01T00:00:00.000Z'
    return { after: this.head, synced: START, writer: 'w', seq: this.#seq, at, ...fields }
  }

  record(fields: Partial<JournalRecord> = {}, content: RecordContent = {}) {
    return this.line(formatRecord(this.header(fields), content).subarray(1, -1))
  }
}

const registrationOf = (id: string) => {
  const entry = sampleEntry({ id })
  return encodeCommit({ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] })
}

describe('replaying a segment', () => {
  it('begins where its snapshot ends, and each record extends the chain by its line', () => {
    const journal = new WrittenJournal()
    expect([journal.replay.head, journal.replay.prefixAt(10)]).toEqual([START, FIRST_PREFIX])
    const line = formatRecord(journal.header(), {}).subarray(1, -1)
    journal.line(line)
    const first = extendPrefix(FIRST_PREFIX, line)
    expect(journal.head).toEqual([11, first])
    journal.record()
    expect([9, 10, 11, 13].map((number) => journal.replay.prefixAt(number))).toEqual([
      undefined,
      FIRST_PREFIX,
      first,
      undefined,
    ])
    expect(journal.head).toEqual([12, journal.replay.prefixAt(12)])
  })

  it('applies the commits of a record, and tells what became of each and where it stands', () => {
    const journal = new WrittenJournal()
    journal.record()
    const { offset } = journal
    const replayed = journal.record({}, { commits: [registrationOf('m'), registrationOf('m')] })
    const length = journal.offset - offset - 2
    expect(replayed).toMatchObject({
      number: 12,
      record: { commits: [{ operation: 'register' }, { operation: 'register' }] },
      outcomes: [{ applied: true, rows: [{ id: 'm', revision: 1 }] }, { applied: false }],
      place: { path: PATH, offset, length, recordsBefore: 11 },
    })
    expect(journal.replay.state.get('m')?.revision).toBe(1)
    expect(journal.record()?.outcomes).toEqual([])
  })

  it('ends with the record that seals the segment: nothing behind it counts', () => {
    const journal = new WrittenJournal()
    expect(journal.replay.isSealed).toBe(false)
    expect(journal.record({}, { seal: true })).toMatchObject({ number: 11 })
    const { head } = journal
    expect(journal.replay.isSealed).toBe(true)
    expect(journal.record({}, { commits: [registrationOf('m')] })).toBeUndefined()
    expect(journal.line('torn')).toBeUndefined()
    expect([journal.head, journal.replay.tornLines, journal.replay.state.size]).toEqual([head, 0, 0])
  })

  it('takes the place of a record that a repair made anew for the place of the one before it', () => {
    const journal = new WrittenJournal()
    const mended = 'a'.repeat(32)
    journal.json(journal.header({ mended }))
    expect(journal.head).toEqual([11, mended])
  })

  it('takes a line for the record that is known for it, unread', () => {
    const journal = new WrittenJournal()
    const record = journal.header()
    journal.replay.recognize = (line) => (String(line) === 'known' ? record : undefined)
    expect(journal.line('known')).toMatchObject({ number: 11, record })
    expect(journal.line('unknown')).toBeUndefined()
    expect(journal.replay.tornLines).toBe(1)
  })

  it('knows how far the records reach that a later one states as synced', () => {
    const journal = new WrittenJournal()
    journal.record()
    const firstEnd = journal.offset - 2
    expect(journal.replay.syncedBytes).toBe(0)
    const first = journal.head
    journal.record()
    expect(journal.replay.syncedBytes).toBe(0)
    journal.record({ synced: first })
    expect(journal.replay.syncedBytes).toBe(firstEnd)
    const third = journal.head
    const thirdEnd = journal.offset - 2
    journal.record({ synced: third })
    expect(journal.replay.syncedBytes).toBe(thirdEnd)
    journal.record({ synced: first })
    expect(journal.replay.syncedBytes).toBe(thirdEnd)
  })
})

describe('a line that is not a record', () => {
  it('is an unfinished write as long as no record contradicts it', () => {
    const journal = new WrittenJournal()
    expect(journal.line('torn')).toBeUndefined()
    journal.record()
    journal.line('torn')
    journal.line('torn')
    expect(journal.record()).toMatchObject({ number: 12 })
    expect(journal.replay.tornLines).toBe(3)
  })

  it('is damage if its checksum is right and it is not JSON, told with its place and the cause', () => {
    const journal = new WrittenJournal()
    journal.record()
    const { offset } = journal
    const bytes = formatLine('{').slice(0, -1)
    const details = { path: PATH, offset, length: bytes.length, recordsBefore: 11 }
    expect(() => journal.line(bytes)).toThrow(
      expect.objectContaining({
        code: 'DAMAGED',
        details: expect.objectContaining(details),
        cause: expect.any(SyntaxError),
      }),
    )
  })

  it.each<[string, object]>([
    ['a header', { writer: 7 }],
    ['a commit', { commits: [{ operation: 7, changes: [] }] }],
  ])(
    'is damage if its checksum is right and it has the wrong form of %s, told with its place',
    (_, fields) => {
      const journal = new WrittenJournal()
      const { offset, head } = journal
      const details = {
        path: PATH,
        offset,
        recordsBefore: 10,
        problem: expect.stringMatching(/record 11 .* not/u),
      }
      expect(() => journal.json({ ...journal.header(), ...fields })).toThrow(
        expect.objectContaining({ code: 'DAMAGED', details: expect.objectContaining(details) }),
      )
      expect(journal.head).toEqual(head)
    },
  )
})

describe('a record that relies on one that is gone', () => {
  const damagedAt = (details: object) =>
    expect.objectContaining({ code: 'DAMAGED', details: expect.objectContaining(details) })

  it('and was synced, is damage: what no later record builds on is not certain', () => {
    const journal = new WrittenJournal()
    journal.record()
    journal.record()
    const second = journal.head
    journal.record()
    // The third record may have been written beside this one.
    journal.record({ after: second })
    const { offset } = journal
    const line = formatRecord(journal.header({ synced: GONE }), {}).subarray(1, -1)
    expect(() => journal.line(line)).toThrow(damagedAt({ offset, length: line.length, recordsBefore: 12 }))
  })

  it('is damage from the first line on that is not a record, up to the one that shows it', () => {
    const journal = new WrittenJournal()
    journal.record()
    const { offset } = journal
    journal.line('torn')
    journal.line('torn again')
    journal.record({ after: START })
    const length = journal.offset - offset
    expect(() => journal.record({ synced: GONE })).toThrow(damagedAt({ offset, length, recordsBefore: 11 }))
  })

  it('is not damage from a line on that the writer of a later record took for unfinished as well', () => {
    const journal = new WrittenJournal()
    journal.line('torn')
    journal.record()
    const { offset } = journal
    journal.line('torn')
    // Its writer may not have seen the second one: it goes on from the record before that.
    journal.record()
    expect(() => journal.record({ synced: GONE })).toThrow(damagedAt({ offset, recordsBefore: 11 }))
    const later = new WrittenJournal()
    later.line('torn')
    later.record()
    later.record()
    const shown = later.offset
    expect(() => later.record({ synced: GONE })).toThrow(damagedAt({ offset: shown, recordsBefore: 11 }))
  })

  it('and was not synced, is behind what a power cut took: from there on nothing counts', () => {
    const journal = new WrittenJournal()
    journal.record()
    const { offset, head } = journal
    expect(journal.record({ after: [12, head[1]] })).toBeUndefined()
    expect(journal.replay.cut).toEqual({ offset, records: 1 })
    // Not even looked at: its writer may have built on what is gone.
    expect(journal.json({ ...journal.header(), commits: 7 })).toBeUndefined()
    expect(journal.record({ after: head }, { commits: [registrationOf('m')] })).toBeUndefined()
    expect(journal.replay.cut).toEqual({ offset, records: 3 })
    expect([journal.head, journal.replay.state.size]).toEqual([head, 0])
  })

  it('of the same number with another digest is not the one that it relies on', () => {
    const journal = new WrittenJournal()
    journal.record()
    expect(() => journal.record({ synced: GONE })).toThrow(damagedAt({ recordsBefore: 10 }))
  })
})
