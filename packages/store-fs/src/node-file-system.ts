import fs from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { FileSystem, OpenFile, OpenMode } from './file-system.ts'
import { errnoOf } from './store-error.ts'

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants
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
}

// O_NONBLOCK: a FIFO planted in place of a file would hang the opening for ever.
async function openFile(path: string, mode: OpenMode): Promise<OpenFile> {
  const handle = await fs.promises.open(path, FLAGS[mode] | O_NOFOLLOW | O_NONBLOCK, 0o666)
  const { fd } = handle
  if (!fs.fstatSync(fd).isFile()) {
    await handle.close()
    throw Object.assign(new Error(`not a regular file: ${path}`), { code: 'EFTYPE', path })
  }
  return {
    size: () => fs.fstatSync(fd).size,
    read: (buffer, position) => fs.readSync(fd, buffer, 0, buffer.length, position),
    append: (bytes) => fs.writeSync(fd, bytes),
    sync: () => fdatasync(fd),
    close: () => handle.close(),
  }
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
