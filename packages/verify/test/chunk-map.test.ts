import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChunkMap, createVerifier, type DigestOptions, type Verifier } from '../src/index.ts'
import { createBytes, openWorkspace } from './workspace.ts'

const MIB = 1024 * 1024
const CHUNK_BYTES = 16 * MIB

interface Model {
  readonly path: string
  readonly map: Omit<ChunkMap, 'digest' | 'chunks'> & {
    readonly digest: string
    readonly chunks: readonly string[]
  }
}

const models = new Map<number, Model>()
let directory: string
let removeWorkspace: () => void
beforeAll(() => {
  const workspace = openWorkspace()
  directory = workspace.directory
  removeWorkspace = workspace.remove
})
afterAll(() => removeWorkspace())

/** A file whose chunks are like no other one of it or of other lengths, and its map by other means; made once. */
function findModel(sizeBytes: number): Model {
  const model = models.get(sizeBytes) ?? createModel(sizeBytes)
  models.set(sizeBytes, model)
  return model
}

function createModel(sizeBytes: number): Model {
  const path = join(directory, `${sizeBytes}.gguf`)
  const bytes = createBytes(sizeBytes)
  for (let at = 0; at + 4 <= sizeBytes; at += CHUNK_BYTES) bytes.writeUInt32LE(sizeBytes + at, at)
  writeFileSync(path, bytes)
  const digestOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
  const chunks = Array.from({ length: Math.ceil(sizeBytes / CHUNK_BYTES) }, (_, index) =>
    digestOf(bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)),
  )
  return { path, map: { digest: digestOf(bytes), sizeBytes, chunkBytes: CHUNK_BYTES, chunks } }
}

/** Chunks of other lengths are in src/pool/hash-thread.test.ts and src/chunks/chunk-digests.test.ts. */
const WAYS = [
  { name: 'one thread', options: { threads: 1 }, sizes: [0, 5, CHUNK_BYTES, CHUNK_BYTES + 1] },
  { name: 'two threads', options: { threads: 2 }, sizes: [5, 5 * MIB, CHUNK_BYTES + 1, 2 * CHUNK_BYTES] },
  { name: 'the engine wasm', options: { engine: 'wasm' }, sizes: [0, 5, CHUNK_BYTES + 1] },
] as const

describe.each(WAYS)('a chunk map made with $name', ({ options, sizes }) => {
  let verifier: Verifier
  beforeAll(() => {
    verifier = createVerifier(options)
  })
  afterAll(() => verifier.close())

  it.each(sizes)('has every chunk of %i bytes', async (sizeBytes) => {
    const { path, map } = findModel(sizeBytes)
    const found = await verifier.digestFile(path, { chunkMap: true })
    expect(found.digest).toBe(map.digest)
    expect(found.chunks).toEqual(map)
  })

  it.each([5, 5 * MIB])('is not there unless asked for, at %i bytes', async (sizeBytes) => {
    const found = await verifier.digestFile(findModel(sizeBytes).path)
    expect(found).not.toHaveProperty('chunks')
  })
})

describe('chunk maps of files at the same time', () => {
  let verifier: Verifier
  beforeAll(() => {
    verifier = createVerifier({ threads: 2 })
  })
  afterAll(() => verifier.close())

  // More than there are threads, and of two lengths.
  it('do not mix', async () => {
    const mixed = [2 * CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES].map(findModel)
    const found = await Promise.all(mixed.map(({ path }) => verifier.digestFile(path, { chunkMap: true })))
    expect(found.map(({ chunks }) => chunks)).toEqual(mixed.map(({ map }) => map))
  })

  it('go on after one was aborted', async () => {
    const { path, map } = findModel(CHUNK_BYTES + 1)
    for (let round = 0; round < 2; round++) {
      const controller = new AbortController()
      const options: DigestOptions = {
        signal: controller.signal,
        onProgress: () => controller.abort('not wanted'),
      }
      await expect(verifier.digestFile(path, { ...options, chunkMap: true })).rejects.toBe('not wanted')
      expect(await verifier.digestFile(path, { chunkMap: true })).toMatchObject({ chunks: map })
    }
  })
})
