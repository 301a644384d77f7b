import { isDeepStrictEqual } from 'node:util'
import { ROOT } from '../simulation/origins.ts'
import { DIRECTORY } from './catalogs.ts'
import type { Damage, Files } from './damages.ts'
import {
  describeRecords,
  isPresent,
  type PlacedRecord,
  placeLines,
  type TornLine,
} from './journal-records.ts'
import type { Sight } from './look-at-catalog.ts'

/** What is to become of a damage: a name for its class, and all that the store may say. */
export interface Expectation {
  readonly outcome: string
  readonly sight: Sight
  /** Of a damage that opening tells: the first byte of it, and how many records are certain. */
  readonly place?: { readonly offset: number; readonly recordsBefore: number }
}

const FORMAT = `${DIRECTORY}/format`
const VIEW = `${ROOT}/catalog.json`

/** What is promised of a catalog, by its intact bytes and by no code that reads them. */
export class PromisesOfCatalog {
  readonly #files: Files
  readonly #segments: readonly PlacedSegment[]
  readonly #whole: Sight

  constructor(files: Files) {
    this.#files = files
    this.#segments = placeSegments(files)
    this.#whole = this.#sightOf(this.#segments.flatMap(({ records }) => records))
  }

  /** Undefined for a view that is JSON all the same: {@link nameViewOutcome} tells what may come of it. */
  expect(damage: Damage): Expectation | undefined {
    if (damage.path === FORMAT) return this.#expectFormat(damage)
    if (damage.path === VIEW) return this.#expectView(damage)
    const present = this.#segments.at(-1)
    const segment = this.#segments.find(({ journal, snapshot }) => [journal, snapshot].includes(damage.path))
    if (segment === undefined || present === undefined) throw new Error(`what is ${damage.path}?`)
    if (segment !== present) return this.#expectOld(damage, segment)
    if (damage.path === present.snapshot) return this.#refused('the present snapshot: DAMAGED', damage.path)
    return this.#expectJournal(damage, present)
  }

  /** A view with other bytes is one that was edited; undefined for what may not come of that. */
  nameViewOutcome(sight: Sight): string | undefined {
    if (isDeepStrictEqual(sight, this.#whole)) return 'catalog.json: says the same'
    if (sight.verified !== this.#whole.verified) return undefined
    if (sight.state === 'EDITED_OUTSIDE') return 'catalog.json: EDITED_OUTSIDE'
    const isCommitted = sight.changes.startsWith(this.#whole.changes) && / edit /u.test(sight.changes)
    return isCommitted ? 'catalog.json: taken for an edit by hand' : undefined
  }

  #expectFormat({ bytes }: Damage): Expectation {
    if (/^\s*[12]\s*$/u.test(bytes.toString('latin1')))
      return this.#unseen('format: only white space differs')
    const code = 'UNSUPPORTED_FORMAT'
    const sight = { state: code, changes: code, dropped: 0, verified: code }
    return { outcome: 'format: UNSUPPORTED_FORMAT', sight }
  }

  #expectView({ bytes }: Damage): Expectation | undefined {
    if (/^[\0-\x20]*$/u.test(bytes.toString('latin1'))) {
      return this.#unseen('catalog.json: without any text, written anew')
    }
    if (isJson(bytes)) return undefined
    const sight = { ...this.#whole, state: 'EDITED_OUTSIDE', changes: 'EDITED_OUTSIDE' }
    return { outcome: 'catalog.json: EDITED_OUTSIDE', sight }
  }

  /** Opening does not look at a segment that another one follows; a reader of the history does. */
  #expectOld({ path, bytes }: Damage, segment: PlacedSegment): Expectation {
    if (path === segment.journal && segment.records.every((record) => this.#isIn(record, path, bytes))) {
      return this.#unseen('an old journal: a torn line, or behind the seal')
    }
    const sight = { ...this.#whole, changes: 'DAMAGED', verified: `not right: ${path}` }
    return { outcome: 'an old segment: state whole, history DAMAGED', sight }
  }

  /**
   * Records behind the first one that is gone are evidence, by what their writers had synced (it is damage) or only
   * read (then perhaps a power cut took it, and they count for nothing). Who had neither moves up.
   */
  #expectJournal({ path, kind, offset, bytes }: Damage, { records, torn }: PlacedSegment): Expectation {
    const present = records.filter((record) => this.#isIn(record, path, bytes))
    const gone = records.find((record) => !present.includes(record))
    if (gone === undefined) return this.#unseen('the journal: a torn line')
    const behind = present.filter(({ number }) => number > gone.number)
    const dropped = behind.find(({ record }) => record.after[0] >= gone.number)
    const kept = present.filter(({ number }) => number < (dropped?.number ?? Number.POSITIVE_INFINITY))
    if (behind.some(({ record }) => record.synced[0] >= gone.number)) {
      return { ...this.#refused('the journal: DAMAGED', path), place: findPlace(gone, offset, kept, torn) }
    }
    const before = this.#segments.slice(0, -1).flatMap((segment) => segment.records)
    const sight = { ...this.#sightOf([...before, ...kept]), dropped: present.length - kept.length }
    const lost = records.filter((record) => !kept.includes(record))
    return { outcome: nameLoss(kind, lost, dropped !== undefined, kept.at(-1)), sight }
  }

  #isIn(record: PlacedRecord, path: string, damaged: Buffer): boolean {
    return isPresent(record, this.#files.get(path) ?? damaged, damaged)
  }

  #unseen(outcome: string): Expectation {
    return { outcome, sight: this.#whole }
  }

  #refused(outcome: string, path: string): Expectation {
    const sight = { state: 'DAMAGED', changes: 'DAMAGED', dropped: 0, verified: `not right: ${path}` }
    return { outcome, sight }
  }

  #sightOf(records: readonly PlacedRecord[]): Sight {
    return { ...describeRecords(records), dropped: 0, verified: `right up to ${records.length}` }
  }
}

interface PlacedSegment {
  readonly journal: string
  readonly snapshot: string
  readonly records: readonly PlacedRecord[]
  readonly torn: readonly TornLine[]
}

function placeSegments(files: Files): readonly PlacedSegment[] {
  const journals = [...files.keys()].filter((path) => path.includes('/journal-')).sort()
  let first = 1
  return journals.map((journal) => {
    const { records, torn } = placeLines(files.get(journal) ?? Buffer.alloc(0), first)
    first += records.length
    return { journal, snapshot: journal.replace('/journal-', '/snapshot-'), records, torn }
  })
}

/** A torn line in front may just as well be the damage, as long as no writer that read it has written on. */
function findPlace(
  gone: PlacedRecord,
  damageOffset: number,
  kept: readonly PlacedRecord[],
  torn: readonly TornLine[],
): NonNullable<Expectation['place']> {
  const unexplained = torn.find(
    ({ start, recordsBefore }) =>
      start < gone.start && kept.every(({ record }) => record.after[0] <= recordsBefore),
  )
  const start = unexplained?.start ?? gone.start
  // Something in place of the line feed in front of a line is in that line.
  const offset = damageOffset === start - 1 ? damageOffset : start
  return { offset, recordsBefore: unexplained?.recordsBefore ?? gone.number - 1 }
}

/** Without evidence behind it a loss cannot be told from a write that never came to its end. */
function nameLoss(
  kind: Damage['kind'],
  lost: readonly PlacedRecord[],
  hasDropped: boolean,
  last: PlacedRecord | undefined,
): string {
  if (hasDropped) return 'the journal: as a power cut leaves it, told as dropped'
  if (last !== undefined && last.number > (lost[0]?.number ?? 0))
    return 'the journal: a record that no other built on'
  if (kind === 'truncated') return 'the journal: cut off'
  if (lost.every(({ record }) => record.commits === undefined)) return 'the journal: the last mark or seal'
  return 'the journal: the last commits, and what covers them'
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return true
  } catch {
    return false
  }
}
