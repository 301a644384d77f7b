import { CLOSING_BRACE, QUOTATION_MARK } from '../format/characters.ts'
import { MAX_START } from '../format/json.ts'

/** What the line of an entry begins with. */
export const BEFORE_ID = '{"id":"'
const BEFORE_REVISION = '"revision":'
const MAX_ID_LENGTH = 200
/** Those of {@link MAX_START}. */
const MAX_DIGITS = String(MAX_START).length

const LEAST_LENGTH = 2 * (BEFORE_ID.length + BEFORE_REVISION.length + MAX_DIGITS)
const ZERO = 0x30
const NINE = 0x39

/** By byte: 1 where it may stand in an id. */
const IS_OF_ID: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9._/-]/u.test(String.fromCharCode(byte)) ? 1 : 0,
)
/** The same texts as numbers of four bytes, of which the last begins one byte before the one in front of it ends. */
const ID_HEAD: readonly number[] = [toNumber(BEFORE_ID, 0), toNumber(BEFORE_ID, 3)]
const REVISION_HEAD: readonly number[] = [0, 4, 7].map((place) => toNumber(BEFORE_REVISION, place))

/**
 * What is wrong with the line of an entry, as far as it is read without being parsed; undefined where nothing is. It
 * takes next to no time, because it is in front of every line that is opened: bytes are compared by fours.
 *
 * @param before where the line before it starts, whose id must be a lower one; -1 for the first
 */
export function findEntryLineProblem(
  body: DataView,
  start: number,
  end: number,
  before: number,
): string | undefined {
  // Shorter than any entry, and all that is read below is inside.
  if (end - start < LEAST_LENGTH) return 'it is too short'
  const [first, second] = ID_HEAD
  if (body.getUint32(start) !== first || body.getUint32(start + 3) !== second) {
    return 'it does not begin with its id'
  }
  if (!endsInRevision(body, end)) return 'it does not end in its revision'
  return findIdProblem(body, start + BEFORE_ID.length, before < 0 ? -1 : before + BEFORE_ID.length)
}

/** An id ends in a quotation mark, which stands before every byte of an id; and the line has one in front of its end. */
function findIdProblem(body: DataView, first: number, before: number): string | undefined {
  let length = 0
  let order = before < 0 ? 1 : 0
  for (; ; length += 1) {
    const byte = body.getUint8(first + length)
    if (order === 0) order = byte - body.getUint8(before + length)
    if (IS_OF_ID[byte] !== 1) break
  }
  const isId = length > 0 && length <= MAX_ID_LENGTH && body.getUint8(first + length) === QUOTATION_MARK
  if (!isId) return 'its id is not a model id'
  return order > 0 ? undefined : 'its id does not come after the one before'
}

function endsInRevision(body: DataView, end: number): boolean {
  let digits = 0
  while (digits < MAX_DIGITS && isDigit(body.getUint8(end - 2 - digits))) digits += 1
  const first = end - 1 - digits
  if (digits < 1 || body.getUint8(first) === ZERO || body.getUint8(end - 1) !== CLOSING_BRACE) return false
  const start = first - BEFORE_REVISION.length
  return (
    body.getUint32(start) === REVISION_HEAD[0] &&
    body.getUint32(start + 4) === REVISION_HEAD[1] &&
    body.getUint32(start + 7) === REVISION_HEAD[2]
  )
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}

function toNumber(text: string, place: number): number {
  return Buffer.from(text).readUInt32BE(place)
}
