import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { promisify } from 'node:util'
import { errnoOf, kindOf, makeDirectory, syncDirectory, toFingerprint, writeAt } from '@catalog/system-calls'
import type { FileKind, Fingerprint } from '@catalog/types'
import type { FileSystem, OpenFile, OpenMode } from './file-system.ts'
import {
  inheritDirectories,
  inheritFromDirectory,
  inheritFromReplaced,
  modeOfNewFile,
} from './inherited-access.ts'
import { openIfPresent } from './read-file.ts'
import { createNotRegular, createReplaced } from './store-error.ts'
import { watchDirectory } from './watch-directory.ts'

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants
// Windows has neither the flag nor links that need no right to make.
const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0
const O_NONBLOCK = fs.constants.O_NONBLOCK ?? 0

const FLAGS: Readonly<Record<Exclude<OpenMode, 'create'>, number>> = {
  read: O_RDONLY,
  append: O_RDWR | O_APPEND,
  'create-new': O_RDWR | O_APPEND | O_CREAT | O_EXCL,
}

/** From here on a read goes through the thread pool: what is read in such pieces is worked on for longer than that takes. */
const LONG_READ_BYTES = 1 << 16

const fdatasync = promisify(fs.fdatasync)

/**
 * The disk of this machine. What the page cache answers (`fstat`, reads behind the writer, appends) is called
 * synchronously, which takes far less time than a round trip to the thread pool; what waits for the
 * disk, or is long, is not.
 */
export const nodeFileSystem: FileSystem = {
  open: openFile,
  async makeDirectory(path) {
    const first = await makeDirectory(path)
    if (first !== undefined) await inheritDirectories(first, path).catch(ignore)
    return first
  },
  list: (path) => fs.promises.readdir(path),
  link: (from, to) => fs.promises.link(from, to),
  async rename(from, to) {
    await inheritFromReplaced(from, to).catch(ignore)
    await fs.promises.rename(from, to)
  },
  remove: (path) => fs.promises.rm(path),
  async ageMs(path) {
    return Date.now() - (await fs.promises.lstat(path)).mtimeMs
  },
  syncDirectory,
  watchDirectory,
  kindOf: kindAt,
  fingerprintOf,
  async typeOf(path) {
    return (await fs.promises.statfs(path)).type
  },
}

/** A file whose access rights cannot be set stays usable to the process that made it. */
function ignore(): void {}

// O_NONBLOCK: a FIFO planted in place of a file would hang the opening for ever.
async function openFile(path: string, mode: OpenMode): Promise<OpenFile> {
  if (mode === 'create') return await openOrCreate(path)
  const handle = await openHandle(path, FLAGS[mode] | O_NOFOLLOW | O_NONBLOCK)
  if (mode === 'create-new') await inheritFromDirectory(handle, path).catch(ignore)
  const { fd } = handle
  const opened = fs.fstatSync(fd)
  if (!opened.isFile()) {
    await handle.close()
    throw createNotRegular(path, kindOf(opened))
  }
  return {
    status: () => fs.fstatSync(fd),
    isNamed: () => isSameFile(fs.lstatSync(path, { throwIfNoEntry: false }), opened),
    read: (buffer, position) =>
      buffer.length < LONG_READ_BYTES
        ? fs.readSync(fd, buffer, 0, buffer.length, position)
        : handle.read(buffer, 0, buffer.length, position).then(({ bytesRead }) => bytesRead),
    append: (bytes) => fs.writeSync(fd, bytes),
    rewrite: (bytes, position) => rewrite(path, opened, bytes, position),
    sync: () => fdatasync(fd),
    close: () => handle.close(),
  }
}

/** Made under another name: no other process meets it before it has its mode. */
async function openOrCreate(path: string): Promise<OpenFile> {
  for (;;) {
    const file = await openIfPresent(nodeFileSystem, path, 'append')
    if (file !== undefined) return file
    await createEmpty(path, `${path}-${randomUUID()}.tmp`)
  }
}

async function createEmpty(path: string, temporary: string): Promise<void> {
  const file = await openFile(temporary, 'create-new')
  try {
    await file.close()
    await fs.promises.link(temporary, path)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  } finally {
    await fs.promises.rm(temporary, { force: true })
  }
}

/** By a descriptor of its own: with O_APPEND Linux puts every write at the end and ignores its position. */
async function rewrite(path: string, opened: fs.Stats, bytes: Uint8Array, position: number): Promise<void> {
  const handle = await openHandle(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    if (!isSameFile(await handle.stat(), opened)) throw createReplaced(path)
    const write = async (rest: Uint8Array, at: number): Promise<number> =>
      (await handle.write(rest, 0, rest.length, at)).bytesWritten
    await writeAt(write, position, bytes)
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
    return await fs.promises.open(
      path,
      flags,
      (flags & O_CREAT) === 0 ? undefined : await modeOfNewFile(path),
    )
  } catch (cause) {
    // ELOOP: a link; ENXIO: a socket, or a pipe without a reader; EISDIR: a directory.
    if (!['ELOOP', 'ENXIO', 'EISDIR'].includes(errnoOf(cause) ?? '')) throw cause
    const kind = await kindAt(path)
    if (kind === undefined || kind === 'file') throw cause
    throw createNotRegular(path, kind, { cause })
  }
}

async function kindAt(path: string): Promise<FileKind | undefined> {
  try {
    return kindOf(await fs.promises.lstat(path))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function fingerprintOf(path: string): Promise<Fingerprint | undefined> {
  try {
    return toFingerprint(await fs.promises.lstat(path, { bigint: true }))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
