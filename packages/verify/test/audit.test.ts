import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type AuditOptions,
  auditFile,
  type ChunkMap,
  createVerifier,
  digestFile,
  type Verifier,
} from '../src/index.ts'
import { createZeros, damage } from './describe-audit.ts'
import { createSparseFile, createWorkspace } from './workspace.ts'

const MIB = 1024 * 1024
const CHUNK_BYTES = 16 * MIB
const SIZE_BYTES = 5 * MIB

function openVerifier(threads: number): Verifier {
  const verifier = createVerifier({ threads })
  onTestFinished(() => verifier.close())
  return verifier
}

function overwriteKeepingTimes(path: string): void {
  const { atime, mtime } = statSync(path)
  damage(path, 5)
  utimesSync(path, atime, mtime)
}

/** The map of a file of zeros too large to be read in a test: all but its last chunk are alike. */
function createHugeMap(sizeBytes: number, chunk: string): ChunkMap {
  const digest = 'a'.repeat(64)
  const chunks = Array.from({ length: Math.ceil(sizeBytes / CHUNK_BYTES) }, () => chunk)
  return { digest, sizeBytes, chunkBytes: CHUNK_BYTES, chunks } as unknown as ChunkMap
}

// With smaller chunks: src/digest/audit-regular-file.test.ts. All of this and more: audit.deep.test.ts.
it.each([1, 2])('an audit on %i threads names the chunks of two places', async (threads) => {
  const sizeBytes = 2 * CHUNK_BYTES + 5
  const { path, map } = createZeros(sizeBytes, CHUNK_BYTES)
  damage(path, 5, sizeBytes - 1)
  const damaged = [
    { offset: 0, length: CHUNK_BYTES },
    { offset: 2 * CHUNK_BYTES, length: 5 },
  ]
  expect(await openVerifier(threads).auditFile(path, map)).toEqual({ ok: false, damaged })
})

const CHANGES: readonly (readonly [name: string, change: (path: string) => void, field: string])[] = [
  ['appended', (path) => appendFileSync(path, 'more'), 'size'],
  ['truncated', (path) => truncateSync(path, 100), 'size'],
  ['overwritten and its times restored', overwriteKeepingTimes, 'ctimeNs'],
  ['deleted', (path) => rmSync(path), 'path'],
  [
    'replaced by a copy',
    (path) => {
      copyFileSync(path, `${path}.copy`)
      renameSync(`${path}.copy`, path)
    },
    'ino',
  ],
]

describe('a file changed while it is audited', () => {
  it.each(CHANGES)('%s', async (_name, change, field) => {
    const { path, map } = createZeros(SIZE_BYTES, CHUNK_BYTES)
    for (const at of [0, SIZE_BYTES]) {
      if (!existsSync(path)) createSparseFile(path, SIZE_BYTES)
      truncateSync(path, SIZE_BYTES)
      const onProgress: AuditOptions['onProgress'] = ({ doneBytes }) => {
        if (doneBytes === at) change(path)
      }
      await expect(auditFile(path, map, { onProgress })).rejects.toMatchObject({
        code: 'FILE_CHANGED',
        details: { path, changed: expect.arrayContaining([field]) },
      })
    }
  })
})

describe('an audit that cannot be', () => {
  it.each([
    ['no path', '', {}, {}],
    ['no map', '/a', undefined, {}],
    ['no threads', '/a', {}, { threads: 0 }],
  ])('for %s is refused', async (_name, path, map, options) => {
    await expect(auditFile(path, map as ChunkMap, options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('is refused by its number of threads alone', async () => {
    const { path, map } = createZeros(5, CHUNK_BYTES)
    await expect(auditFile(path, map, { threads: 0 })).rejects.toMatchObject({
      details: { problems: [{ field: 'threads' }] },
    })
    expect(await auditFile(path, map, { threads: 1 })).toEqual({ ok: true })
  })

  it('of what is missing, a link or no file', async () => {
    const { path, map } = createZeros(5, CHUNK_BYTES)
    symlinkSync(path, `${path}.link`)
    await expect(auditFile(`${path}.nothing`, map)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(auditFile('/dev/zero', map)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    await expect(auditFile(`${path}.link`, map)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    expect(await auditFile(`${path}.link`, map, { followSymlink: true })).toEqual({ ok: true })
  })

  it.skipIf(lacks('proc'))('read says why', async () => {
    const map = createHugeMap(0, '')
    await expect(auditFile('/proc/self/mem', map)).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'read', errno: 'EIO' },
    })
  })
})

describe('an aborted audit', () => {
  it('rejects with the reason in the middle of 400 GB', async () => {
    const path = createSparseFile(join(createWorkspace(), 'huge.gguf'), 400e9)
    const controller = new AbortController()
    const onProgress: AuditOptions['onProgress'] = ({ doneBytes }) => {
      if (doneBytes > 0) controller.abort('not wanted')
    }
    const auditing = auditFile(path, createHugeMap(400e9, 'f'.repeat(64)), {
      signal: controller.signal,
      onProgress,
    })
    await expect(auditing).rejects.toBe('not wanted')
  })

  it('ends with the error that onProgress throws', async () => {
    const { path, map } = createZeros(SIZE_BYTES, CHUNK_BYTES)
    const error = new Error('of the caller')
    for (const at of [0, SIZE_BYTES]) {
      const onProgress: AuditOptions['onProgress'] = ({ doneBytes }) => {
        if (doneBytes === at) throw error
      }
      await expect(auditFile(path, map, { onProgress })).rejects.toBe(error)
    }
  })

  it('ends with CLOSED when the verifier is closed', async () => {
    const path = createSparseFile(join(createWorkspace(), 'huge.gguf'), 400e9)
    const verifier = openVerifier(2)
    const auditing = verifier.auditFile(path, createHugeMap(400e9, 'f'.repeat(64)), {
      onProgress: () => void verifier.close(),
    })
    await expect(auditing).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

it('others have their turns between the chunks of an audit', async () => {
  const huge = createSparseFile(join(createWorkspace(), 'huge.gguf'), 400e9)
  const large = createSparseFile(join(createWorkspace(), 'large.gguf'), 8 * MIB)
  const verifier = openVerifier(1)
  const controller = new AbortController()
  const map = createHugeMap(400e9, 'f'.repeat(64))
  const auditing = verifier.auditFile(huge, map, { signal: controller.signal })
  expect(await verifier.digestFile(large)).toMatchObject({ sizeBytes: 8 * MIB })
  controller.abort('done')
  await expect(auditing).rejects.toBe('done')
})

it('a small file is audited like any other', async () => {
  const path = join(createWorkspace(), 'small')
  writeFileSync(path, 'abc')
  const { chunks } = await digestFile(path, { chunkMap: true })
  writeFileSync(path, 'abd')
  expect(readFileSync(path, 'utf8')).toBe('abd')
  expect(await auditFile(path, chunks)).toEqual({ ok: false, damaged: [{ offset: 0, length: 3 }] })
})
