import fs from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it, onTestFinished } from 'vitest'
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
  readonly settledMs?: number
  readonly settledCtimeNs?: string
  /** Calls of the file system that do something else. */
  readonly calls?: Partial<typeof fs>
}

function digest(path: string, { calls, ...request }: Digesting = {}): SmallFileResult {
  const load = (name: string): unknown => (name === 'node:fs' ? { ...fs, ...calls } : require(name))
  const defaults = {
    maxBytes: 1_000_000,
    expectedSizeBytes: undefined,
    settledMs: 0,
    settledCtimeNs: undefined,
  }
  const digester = createSmallFileDigester(load as NodeJS.Require)
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

/** Waits until a change must give another ctime, as the caller of the worker does. */
function overwriteKeepingTimes(path: string): void {
  const { atime, mtime, ctimeNs } = fs.statSync(path, { bigint: true })
  while (Date.now() - Number(ctimeNs / 1_000_000n) < 20);
  fs.writeFileSync(path, 'xyz')
  fs.utimesSync(path, atime, mtime)
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

  it('tells what the descriptor shows where the path shows nothing', () => {
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
    const { dev, ino, mtimeNs, ctimeNs } = fs.statSync(path, { bigint: true })
    const times = { mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs) }
    const fingerprint = { dev: String(dev), ino: String(ino), sizeBytes: 3, ...times }
    expect(digest(path)).toEqual({ outcome: 'digested', digest: ABC, fingerprint })
  })

  it('goes on where a read gave less than asked', () => {
    const one = (fd: number, piece: Uint8Array, offset: number, _length: number, position: number) =>
      fs.readSync(fd, piece, offset, 1, position)
    const calls = { readSync: one as typeof fs.readSync }
    expect(digest(createModel(), { calls })).toMatchObject({ outcome: 'digested', digest: ABC })
  })

  it('that was just changed is not read, unless that change was waited for', () => {
    const path = createModel()
    const ctimeNs = String(fs.statSync(path, { bigint: true }).ctimeNs)
    const settledMs = 60_000
    expect(digest(path, { settledMs })).toEqual({ outcome: 'fresh', ctimeNs })
    expect(digest(path, { settledMs, settledCtimeNs: ctimeNs })).toMatchObject({ outcome: 'digested' })
    expect(digest(path, { settledMs, settledCtimeNs: '1' })).toEqual({ outcome: 'fresh', ctimeNs })
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

  it('a link, and what is no regular file, unopened', () => {
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
