import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createVerifier, type DigestOptions, type Verifier, type VerifierOptions } from '../src/index.ts'
import { createWorkspace, digestAtOnce } from './workspace.ts'

const MIB = 1024 * 1024
const CHUNK_BYTES = 16 * MIB

function openVerifier(options: VerifierOptions): Verifier {
  const verifier = createVerifier(options)
  onTestFinished(() => verifier.close())
  return verifier
}

/** A file in which no two chunks are alike. */
function createModel(sizeBytes: number): string {
  const path = join(createWorkspace(), 'model.gguf')
  const bytes = Buffer.alloc(sizeBytes)
  for (let at = 0; at < sizeBytes; at += 4096) bytes[at] = at % 251
  writeFileSync(path, bytes)
  return path
}

function digestChunks(path: string): readonly string[] {
  const bytes = readFileSync(path)
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, index) =>
    createHash('sha256')
      .update(bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES))
      .digest('hex'),
  )
}

const WAYS: readonly (readonly [name: string, options: VerifierOptions])[] = [
  ['one thread', { threads: 1 }],
  ['two threads', { threads: 2 }],
  ['the engine wasm', { engine: 'wasm' }],
]

describe.each(WAYS)('a chunk map made with %s', (_name, options) => {
  it.each([0, 5, 5 * MIB, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES - 1])(
    'has every chunk of %i bytes',
    async (sizeBytes) => {
      const path = createModel(sizeBytes)
      const found = await openVerifier(options).digestFile(path, { chunkMap: true })
      const digest = digestAtOnce(path)
      expect(found.digest).toBe(digest)
      const chunks = digestChunks(path)
      expect(found.chunks).toEqual({ digest, sizeBytes, chunkBytes: CHUNK_BYTES, chunks })
    },
  )

  it.each([5, 5 * MIB, CHUNK_BYTES + 1])(
    'is not there when nobody asked for it, at %i bytes',
    async (sizeBytes) => {
      const found = await openVerifier(options).digestFile(createModel(sizeBytes))
      expect(found).not.toHaveProperty('chunks')
    },
  )
})

describe('chunk maps of files at the same time', () => {
  it('do not mix', async () => {
    const verifier = openVerifier({ threads: 2 })
    const paths = [40, 33, 48, 65, 17].map((mebibytes) => createModel(mebibytes * MIB + mebibytes))
    const maps = await Promise.all(paths.map((path) => verifier.digestFile(path, { chunkMap: true })))
    expect(maps.map(({ chunks }) => chunks.chunks)).toEqual(paths.map(digestChunks))
  })

  it('go on after one was aborted', async () => {
    const verifier = openVerifier({ threads: 2 })
    const path = createModel(2 * CHUNK_BYTES + 5)
    const expected = digestChunks(path)
    for (let round = 0; round < 10; round++) {
      const controller = new AbortController()
      const options: DigestOptions = {
        signal: controller.signal,
        onProgress: () => controller.abort('not wanted'),
      }
      await expect(verifier.digestFile(path, { ...options, chunkMap: true })).rejects.toBe('not wanted')
      const { chunks } = await verifier.digestFile(path, { chunkMap: true })
      expect(chunks.chunks).toEqual(expected)
    }
  })
})
