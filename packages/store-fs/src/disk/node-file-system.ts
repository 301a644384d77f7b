import fs from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Fingerprint } from '@catalog/types'
import type { FileKind, FileSystem, OpenFile, OpenMode } from './file-system.ts'
import { createNotRegular, createReplaced, errnoOf } from './store-error.ts'
import { watchDirectory } from './watch-directory.ts'

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants
// Windows has neither the flag nor links that need no right to make.
const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0
const O_NONBLOCK = fs.constants.O_NONBLOCK ?? 0

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  append: O_RDWR | O_APPEND,
  create: O_RDWR | O_APPEND | O_CREAT,
  'create-new': O_RDWR | O_APPEND | O_CREAT | O_EXCL,
}

const fdatasync = promisify(fs.fdatasync)

/**
 * The disk of this machine. What the page cache answers (`fstat`, reads behind the writer, appends) is called
 * synchronously, which is some twenty times quicker than a round trip to the thread pool; what waits for the
 * disk is not.
 */
export const nodeFileSystem: FileSystem = {
  open: openFile,
  makeDirectory,
  list: (path) => fs.promises.readdir(path),
  link: (from, to) => fs.promises.link(from, to),
  rename: (from, to) => fs.promises.rename(from, to),
  remove: (path) => fs.promises.rm(path),
  async ageMs(path) {
    return Date.now() - (await fs.promises.lstat(path)).mtimeMs
  },
  syncDirectory,
  watchDirectory,
  kindOf,
  fingerprintOf,
  async typeOf(path) {
    return (await fs.promises.statfs(path)).type
  },
}

// O_NONBLOCK: a FIFO planted in place of a file would hang the opening for ever.
async function openFile(path: string, mode: OpenMode): Promise<OpenFile> {
  const handle = await openHandle(path, FLAGS[mode] | O_NOFOLLOW | O_NONBLOCK)
  const { fd } = handle
  const opened = fs.fstatSync(fd)
  if (!opened.isFile()) {
    await handle.close()
    throw createNotRegular(path, kindOfStats(opened))
  }
  return {
    status: () => fs.fstatSync(fd),
    isNamed: () => isSameFile(fs.lstatSync(path, { throwIfNoEntry: false }), opened),
    read: (buffer, position) => fs.readSync(fd, buffer, 0, buffer.length, position),
    append: (bytes) => fs.writeSync(fd, bytes),
    rewrite: (bytes, position) => rewrite(path, opened, bytes, position),
    sync: () => fdatasync(fd),
    close: () => handle.close(),
  }
}

/** By a descriptor of its own: with O_APPEND Linux puts every write at the end, whatever its position. */
async function rewrite(path: string, opened: fs.Stats, bytes: Uint8Array, position: number): Promise<void> {
  const handle = await openHandle(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    if (!isSameFile(await handle.stat(), opened)) throw createReplaced(path)
    for (let written = 0; written < bytes.length; ) {
      written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten
    }
  } finally {
    await handle.close()
  }
}

function isSameFile(found: fs.Stats | undefined, opened: fs.Stats): boolean {
  return found !== undefined && found.ino === opened.ino && found.dev === opened.dev
}

/** NOT_A_REGULAR_FILE where a link, a socket or a directory is why it cannot be opened. */
async function openHandle(path: string, flags: number): Promise<fs.promises.FileHandle> {
  try {
    return await fs.promises.open(path, flags, 0o666)
  } catch (cause) {
    // ELOOP: a link; ENXIO: a socket or a pipe that nobody reads; EISDIR: a directory.
    if (!['ELOOP', 'ENXIO', 'EISDIR'].includes(errnoOf(cause) ?? '')) throw cause
    const kind = await kindOf(path)
    if (kind === undefined || kind === 'file') throw cause
    throw createNotRegular(path, kind, { cause })
  }
}

async function kindOf(path: string): Promise<FileKind | undefined> {
  try {
    return kindOfStats(await fs.promises.lstat(path))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function fingerprintOf(path: string): Promise<Fingerprint | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await fs.promises.lstat(path, { bigint: true })
    return {
      dev: `${dev}`,
      ino: `${ino}`,
      sizeBytes: Number(size),
      mtimeNs: `${mtimeNs}`,
      ctimeNs: `${ctimeNs}`,
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function kindOfStats(stats: fs.Stats): FileKind {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symbolic link'
  if (stats.isFIFO()) return 'fifo'
  return stats.isSocket() ? 'socket' : 'device'
}

// Node's own recursive mkdir never ends where a directory exists and nothing can be made in it, as in /proc.
async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    return (await makeOneDirectory(path)) ? path : undefined
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error
  }
  const first = await makeDirectory(dirname(path))
  return (await makeOneDirectory(path)) ? (first ?? path) : first
}

/** Whether it had to be made. */
async function makeOneDirectory(path: string): Promise<boolean> {
  try {
    await fs.promises.mkdir(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await fs.promises.stat(path)).isDirectory()) return false
    throw error
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot sync a directory; NTFS journals the names itself.
  if (process.platform === 'win32') return
  const handle = await fs.promises.open(path, O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
