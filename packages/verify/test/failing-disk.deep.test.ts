import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { parseSha256Digest } from '@catalog/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createChunkMap } from '../src/chunks/chunk-map.ts'
import { createVerifier, diagnoseFile, type Verifier, verifyManifest } from '../src/index.ts'
import { createFailingDisk } from './failing-disk.ts'
import { listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024
const SIZES = { 'whole.gguf': 2 * MIB, 'large.gguf': 24 * MIB, 'small.gguf': 2 * MIB }
const DIGEST = parseSha256Digest('a'.repeat(64))
const MAP = createChunkMap(DIGEST, SIZES['large.gguf'], [DIGEST, DIGEST])

type Read = (verifier: Verifier, path: string) => Promise<unknown>

const READINGS: readonly (readonly [name: string, file: keyof typeof SIZES, read: Read])[] = [
  ['a large file', 'large.gguf', (verifier, path) => verifier.digestFile(path)],
  ['a large file, by wasm', 'large.gguf', (verifier, path) => verifier.digestFile(path, { engine: 'wasm' })],
  ['its chunk map', 'large.gguf', (verifier, path) => verifier.digestFile(path, { chunkMap: true })],
  ['an audit', 'large.gguf', (verifier, path) => verifier.auditFile(path, MAP)],
  ['a diagnosis', 'large.gguf', (_verifier, path) => diagnoseFile(path, { scan: 'whole' })],
  ['a small file', 'small.gguf', (verifier, path) => verifier.digestFile(path)],
  ['a small file, by wasm', 'small.gguf', (verifier, path) => verifier.digestFile(path, { engine: 'wasm' })],
]

describe.skipIf(lacks('ext4'))('a disk that can no longer be read', () => {
  it.each(READINGS)('%s: says so, closes the file, and reads the next', async (_name, file, read) => {
    const disk = createFailingDisk(SIZES)
    const verifier = createVerifier({ threads: 1 })
    onTestFinished(() => verifier.close())
    const path = join(disk, file)
    await expect(read(verifier, path)).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'read', path, errno: 'EIO' },
    })
    expect(listOpenFiles()).not.toContain(path)
    const whole = join(disk, 'whole.gguf')
    await expect(verifier.digestFile(whole)).resolves.toMatchObject({ sizeBytes: SIZES['whole.gguf'] })
  })

  it('ends the check of a model, whose bytes are neither right nor wrong', async () => {
    const disk = createFailingDisk(SIZES)
    const files = Object.entries(SIZES).map(([path, sizeBytes]) => ({ path, digest: DIGEST, sizeBytes }))
    await expect(verifyManifest(disk, files, { allowExtra: true })).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'read', errno: 'EIO' },
    })
    expect(listOpenFiles().filter((path) => path.startsWith(disk))).toEqual([])
  })
})
