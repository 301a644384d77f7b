import { execFileSync } from 'node:child_process'
import { type BigIntStats, statSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWithoutWaiting, toSizeBytes } from './regular-file.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verify-open-'))
})
afterAll(() => rm(directory, { recursive: true }))

// The look by name has passed; what stands there now came afterwards.
describe('a name that changed hands between the look at it and the opening', () => {
  it('is refused when it became a fifo, without waiting for a writer', async () => {
    const path = join(directory, 'became-fifo')
    execFileSync('mkfifo', [path])
    await expect(openWithoutWaiting(path, path)).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
      details: { path, kind: 'fifo' },
    })
  })

  it('is refused when it became a symbolic link, even to a regular file', async () => {
    const path = join(directory, 'became-link')
    await writeFile(join(directory, 'file'), 'bytes')
    await symlink('file', path)
    await expect(openWithoutWaiting(path, path)).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
      details: { path, kind: 'symbolic link' },
    })
  })

  it('is refused when it became a directory', async () => {
    await expect(openWithoutWaiting(directory, directory)).rejects.toMatchObject({
      details: { kind: 'directory' },
    })
  })

  it('is missing when nothing is left', async () => {
    const path = join(directory, 'nothing')
    await expect(openWithoutWaiting(path, path)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })
})

describe('a size', () => {
  const sized = (size: bigint): BigIntStats => Object.assign(statSync('.', { bigint: true }), { size })

  it('is exact up to 2^53 - 1 bytes', () => {
    expect(toSizeBytes(sized(2n ** 53n - 1n), 'a')).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('beyond that is refused, not rounded', () => {
    expect(() => toSizeBytes(sized(2n ** 53n), 'a')).toThrow(
      expect.objectContaining({ code: 'IO', details: { operation: 'stat', path: 'a', errno: 'EFBIG' } }),
    )
  })
})
