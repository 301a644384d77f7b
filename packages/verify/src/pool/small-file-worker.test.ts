import fs from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { toFingerprint } from '@catalog/system-calls'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { VolumeStamp } from '../barrier/volume-clock.ts'
import type { SmallFileResult } from './hash-protocol.ts'
import { createSmallFileDigester } from './small-file-worker.ts'

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const require = createRequire(import.meta.url)

function createModel(content = 'abc'): string {
  const directory = fs.mkdtempSync(join(tmpdir(), 'verify-small-'))
  onTestFinished(() => {
    fs.rmSync(directory, { recursive: true, force: true })
    fs.rmSync(`${directory}.away`, { recursive: true, force: true })
  })
  const path = join(directory, 'model.gguf')
  fs.writeFileSync(path, content)
  return path
}

interface Digesting {
  readonly maxBytes?: number
  readonly expectedSizeBytes?: number
  readonly stamps?: readonly VolumeStamp[]
  /** Calls of the file system that do something else. */
  readonly calls?: Partial<typeof fs>
}

/** After all changes that the tests make. */
const LATER_NS = 10n ** 20n

/** That files of the volume with a ctime before this one are settled. */
function stampOf(path: string, stampNs: bigint, isLocal = true): VolumeStamp {
  return { dev: fs.statSync(path, { bigint: true }).dev, stampNs, isLocal }
}

function digest(path: string, { calls, ...request }: Digesting = {}): SmallFileResult {
  // Without the direct reading, so that the calls which a test looks at are those of the content.
  const constants = { ...fs.constants, O_DIRECT: undefined }
  const load = (name: string): unknown =>
    name === 'node:fs' ? { ...fs, constants, ...calls } : require(name)
  const defaults = {
    maxBytes: 1_000_000,
    expectedSizeBytes: undefined,
    stamps: [stampOf(path, LATER_NS)],
  }
  const digester = createSmallFileDigester(load as NodeJS.Require, ['EINVAL'])
  return digester.digest({ id: 1, path, ...defaults, ...request })
}

/** Does something just before, or just after, the first read of the content. */
function atFirstRead(run: () => void, when: 'before' | 'after'): Partial<typeof fs> {
  let isDone = false
  const readSync = (...args: Parameters<typeof fs.readSync>): number => {
    const isFirst = !isDone
    isDone = true
    if (isFirst && when === 'before') run()
    const count = fs.readSync(...args)
    if (isFirst && when === 'after') run()
    return count
  }
  return { readSync: readSync as typeof fs.readSync }
}

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: failed`), { code })
  }
}

/** The ctime must be another one then, for which the caller of the worker has waited. */
function overwriteKeepingTimes(path: string): void {
  const { atime, mtime, ctimeNs } = fs.statSync(path, { bigint: true })
  do {
    fs.writeFileSync(path, 'xyz')
    fs.utimesSync(path, atime, mtime)
  } while (fs.statSync(path, { bigint: true }).ctimeNs === ctimeNs)
}

function replaceDirectory(path: string): void {
  fs.renameSync(dirname(path), `${dirname(path)}.away`)
  fs.mkdirSync(dirname(path))
  fs.writeFileSync(path, 'abc')
}

function replaceByCopy(path: string): void {
  fs.copyFileSync(path, `${path}.copy`)
  fs.renameSync(`${path}.copy`, path)
}

function replaceByLinkToItself(path: string): void {
  fs.renameSync(path, `${path}.moved`)
  fs.symlinkSync(`${path}.moved`, path)
}

const CHANGES: readonly (readonly [name: string, change: (path: string) => void, field: string])[] = [
  ['appended', (path) => fs.appendFileSync(path, 'more'), 'size'],
  ['truncated', (path) => fs.truncateSync(path, 1), 'size'],
  ['overwritten and its times restored', overwriteKeepingTimes, 'ctimeNs'],
  ['replaced by a copy', replaceByCopy, 'ino'],
  ['replaced with its directory', replaceDirectory, 'ino'],
  ['replaced by a link to itself', replaceByLinkToItself, 'ino'],
  ['deleted', (path) => fs.rmSync(path), 'path'],
]

describe('a small file changed while it is read', () => {
  it.each(CHANGES)('%s before the first byte', (_name, change, field) => {
    const path = createModel()
    const result = digest(path, { calls: atFirstRead(() => change(path), 'before') })
    expect(result).toEqual({ outcome: 'changed', changed: expect.arrayContaining([field]) })
  })

  it.each(CHANGES)('%s after the last byte', (_name, change, field) => {
    const path = createModel()
    const result = digest(path, { calls: atFirstRead(() => change(path), 'after') })
    expect(result).toEqual({ outcome: 'changed', changed: expect.arrayContaining([field]) })
  })

  it('and back again is seen by the number of bytes that were read', () => {
    const path = createModel()
    const readSync = () => 0
    expect(digest(path, { calls: { readSync: readSync as typeof fs.readSync } })).toEqual({
      outcome: 'changed',
      changed: ['size'],
    })
  })

  it('reports the change that the descriptor shows if the path shows none', () => {
    const path = createModel()
    const result = digest(path, { calls: atFirstRead(() => fs.rmSync(path), 'after') })
    expect(result).toEqual({ outcome: 'changed', changed: ['path', 'ctimeNs'] })
  })

  it.skipIf(lacks('proc'))('or holds more than its size, as files of the kernel do', () => {
    expect(digest('/proc/cpuinfo')).toEqual({ outcome: 'changed', changed: ['size'] })
  })

  it('names nothing twice', () => {
    const path = createModel()
    const result = digest(path, { calls: atFirstRead(() => fs.truncateSync(path, 1), 'before') })
    const { changed } = result as { changed: readonly string[] }
    expect(new Set(changed).size).toBe(changed.length)
  })
})

describe('a small file', () => {
  it('is digested, with its fingerprint', () => {
    const path = createModel()
    const fingerprint = toFingerprint(fs.statSync(path, { bigint: true }))
    expect(digest(path)).toEqual({ outcome: 'digested', digest: ABC, fingerprint, isSynced: true })
  })

  it('goes on where a read gave less than asked', () => {
    const one = (fd: number, piece: Uint8Array, offset: number, _length: number, position: number) =>
      fs.readSync(fd, piece, offset, 1, position)
    const calls = { readSync: one as typeof fs.readSync }
    expect(digest(createModel(), { calls })).toMatchObject({ outcome: 'digested', digest: ABC })
  })

  it('is not read unless its volume is known to have gone beyond its ctime', () => {
    const path = createModel()
    const { dev, ctimeNs } = fs.statSync(path, { bigint: true })
    const fresh = { outcome: 'fresh', dev, ctimeNs }
    expect(digest(path, { stamps: [] })).toEqual(fresh)
    expect(digest(path, { stamps: [stampOf(path, ctimeNs)] })).toEqual(fresh)
    expect(digest(path, { stamps: [{ dev: dev + 1n, stampNs: LATER_NS, isLocal: true }] })).toEqual(fresh)
    expect(digest(path, { stamps: [stampOf(path, ctimeNs + 1n)] })).toMatchObject({ outcome: 'digested' })
  })

  it.skipIf(fs.constants.O_DIRECT === undefined)(
    'waits for a write that is under way before it is synced',
    () => {
      const done: string[] = []
      const { O_DIRECT } = fs.constants
      const openSync = (path: string, flags: number): number => {
        done.push((flags & O_DIRECT) === 0 ? 'open' : 'open for direct reading')
        return fs.openSync(path, flags)
      }
      const fsyncSync = (fd: number): void => {
        done.push('sync')
        fs.fsyncSync(fd)
      }
      const calls = { constants: fs.constants, openSync, fsyncSync } as Partial<typeof fs>
      expect(digest(createModel(), { calls })).toMatchObject({ outcome: 'digested' })
      expect(done).toEqual(['open', 'open for direct reading', 'sync'])
    },
  )

  it('is synced after it was found settled and before it is read', () => {
    const order: string[] = []
    const noting = <K extends 'lstatSync' | 'fsyncSync' | 'readSync'>(name: K) => ({
      [name]: (...args: unknown[]) => {
        order.push(name)
        return (fs[name] as (...args: unknown[]) => unknown)(...args)
      },
    })
    digest(createModel(), {
      calls: { ...noting('lstatSync'), ...noting('fsyncSync'), ...noting('readSync') },
    })
    expect(order.slice(0, 3)).toEqual(['lstatSync', 'fsyncSync', 'readSync'])
    expect(order.at(-1)).toBe('lstatSync')
  })

  it('that the sync changes is left to the caller', () => {
    const path = createModel()
    const fsyncSync = () => fs.appendFileSync(path, 'late')
    expect(digest(path, { calls: { fsyncSync } })).toEqual({ outcome: 'declined' })
  })

  it('that cannot be synced is digested, which is told', () => {
    const calls = { fsyncSync: failing('EINVAL') }
    expect(digest(createModel(), { calls })).toMatchObject({ outcome: 'digested', isSynced: false })
  })

  it('of a network is opened anew at the end, and what that shows counts', () => {
    const path = createModel()
    const opened: unknown[] = []
    const openSync = (target: fs.PathLike, flags: fs.OpenMode) => {
      opened.push(target)
      if (opened.length === 2) fs.appendFileSync(path, 'more')
      return fs.openSync(target, flags)
    }
    const stamps = [stampOf(path, LATER_NS, false)]
    const changed = expect.arrayContaining(['size'])
    expect(digest(path, { stamps, calls: { openSync } })).toEqual({ outcome: 'changed', changed })
    expect(digest(path, { stamps })).toMatchObject({ outcome: 'digested' })
  })
})

describe('what is left to the caller', () => {
  it.each([
    ['a larger file', { maxBytes: 2 }],
    ['another size than expected', { expectedSizeBytes: 4 }],
  ])('%s, unread', (_name, request) => {
    const calls = { openSync: failing('EUNEXPECTED') }
    expect(digest(createModel(), { ...request, calls })).toEqual({ outcome: 'declined' })
  })

  it('a link, and what is not a regular file, unopened', () => {
    const path = createModel()
    fs.symlinkSync(path, `${path}.link`)
    const calls = { openSync: failing('EUNEXPECTED') }
    expect(digest(`${path}.link`, { calls })).toEqual({ outcome: 'declined' })
    expect(digest(dirname(path), { calls })).toEqual({ outcome: 'declined' })
    expect(digest('/dev/zero', { calls })).toEqual({ outcome: 'declined' })
  })

  it('never what a link leads to, nor a wait for a writer', () => {
    const opened: fs.OpenMode[] = []
    const openSync = (path: fs.PathLike, flags: fs.OpenMode) => {
      opened.push(flags)
      return fs.openSync(path, flags)
    }
    digest(createModel(), { calls: { openSync } })
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = fs.constants
    expect(opened).toEqual([O_RDONLY | O_NONBLOCK | O_NOFOLLOW])
  })

  it('a name that became a link, or another file, between the look at it and the opening', () => {
    const path = createModel()
    const openAfter = (change: () => void) => (target: fs.PathLike, flags: fs.OpenMode) => {
      change()
      return fs.openSync(target, flags)
    }
    const replaced = { openSync: openAfter(() => replaceByCopy(path)) }
    expect(digest(path, { calls: replaced })).toEqual({ outcome: 'declined' })
    const linked = { openSync: openAfter(() => replaceByLinkToItself(path)) }
    expect(digest(path, { calls: linked })).toEqual({ outcome: 'declined' })
  })
})

describe('a failing call', () => {
  it.each([
    ['lstat', 'lstatSync', 'EACCES'],
    ['open', 'openSync', 'EMFILE'],
    ['fsync', 'fsyncSync', 'EIO'],
    ['fstat', 'fstatSync', 'EIO'],
    ['read', 'readSync', 'EIO'],
  ] as const)('%s is told, and the file is closed', (operation, call, code) => {
    const closed: number[] = []
    const opened: number[] = []
    const calls = {
      openSync: (path: fs.PathLike, flags: fs.OpenMode) => {
        opened.push(fs.openSync(path, flags))
        return opened.at(-1) ?? 0
      },
      closeSync: (fd: number) => {
        closed.push(fd)
        fs.closeSync(fd)
      },
      [call]: failing(code),
    }
    const message = `${code}: failed`
    expect(digest(createModel(), { calls })).toEqual({ outcome: 'failed', operation, code, message })
    expect(closed).toEqual(opened)
  })
})
