/** Room `hashing`: SHA-256 by two engines, and its saved state. */

import { createHash } from 'node:crypto'
import type { FileIdentity, HashCheckpoint, StreamTail } from '@catalog/types'
import { countHashedBytes, STATE_BYTES } from './wasm-sha256.ts'

const CHECKPOINT_VERSION = 1
const DIGEST = /^[0-9a-f]{64}$/u

/** What a checkpoint says, without its version and checksum. */
export type CheckpointContent = Omit<HashCheckpoint, 'version' | 'checksum'>

/** A checkpoint, or why it is not to be believed. */
export type ParsedCheckpoint =
  | { readonly kind: 'fits'; readonly checkpoint: HashCheckpoint }
  | { readonly kind: 'damaged' | 'foreign'; readonly detail: string }

export function createCheckpoint(content: CheckpointContent): HashCheckpoint {
  return { version: CHECKPOINT_VERSION, ...content, checksum: checkpointChecksumOf(content) }
}

/** The checkpoint in its one form, if every field has its form and the checksum is theirs. */
export function parseCheckpoint(value: unknown): ParsedCheckpoint {
  if (!isObject(value)) return damaged('it is not an object')
  if (Number.isInteger(value['version']) && value['version'] !== CHECKPOINT_VERSION) {
    return {
      kind: 'foreign',
      detail: `it has version ${value['version']}, and this package reads version ${CHECKPOINT_VERSION}`,
    }
  }
  const content = parseContent(value)
  if (value['version'] !== CHECKPOINT_VERSION || content === undefined)
    return damaged('a field is missing or malformed')
  const checkpoint = createCheckpoint(content)
  if (checkpoint.checksum !== value['checksum']) return damaged('its checksum is not that of its fields')
  return { kind: 'fits', checkpoint }
}

/** The text of a checkpoint file. */
export function formatCheckpoint(checkpoint: HashCheckpoint): string {
  return `${JSON.stringify(checkpoint)}\n`
}

/** Only the one text that `formatCheckpoint` gives counts: another spelling of the same values was not written by it. */
export function parseCheckpointText(text: string): ParsedCheckpoint {
  const parsed = parseCheckpoint(parseJson(text))
  if (parsed.kind !== 'fits' || formatCheckpoint(parsed.checkpoint) === text) return parsed
  return damaged('it is spelled differently from how it was written')
}

export function decodeState(checkpoint: HashCheckpoint): Uint8Array {
  return Buffer.from(checkpoint.state, 'base64')
}

/** Over the values in this order: a database may give the fields back in another one. */
function checkpointChecksumOf({ offset, state, tail, file }: CheckpointContent): string {
  const values = [
    CHECKPOINT_VERSION,
    offset,
    state,
    tail.sizeBytes,
    tail.digest,
    file?.dev ?? null,
    file?.ino ?? null,
  ]
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}

function parseContent({ offset, state, tail, file }: Record<string, unknown>): CheckpointContent | undefined {
  if (!isCount(offset) || !isState(state, offset) || !isTail(tail, offset)) return undefined
  const content = { offset, state, tail: { sizeBytes: tail.sizeBytes, digest: tail.digest } }
  if (file === undefined) return content
  return isIdentity(file) ? { ...content, file: { dev: file.dev, ino: file.ino } } : undefined
}

function isState(state: unknown, offset: number): state is string {
  if (typeof state !== 'string') return false
  const bytes = Buffer.from(state, 'base64')
  return bytes.length === STATE_BYTES && countHashedBytes(bytes) === BigInt(offset)
}

function isTail(tail: unknown, offset: number): tail is StreamTail {
  if (!isObject(tail)) return false
  const { sizeBytes, digest } = tail
  return (
    isCount(sizeBytes) &&
    sizeBytes > 0 &&
    sizeBytes <= offset &&
    typeof digest === 'string' &&
    DIGEST.test(digest)
  )
}

function isIdentity(file: unknown): file is FileIdentity {
  return isObject(file) && typeof file['dev'] === 'string' && typeof file['ino'] === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function damaged(detail: string): ParsedCheckpoint {
  return { kind: 'damaged', detail }
}
