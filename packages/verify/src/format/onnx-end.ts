import { ByteCursor, EndOfFileError, type ReadBytes } from './byte-cursor.ts'

/** `ir_version`, which every writer puts first. */
const FIRST_TAG = 0x08
const LENGTH_DELIMITED = 2
/** A model has a dozen fields, and one for each of its functions and opsets. */
const MAX_FIELDS = 10_000
/** Of a varint of 64 bits. */
const MAX_VARINT_BYTES = 10

/**
 * How many bytes an ONNX model needs by its own account, if that is more than it has. Walks over the fields of the
 * outermost message and reads nothing in them.
 *
 * Source: `ModelProto` of onnx.proto, and the encoding of protocol buffers.
 */
export async function findMissingOnnxBytes(read: ReadBytes, sizeBytes: number): Promise<number | undefined> {
  const cursor = new ByteCursor(read, { sizeBytes, isLittleEndian: true })
  try {
    for (let field = 0; field < MAX_FIELDS && cursor.offset < sizeBytes; field += 1) {
      const tag = await takeVarint(cursor)
      if (field === 0 && tag !== BigInt(FIRST_TAG)) return undefined
      if (!(await skipField(cursor, Number(tag & 7n)))) return undefined
      if (cursor.offset > sizeBytes) return cursor.offset
    }
  } catch (error) {
    if (!(error instanceof EndOfFileError)) throw error
    return error.neededBytes
  }
  return undefined
}

/** False for what no field of a model is. */
async function skipField(cursor: ByteCursor, wireType: number): Promise<boolean> {
  if (wireType !== LENGTH_DELIMITED && wireType !== 0) return false
  const value = await takeVarint(cursor)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return wireType === 0
  if (wireType === LENGTH_DELIMITED) cursor.offset += Number(value)
  return true
}

async function takeVarint(cursor: ByteCursor): Promise<bigint> {
  let value = 0n
  for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
    if (!cursor.has(1)) await cursor.load(1)
    const byte = cursor.uint8()
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) break
  }
  return value
}
