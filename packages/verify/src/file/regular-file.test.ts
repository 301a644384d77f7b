import { execFileSync } from 'node:child_process'
import { type BigIntStats, statSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWithoutWaiting, statSettled, toSizeBytes } from './regular-file.ts'

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

describe('a file that was just changed', () => {
  /** Stands for a descriptor whose file changes until so many looks were taken. */
  const changing = (changes: number) => {
    const ctimes: bigint[] = []
    const stat = async () => {
      const last = ctimes.at(-1) ?? 0n
      ctimes.push(ctimes.length < changes ? BigInt(Date.now()) * 1_000_000n + BigInt(ctimes.length) : last)
      return Object.assign(statSync(file, { bigint: true }), { ctimeNs: ctimes.at(-1) })
    }
    return { ctimes, handle: { stat } as unknown as Parameters<typeof statSettled>[0] }
  }
  let file: string
  beforeAll(async () => {
    file = join(directory, 'changing')
    await writeFile(file, 'bytes')
  })

  it('is looked at again until its ctime stays the same for one step', async () => {
    const { ctimes, handle } = changing(3)
    const { ctimeNs } = await statSettled(handle, file)
    expect(ctimes).toHaveLength(4)
    expect(new Set(ctimes).size).toBe(3)
    expect(ctimeNs).toBe(ctimes[2])
  })

  it('is FILE_CHANGED if it does not stop changing', async () => {
    const { ctimes, handle } = changing(Number.POSITIVE_INFINITY)
    await expect(statSettled(handle, file)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { path: file, changed: ['ctimeNs'] },
    })
    expect(ctimes).toHaveLength(6)
  })

  it('with the ctime of a clock that is ahead is waited for once', async () => {
    const ctimeNs = BigInt(Date.now() + 3_600_000) * 1_000_000n
    const stats = Object.assign(statSync(file, { bigint: true }), { ctimeNs })
    const handle = { stat: async () => stats } as unknown as Parameters<typeof statSettled>[0]
    expect(await statSettled(handle, file)).toBe(stats)
  })
})
