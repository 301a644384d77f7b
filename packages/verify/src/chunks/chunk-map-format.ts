import { createHash } from 'node:crypto'
import { CatalogError, createInvalidInput, parseSha256Digest, type Sha256Digest } from '@catalog/types'
import { assertChunkMap, type ChunkMap, findChunkMapProblem } from './chunk-map.ts'

const TITLE = 'catalog-chunk-map'
const MAP_VERSION = '1'
const HEADER_LINES = 4
// The checksum, and what follows its line's end: nothing.
const FOOTER_LINES = 2

/** The file whose map is read. */
export interface ExpectedChunkMap {
  /** The digest of the file, as the catalog knows it. */
  readonly digest: string
  readonly sizeBytes: number
  /** Where the text was stored, for error messages. */
  readonly path: string
}

/**
 * The text form of a map: lines of ASCII with the file's digest and size first, then one chunk's digest a
 * line, and last the SHA-256 of all lines before.
 *
 * @throws {CatalogError} INVALID_INPUT if the argument is not a chunk map
 */
export function formatChunkMap(map: ChunkMap): string {
  assertChunkMap(map)
  const { digest, sizeBytes, chunkBytes, chunks } = map
  const header = [`${TITLE} ${MAP_VERSION}`, `digest ${digest}`, `size ${sizeBytes}`, `chunk ${chunkBytes}`]
  const content = [...header, ...chunks, ''].join('\n')
  return `${content}checksum ${mapChecksumOf(content)}\n`
}

/**
 * Parses what `formatChunkMap` wrote for exactly this file. The checksum detects damage, not forgery: store
 * maps where no other user can write.
 *
 * @throws {CatalogError} INVALID_INPUT if the first argument is not a text or bytes, or the expected digest
 *   is invalid
 * @throws {CatalogError} UNSUPPORTED_FORMAT if it is a map of another version
 * @throws {CatalogError} DAMAGED if it was cut or changed, or is of another digest or size: then make the map
 *   again
 */
export function parseChunkMap(stored: string | Uint8Array, expected: ExpectedChunkMap): ChunkMap {
  const { path } = expected
  const digest = parseSha256Digest(expected.digest, 'digest')
  const text = typeof stored === 'string' ? stored : toText(stored)
  assertVersion(text, path)
  const map = readChecked(text, path)
  if (map.digest !== digest) throw createDamaged(path, `is of a file with digest ${map.digest}`)
  if (map.sizeBytes !== expected.sizeBytes)
    throw createDamaged(path, `is of a file of ${map.sizeBytes} bytes`)
  return map
}

function toText(stored: unknown): string {
  if (stored instanceof Uint8Array) return Buffer.from(stored).toString('latin1')
  throw createInvalidInput([{ field: 'stored', problem: 'must be text or a Uint8Array' }])
}

function assertVersion(text: string, path: string): void {
  const [, found] = new RegExp(`^${TITLE} ([0-9]{1,9})\n`, 'u').exec(text) ?? []
  if (found === undefined) throw createDamaged(path, 'does not begin as a chunk map')
  if (found === MAP_VERSION) return
  const message = `the chunk map ${path} has version ${found} where ${MAP_VERSION} is supported`
  throw new CatalogError('UNSUPPORTED_FORMAT', message, { path, found, supported: MAP_VERSION })
}

/** What is read is believed only if it gives the very same text when it is written: that includes the checksum. */
function readChecked(text: string, path: string): ChunkMap {
  const lines = text.split('\n')
  const map = {
    digest: lineValueOf(lines[1], 'digest') as Sha256Digest,
    sizeBytes: Number(lineValueOf(lines[2], 'size')),
    chunkBytes: Number(lineValueOf(lines[3], 'chunk')),
    chunks: lines.slice(HEADER_LINES, -FOOTER_LINES) as Sha256Digest[],
  }
  const problem = findChunkMapProblem(map)
  if (problem !== undefined) throw createDamaged(path, problem)
  if (formatChunkMap(map) !== text) throw createDamaged(path, 'does not have its checksum')
  return map
}

function lineValueOf(line: string | undefined, name: string): string | undefined {
  return line?.startsWith(`${name} `) ? line.slice(name.length + 1) : undefined
}

function mapChecksumOf(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}

function createDamaged(path: string, problem: string): CatalogError<'DAMAGED'> {
  return new CatalogError('DAMAGED', `the chunk map ${path} ${problem}`, { path, problem })
}
