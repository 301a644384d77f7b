/** Room `models`: small model files, valid or damaged. */
import { createHash } from 'node:crypto'

/** A kind of damage to model files. */
export type Damage =
  /** A download that has created its file and written nothing. */
  | 'empty'
  /** A download that ended halfway. */
  | 'truncated'
  /** A preallocated file that was written halfway. */
  | 'zeroed-tail'
  /** A preallocated file, or one whose blocks a crash has lost. */
  | 'zeroed'
  /** One bit of the weights: the header is as it was. */
  | 'flipped-bit'
  /** Impossible lengths and counts after the first four bytes. */
  | 'bad-header'
  /** What a hub sends to clients that have not signed in. */
  | 'html-page'
  /** What a clone without git-lfs has. */
  | 'lfs-pointer'

/** Each may change the bytes that it is given. */
const DAMAGE: Readonly<Record<Damage, (bytes: Buffer) => Buffer>> = {
  empty: () => Buffer.alloc(0),
  truncated: (bytes) => bytes.subarray(0, bytes.length >> 1),
  'zeroed-tail': (bytes) => bytes.fill(0, bytes.length >> 1),
  zeroed: (bytes) => bytes.fill(0),
  'flipped-bit': flipLastBit,
  'bad-header': (bytes) => bytes.fill(0xff, 4, 24),
  'html-page': () => Buffer.from('<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n'),
  'lfs-pointer': formatPointer,
}

/** Creates the bytes of a model file after this damage; the given bytes stay unchanged. */
export function damageModel(bytes: Uint8Array, damage: Damage): Buffer {
  return DAMAGE[damage](Buffer.from(bytes))
}

function flipLastBit(bytes: Buffer): Buffer {
  const index = bytes.length - 1
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index)
  return bytes
}

/** Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function formatPointer(bytes: Buffer): Buffer {
  const oid = createHash('sha256').update(bytes).digest('hex')
  return Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${bytes.length}\n`)
}
