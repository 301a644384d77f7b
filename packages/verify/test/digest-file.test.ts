import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DigestProgress } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { digestFile, verifyDigest } from '../src/index.ts'
import { createBytes, createSparseFile, createWorkspace, digestAtOnce } from './workspace.ts'

const MIB = 1024 * 1024
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const OTHER = 'f'.repeat(64)
const ENGINES = ['native', 'wasm', 'auto'] as const

function writeModel(content: string | Uint8Array = 'abc'): string {
  const path = join(createWorkspace(), 'model.gguf')
  writeFileSync(path, content)
  return path
}

describe.each(ENGINES)('a file digested with the engine %s', (engine) => {
  it.each([0, 1, 64, 256 * 1024, 256 * 1024 + 1, 3 * MIB + 7])(
    'has the right digest at %i bytes',
    async (length) => {
      const path = writeModel(createBytes(length))
      const found = await digestFile(path, { engine })
      expect(found).toMatchObject({ digest: digestAtOnce(path), sizeBytes: length })
      expect(found.engine).toBe(engine === 'auto' ? 'native' : engine)
    },
  )

  it.each([0, 5, 5 * MIB])('reports its progress at %i bytes, the end once', async (totalBytes) => {
    const path = createSparseFile(join(createWorkspace(), 'sparse'), totalBytes)
    const reports: DigestProgress[] = []
    const { durationMs } = await digestFile(path, {
      engine,
      onProgress: (progress) => reports.push(progress),
    })
    const done = reports.map(({ doneBytes }) => doneBytes)
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b))
    expect(done.at(0)).toBe(0)
    expect(done.at(-1)).toBe(totalBytes)
    expect(reports.every((report) => report.totalBytes === totalBytes)).toBe(true)
    expect(reports.length).toBeLessThanOrEqual(2 + durationMs / 100)
  })

  it('ends with the error that onProgress throws', async () => {
    const path = createSparseFile(join(createWorkspace(), 'sparse'), 5 * MIB)
    const error = new Error('of the caller')
    const failing = (at: number) => (progress: DigestProgress) => {
      if (progress.doneBytes === at) throw error
    }
    await expect(digestFile(path, { engine, onProgress: failing(0) })).rejects.toBe(error)
    await expect(digestFile(path, { engine, onProgress: failing(5 * MIB) })).rejects.toBe(error)
  })
})

describe('what is told of a file', () => {
  it('is its fingerprint', async () => {
    const path = writeModel()
    const { fingerprint } = await digestFile(path)
    const stats = statSync(path, { bigint: true })
    const { birthtimeNs } = stats
    expect(fingerprint).toEqual({
      ...(birthtimeNs > 0n && { birthtimeNs: String(birthtimeNs) }),
      dev: String(stats.dev),
      ino: String(stats.ino),
      sizeBytes: 3,
      mtimeNs: String(stats.mtimeNs),
      ctimeNs: String(stats.ctimeNs),
    })
  })

  it('is, through an allowed link, that of the file behind it', async () => {
    const path = writeModel()
    symlinkSync('model.gguf', `${path}.link`)
    symlinkSync('model.gguf.link', `${path}.link-to-link`)
    const direct = await digestFile(path)
    const linked = await digestFile(`${path}.link-to-link`, { followSymlink: true })
    expect(linked.fingerprint).toEqual(direct.fingerprint)
  })
})

describe('a file of another size than expected', () => {
  it('is not read at all', async () => {
    const path = createSparseFile(join(createWorkspace(), 'sparse'), 400e9)
    const reports: DigestProgress[] = []
    const digesting = digestFile(path, {
      expectedSizeBytes: 5,
      onProgress: (progress) => reports.push(progress),
    })
    await expect(digesting).rejects.toMatchObject({
      code: 'SIZE_MISMATCH',
      details: { path, expectedBytes: 5, foundBytes: 400e9 },
    })
    expect(reports).toEqual([])
  })

  it('is refused when it is empty, and taken when that is what is expected', async () => {
    const path = writeModel('')
    await expect(digestFile(path, { expectedSizeBytes: 1 })).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    await expect(digestFile(path, { expectedSizeBytes: 0 })).resolves.toMatchObject({ sizeBytes: 0 })
  })
})

describe('verifying', () => {
  it.each([ABC, ABC.toUpperCase(), `sha256:${ABC}`])(
    'accepts the right digest written %s',
    async (expected) => {
      const found = await verifyDigest(writeModel(), expected)
      expect(found).toMatchObject({ digest: ABC, sizeBytes: 3 })
    },
  )

  it('refuses another digest, naming both', async () => {
    const path = writeModel()
    await expect(verifyDigest(path, `sha256:${OTHER}`)).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { path, expected: OTHER, found: ABC, sizeBytes: 3 },
    })
  })

  it.each(['', 'abc', `md5:${ABC}`, undefined])(
    'refuses %s as a digest before looking at the file',
    async (expected) => {
      await expect(verifyDigest('/missing', expected as string)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { problems: [{ field: 'expected' }] },
      })
    },
  )

  it('passes its options on', async () => {
    await expect(verifyDigest(writeModel(), ABC, { engine: 'wasm' })).resolves.toMatchObject({
      engine: 'wasm',
    })
    await expect(verifyDigest(writeModel(), ABC, { expectedSizeBytes: 4 })).rejects.toMatchObject({
      code: 'SIZE_MISMATCH',
    })
  })
})
