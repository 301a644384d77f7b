import {
  type BigIntStats,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RegularFile } from '../file/regular-file.ts'
import { Barrier } from './barrier.ts'
import { type FakeDiskOptions, fakeDisk } from './fake-disk.ts'
import { settle, withSettledFile } from './settled-file.ts'

const STATS = Object.assign(statSync('.', { bigint: true }), { dev: 1n, size: 3n, ctimeNs: 5n })

interface Handling extends FakeDiskOptions {
  /** What `fstat` says in turn; the last one for ever. */
  readonly stats?: readonly Partial<BigIntStats>[]
  readonly onSync?: (turn: number) => void
}

/** Settles an open file, and tells in which order the disk was asked for what. */
function settleFake({ stats = [{}], onSync = () => undefined, ...options }: Handling) {
  const disk = fakeDisk(options)
  let looks = 0
  let syncs = 0
  const sync = async (): Promise<void> => {
    disk.calls.push('fsync')
    onSync(++syncs)
  }
  const handle: Pick<FileHandle, 'stat' | 'read'> = {
    stat: (async () => {
      disk.calls.push('fstat')
      return Object.assign(Object.create(STATS), STATS, stats[Math.min(looks++, stats.length - 1)])
    }) as unknown as FileHandle['stat'],
    read: (async () => ({ bytesRead: 1 })) as unknown as FileHandle['read'],
  }
  const file = { handle, target: '/models/a', stats: STATS, sizeBytes: 3 } as unknown as RegularFile
  const hold = new Barrier([], disk).hold()
  const { signal } = new AbortController()
  return { calls: disk.calls, settled: settle(file, { path: '/models/a', hold, signal, sync }) }
}

function failing(code: string): (turn: number) => void {
  return () => {
    throw Object.assign(new Error(`${code}: failed`), { code })
  }
}

describe('a file that is to be read', () => {
  it('is synced before the first look and after the barrier', async () => {
    const { calls, settled } = settleFake({})
    await settled
    expect(calls).toEqual(['fsync', 'fstat', 'open unnamed /models', 'touch', 'fsync', 'fstat'])
  })

  it('is settled anew, by its new ctime, if it changed meanwhile', async () => {
    const later = 6n * 10n ** 9n
    const { calls, settled } = settleFake({ stats: [{}, { ctimeNs: later }], stepNs: 4_000_000n })
    const { stats } = await settled
    expect(stats.ctimeNs).toBe(later)
    expect(calls.filter((call) => call === 'fsync')).toHaveLength(3)
  })

  it('is FILE_CHANGED if it does not stop changing', async () => {
    const stats = Array.from({ length: 20 }, (_, index) => ({ ctimeNs: BigInt(index) }))
    const { calls, settled } = settleFake({ stats })
    const details = { path: '/models/a', changed: ['ctimeNs'] }
    await expect(settled).rejects.toMatchObject({ code: 'FILE_CHANGED', details })
    expect(calls.filter((call) => call === 'fsync')).toHaveLength(6)
  })
})

describe('a sync', () => {
  it.each([1, 2])('that fails leaves nothing known of the file, at the %i. of both', async (failsAt) => {
    const onSync = (turn: number) => turn === failsAt && failing('EIO')(turn)
    const { settled } = settleFake({ onSync: (turn) => void onSync(turn) })
    const details = { operation: 'fsync', path: '/models/a', errno: 'EIO' }
    await expect(settled).rejects.toMatchObject({ code: 'IO', details })
  })

  it.each(['EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EROFS', 'EBADF'])(
    'that is not possible, by %s, makes the evidence weak',
    async (code) => {
      expect(await settleFake({ onSync: failing(code) }).settled).toMatchObject({ isWeak: true })
    },
  )

  it('makes the evidence strong only where a store through a mapping shows', async () => {
    expect(await settleFake({}).settled).toMatchObject({ isWeak: false })
    const type = { name: 'tmpfs', isLocal: true, showsMappedWrites: false }
    expect(await settleFake({ type }).settled).toMatchObject({ isWeak: true })
  })
})

describe('at the end', () => {
  /** Reads a file through a link that is led to a new name of the directory meanwhile: only who opens it anew sees that. */
  async function readMoved(isLocal: boolean): Promise<unknown> {
    const root = mkdtempSync(join(tmpdir(), 'verify-settled-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    const [before, after, path] = ['before', 'after', 'link'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ]
    mkdirSync(before)
    writeFileSync(join(before, 'a'), 'abc')
    symlinkSync(join(before, 'a'), path)
    const { dev } = statSync(root, { bigint: true })
    const type = { name: 'any', isLocal, showsMappedWrites: true }
    const disk = fakeDisk({ type, devices: { [before]: dev } })
    disk.timeNs = 10n ** 20n
    const named = { path, followSymlink: true, barrier: new Barrier([], disk) }
    return await withSettledFile({ ...named, signal: new AbortController().signal }, async () => {
      renameSync(before, after)
      rmSync(path)
      symlinkSync(join(after, 'a'), path)
      return { readBytes: 3, toResult: () => 'read' }
    })
  }

  it('a file of a network is opened anew, one of this machine is not', async () => {
    expect(await readMoved(true)).toBe('read')
    await expect(readMoved(false)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })
})
