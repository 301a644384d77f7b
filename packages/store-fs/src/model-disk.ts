import { randomUUID } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { copyFile, link, lstat, open, readdir, rename, rm, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CatalogError, type Fingerprint, type FoundFile, type ReplaceOptions } from '@catalog/types'
import { nodeFileSystem } from './disk/node-file-system.ts'
import { errnoOf, toStoreError } from './disk/store-error.ts'

type Found = Omit<FoundFile, 'file'>

/** All files below the root but the catalog's own, ordered by path; links are listed, not followed. */
export async function listFiles(root: string): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = []
  await walk(root, '', found)
  return found.sort((a, b) => (a.file < b.file ? -1 : 1))
}

async function walk(root: string, below: string, found: FoundFile[]): Promise<void> {
  const directory = join(root, below)
  const names = await withStoreErrors('list', directory, () => readNames(directory))
  for (const { name, isDirectory } of names) {
    const file = below === '' ? name : `${below}/${name}`
    if (isOwn(file)) continue
    if (isDirectory) await walk(root, file, found)
    else {
      const entry = await lookAt(join(root, file))
      // It may have gone since its directory was read.
      if (entry !== undefined) found.push({ file, ...entry })
    }
  }
}

async function readNames(directory: string): Promise<readonly { name: string; isDirectory: boolean }[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

function isOwn(file: string): boolean {
  return file === 'catalog.json' || file === '.catalog'
}

/** What is at a path, by one `lstat`; undefined where there is nothing. */
export async function lookAt(path: string): Promise<Found | undefined> {
  try {
    return toFound(path, await lstat(path, { bigint: true }))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toStoreError(error, 'look at', path)
  }
}

function toFound(path: string, stats: BigIntStats): Found {
  return { path, kind: kindOf(stats), fingerprint: toFingerprint(stats), links: Number(stats.nlink) }
}

function kindOf(stats: BigIntStats): FoundFile['kind'] {
  if (stats.isFile()) return 'file'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}

function toFingerprint({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Fingerprint {
  return {
    dev: `${dev}`,
    ino: `${ino}`,
    sizeBytes: Number(size),
    mtimeNs: `${mtimeNs}`,
    ctimeNs: `${ctimeNs}`,
  }
}

/** Makes the directory that a path is in, with its names on disk. */
export async function makeParent(path: string): Promise<void> {
  const directory = dirname(path)
  await withStoreErrors('make', directory, async () => {
    const first = await nodeFileSystem.makeDirectory(directory)
    if (first === undefined) return
    for (let made = directory; made.length >= first.length; made = dirname(made)) {
      await nodeFileSystem.syncDirectory(dirname(made))
    }
  })
}

/** Writes the bytes of a file to disk. */
export async function syncFile(path: string): Promise<void> {
  await withFileErrors('sync', path, async () => {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

/** Gives a file another name, never over another file: `rename` would, so a second name is made and the first removed. */
export async function moveFile(from: string, to: string): Promise<boolean> {
  return await withFileErrors('move', from, async () => {
    if (!(await giveName(from, to))) return false
    await nodeFileSystem.syncDirectory(dirname(to))
    await rm(from, { force: true })
    if (dirname(from) !== dirname(to)) await nodeFileSystem.syncDirectory(dirname(from))
    await nodeFileSystem.syncDirectory(dirname(to))
    return true
  })
}

async function giveName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    // A crash between the two steps left both names of the one file.
    if (errnoOf(error) === 'EEXIST') return await areSame(from, to)
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error
  }
  // A file system without hard links.
  if ((await lookAt(to)) !== undefined) return false
  await rename(from, to)
  return true
}

async function areSame(first: string, second: string): Promise<boolean> {
  const [a, b] = [await lookAt(first), await lookAt(second)]
  if (a === undefined) throw new CatalogError('FILE_MISSING', `no file at ${first}`, { path: first })
  return a.fingerprint.dev === b?.fingerprint.dev && a.fingerprint.ino === b.fingerprint.ino
}

/** Removes a file that still is the one of this fingerprint. */
export async function removeFile(path: string, expected: Fingerprint): Promise<boolean> {
  if (!(await isStill(path, expected))) return false
  return await withStoreErrors('remove', path, async () => {
    await unlink(path)
    await nodeFileSystem.syncDirectory(dirname(path))
    return true
  })
}

/** Puts another name of `source`, or a file that shares its blocks, in the place of a file, in one step. */
export async function replaceByCopy(
  path: string,
  source: string,
  { expected, method }: ReplaceOptions,
): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    return await withStoreErrors('replace', path, async () => {
      if (method === 'hard-link') await link(source, temporary)
      else await clone(source, temporary)
      if (!(await isStill(path, expected))) return false
      await rename(temporary, path)
      await nodeFileSystem.syncDirectory(dirname(path))
      return true
    })
  } finally {
    // `rename` of two names of one file does nothing and leaves both.
    await rm(temporary, { force: true })
  }
}

async function clone(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  await syncFile(target)
}

/** Bytes that may still be written below a directory. */
export async function measureFreeBytes(root: string): Promise<number> {
  return await withStoreErrors('measure', root, async () => {
    const { bavail, bsize } = await statfs(root)
    return bavail * bsize
  })
}

async function isStill(path: string, expected: Fingerprint): Promise<boolean> {
  const found = await lookAt(path)
  if (found === undefined || found.kind !== 'file') return false
  const fields = ['dev', 'ino', 'sizeBytes', 'mtimeNs', 'ctimeNs'] as const
  return fields.every((field) => found.fingerprint[field] === expected[field])
}

function isMissing(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR'
}

async function withStoreErrors<T>(operation: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw toStoreError(error, operation, path)
  }
}

/** The same, where a file has to be there. */
async function withFileErrors<T>(operation: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (isMissing(error)) {
      throw new CatalogError('FILE_MISSING', `no file at ${path}`, { path }, { cause: error })
    }
    throw toStoreError(error, operation, path)
  }
}
