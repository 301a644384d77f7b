import { createInvalidInput, type Sha256Digest } from '@catalog/types'

/** Every chunk but the last is that large. */
export const CHUNK_BYTES: number = 16 * 1024 * 1024

/**
 * The SHA-256 of every chunk of 16 MiB of a file, in order, with digest and size of the file. Plain JSON. It
 * locates damage; only the file's own digest proves that the whole file is right.
 */
export interface ChunkMap {
  /** The digest of the whole file. */
  readonly digest: Sha256Digest
  readonly sizeBytes: number
  readonly chunkBytes: number
  readonly chunks: readonly Sha256Digest[]
}

/** A range of a file, in bytes. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** One chunk of a map. */
export interface Chunk extends ByteRange {
  readonly digest: Sha256Digest
}

/** The map of a file from the digests of its chunks; a file of one chunk needs none beside its own. */
export function createChunkMap(
  digest: Sha256Digest,
  sizeBytes: number,
  chunks: readonly Sha256Digest[] = [],
): ChunkMap {
  const isOne = sizeBytes > 0 && sizeBytes <= CHUNK_BYTES
  return { digest, sizeBytes, chunkBytes: CHUNK_BYTES, chunks: isOne ? [digest] : chunks }
}

/** The chunks of a map as ranges, in their order. */
export function listChunks(map: ChunkMap): readonly Chunk[] {
  return map.chunks.map((digest, index) => {
    const offset = index * map.chunkBytes
    return { offset, length: Math.min(map.chunkBytes, map.sizeBytes - offset), digest }
  })
}

/** INVALID_INPUT for what cannot be the map of any file. */
export function assertChunkMap(map: unknown): asserts map is ChunkMap {
  const problem = findChunkMapProblem(map)
  if (problem !== undefined) throw createInvalidInput([{ field: 'chunkMap', problem }])
}

/** What keeps a value from being the map of a file, in words. */
export function findChunkMapProblem(map: unknown): string | undefined {
  if (typeof map !== 'object' || map === null) return 'must be a chunk map'
  const { digest, sizeBytes, chunkBytes, chunks } = map as Partial<Record<keyof ChunkMap, unknown>>
  if (!isDigest(digest)) return 'must have the digest of its file'
  if (!Number.isSafeInteger(sizeBytes) || Number(sizeBytes) < 0) return 'must have the size of its file'
  if (chunkBytes !== CHUNK_BYTES) return `must have chunks of ${CHUNK_BYTES} bytes`
  if (!Array.isArray(chunks) || !chunks.every(isDigest)) return 'must have digests for chunks'
  const count = Math.ceil(Number(sizeBytes) / CHUNK_BYTES)
  if (chunks.length !== count) return `must have ${count} chunks for ${sizeBytes} bytes, not ${chunks.length}`
  if (count === 1 && chunks[0] !== digest) return 'must have the digest of its file for its only chunk'
  return undefined
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/u.test(value)
}
