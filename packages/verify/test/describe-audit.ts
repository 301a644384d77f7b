import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, openSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseSha256Digest, type Sha256Digest } from '@catalog/types'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AuditOptions, ChunkMap, Verifier } from '../src/index.ts'
import { createSparseFile, createWorkspace } from './workspace.ts'

export type Auditor = Pick<Verifier, 'auditFile' | 'close'>

export interface AuditSetup {
  /** What does the audits of all tests. */
  readonly open: () => Auditor
  readonly chunkBytes: number
  /** At least two. */
  readonly wholeChunks: number
}

/** A file of zeros, and its map. */
export function createZeros(sizeBytes: number, chunkBytes: number): { path: string; map: ChunkMap } {
  const path = createSparseFile(join(createWorkspace(), 'model.gguf'), sizeBytes)
  const whole = Array.from({ length: Math.floor(sizeBytes / chunkBytes) }, () => digestZeros(chunkBytes))
  const chunks = sizeBytes % chunkBytes === 0 ? whole : [...whole, digestZeros(sizeBytes % chunkBytes)]
  // An audit looks at the chunks alone; but the only one has the digest of the file.
  const [digest = digestZeros(0)] = chunks
  return { path, map: { digest, sizeBytes, chunkBytes, chunks } }
}

const known = new Map<number, Sha256Digest>()

function digestZeros(length: number): Sha256Digest {
  const digest =
    known.get(length) ?? parseSha256Digest(createHash('sha256').update(Buffer.alloc(length)).digest('hex'))
  known.set(length, digest)
  return digest
}

/** Overwrites a byte at each of these places. */
export function damage(path: string, ...offsets: readonly number[]): void {
  const fd = openSync(path, 'r+')
  for (const offset of offsets) writeSync(fd, 'x', offset)
  closeSync(fd)
}

/** What an audit tells of a file with so many whole chunks, and one of five bytes. */
export function describeAudit({ open, chunkBytes, wholeChunks }: AuditSetup): void {
  const last = wholeChunks * chunkBytes
  const sizeBytes = last + 5
  let auditor: Auditor
  beforeAll(() => {
    auditor = open()
  })
  afterAll(() => auditor.close())

  it('finds nothing in a file that is as it was', async () => {
    const { path, map } = createZeros(sizeBytes, chunkBytes)
    expect(await auditor.auditFile(path, map)).toEqual({ ok: true })
  })

  it.each([
    ['the first byte', [0], [{ offset: 0, length: chunkBytes }]],
    ['the last byte', [sizeBytes - 1], [{ offset: last, length: 5 }]],
    ['neighbours', [chunkBytes - 1, chunkBytes], [{ offset: 0, length: 2 * chunkBytes }]],
    [
      'two places',
      [5, sizeBytes - 1],
      [
        { offset: 0, length: chunkBytes },
        { offset: last, length: 5 },
      ],
    ],
    [
      'everything',
      Array.from({ length: wholeChunks + 1 }, (_, index) => index * chunkBytes),
      [{ offset: 0, length: sizeBytes }],
    ],
  ])('names the chunks of %s', async (_name, offsets, damaged) => {
    const { path, map } = createZeros(sizeBytes, chunkBytes)
    damage(path, ...offsets)
    expect(await auditor.auditFile(path, map)).toEqual({ ok: false, damaged })
  })

  it.each([
    ['shorter by a byte', sizeBytes - 1, [{ offset: last, length: 5 }]],
    ['shorter by whole chunks', chunkBytes, [{ offset: chunkBytes, length: sizeBytes - chunkBytes }]],
    ['cut in a chunk', chunkBytes + 7, [{ offset: chunkBytes, length: sizeBytes - chunkBytes }]],
    ['empty', 0, [{ offset: 0, length: sizeBytes }]],
    ['longer', sizeBytes + 9, [{ offset: sizeBytes, length: 9 }]],
  ])('names what a file that is %s lacks or has too many', async (_name, foundBytes, damaged) => {
    const { path, map } = createZeros(sizeBytes, chunkBytes)
    truncateSync(path, foundBytes)
    expect(await auditor.auditFile(path, map)).toEqual({ ok: false, damaged })
  })

  it('keeps too many bytes apart from a damaged last chunk', async () => {
    const { path, map } = createZeros(sizeBytes, chunkBytes)
    damage(path, sizeBytes - 1)
    appendFileSync(path, 'more')
    const damaged = [
      { offset: last, length: 5 },
      { offset: sizeBytes, length: 4 },
    ]
    expect(await auditor.auditFile(path, map)).toEqual({ ok: false, damaged })
  })

  it('reports its progress, beginning and end included', async () => {
    const { path, map } = createZeros(sizeBytes, chunkBytes)
    const done: number[] = []
    const onProgress: AuditOptions['onProgress'] = ({ doneBytes, totalBytes }) => {
      expect(totalBytes).toBe(sizeBytes)
      done.push(doneBytes)
    }
    await auditor.auditFile(path, map, { onProgress })
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b))
    expect([done.at(0), done.at(-1)]).toEqual([0, sizeBytes])
  })
}
