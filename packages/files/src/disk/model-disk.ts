/** Room `disk`: looking at, moving and removing files, and only where it is allowed. */

import { constants } from 'node:fs'
import { copyFile, link, lstat, open, rename, rm, rmdir, statfs, unlink } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import {
  errnoOf,
  findFingerprintChanges,
  isMissing,
  kindOf,
  syncDirectory,
  syncHandle,
  toDiskError,
  toFingerprint,
  walkDirectory,
  withDiskErrors,
  withFileErrors,
} from '@catalog/system-calls'
import {
  type FileAtPath,
  type FileKind,
  type Fingerprint,
  type FoundFile,
  type FoundFiles,
  isAnchorPath,
  type ReplaceOptions,
  type UnreadablePath,
} from '@catalog/types'
import { CATALOG_DIRECTORY } from '../paths/own-names.ts'

/** `catalog.json`, and what a repair or an opening kept of an older one. */
const VIEW = /^catalog\.json(?:\.broken-[0-9TZ]+)?$/u

/**
 * All files below the root but the catalog's own; links are listed, not followed. A directory that has a catalog of its own
 * is not looked into.
 */
export async function listFiles(root: string): Promise<FoundFiles> {
  const files: FoundFile[] = []
  const unreadable = new Map<string, string>()
  const onUnreadable = (file: string, errno: string): void => void unreadable.set(join(root, file), errno)
  const options = { isSkipped: isOwn, border: CATALOG_DIRECTORY, onUnreadable }
  for await (const { path: file } of walkDirectory(root, options)) {
    try {
      const found = await findAt(join(root, file))
      // It may have gone since its directory was read.
      if (found !== undefined) files.push({ file, ...found })
    } catch (error) {
      const [path, errno] = findUnreadable(error, root, file)
      unreadable.set(path, errno)
    }
  }
  return {
    files: files.sort((a, b) => (a.file < b.file ? -1 : 1)),
    unreadable: [...unreadable].map(([path, errno]) => ({ path, errno })).sort(byPath),
  }
}

/** A directory whose names may be read and nothing else is told once, and not with each of its files. */
function findUnreadable(error: unknown, root: string, file: string): readonly [path: string, errno: string] {
  const [path, errno] = [join(root, file), errnoOf(error)]
  const isForbidden = errno === 'EACCES' || errno === 'EPERM'
  if (errno === undefined || (isForbidden && dirname(path) === root)) throw toDiskError(error, 'lstat', path)
  return [isForbidden ? dirname(path) : path, errno]
}

function byPath(a: UnreadablePath, b: UnreadablePath): number {
  return a.path < b.path ? -1 : 1
}

function isOwn(file: string): boolean {
  return VIEW.test(file) || file === CATALOG_DIRECTORY || isAnchorPath(basename(file))
}

/** What is at a path, by one `lstat`; undefined if there is nothing. */
export async function lookAt(path: string): Promise<FileAtPath | undefined> {
  return await withDiskErrors('lstat', path, () => findAt(path))
}

/** The same, with errors as the system gives them. */
async function findAt(path: string): Promise<FileAtPath | undefined> {
  try {
    const stats = await lstat(path, { bigint: true })
    return {
      path,
      kind: toFoundKind(kindOf(stats)),
      fingerprint: toFingerprint(stats),
      links: Number(stats.nlink),
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function toFoundKind(kind: FileKind): FoundFile['kind'] {
  if (kind === 'file') return 'file'
  return kind === 'symbolic link' ? 'symlink' : 'other'
}

/** Writes the bytes of a file to disk. */
export async function syncFile(path: string): Promise<void> {
  await withFileErrors('sync', path, () => syncBytes(path))
}

async function syncBytes(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    await syncHandle(handle)
  } finally {
    await handle.close()
  }
}

// What follows changes files, by paths that `withOpened` gives, and lets errors be as the system gives them.

/** Gives a file another name, never over another file: `rename` would, so a second name is made and the first removed. */
export async function moveFile(from: string, to: string): Promise<boolean> {
  if (!(await giveName(from, to))) return false
  await syncDirectory(dirname(to))
  await rm(from, { force: true })
  if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from))
  await syncDirectory(dirname(to))
  return true
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
  if ((await findAt(to)) !== undefined) return false
  await rename(from, to)
  return true
}

async function areSame(first: string, second: string): Promise<boolean> {
  const [a, b] = [await lstat(first, { bigint: true }), await lstat(second, { bigint: true })]
  return a.dev === b.dev && a.ino === b.ino
}

/** Not the directory's own name, and not one that can be moved there: of another kind, or on another file system. */
const IMMOVABLE = ['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EXDEV']

/**
 * Gives a directory another name. `rename` itself refuses a file, a link and a directory that holds anything, so that only an
 * empty one that is made after the look is replaced. With the slash it also refuses a link that was put in place of the directory.
 */
export async function moveDirectory(from: string, to: string, files: readonly string[]): Promise<boolean> {
  if ((await findAt(to)) !== undefined) return false
  try {
    if (!(await holdsOnly(from, files))) return false
    await rename(`${from}${sep}`, to)
  } catch (error) {
    if (IMMOVABLE.includes(errnoOf(error) ?? '')) return false
    throw error
  }
  await syncDirectory(dirname(to))
  if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from))
  return true
}

async function holdsOnly(directory: string, files: readonly string[]): Promise<boolean> {
  const { files: found, unreadable } = await listFiles(directory)
  const paths = found.map(({ file }) => file.split(sep).join('/'))
  return unreadable.length === 0 && paths.every((path) => files.includes(path))
}

/** Removes an empty directory. */
export async function removeDirectory(path: string): Promise<boolean> {
  try {
    await rmdir(path)
  } catch (error) {
    if (isMissing(error) || ['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return false
    throw error
  }
  await syncDirectory(dirname(path))
  return true
}

/** Removes a file that still is the one of this fingerprint. */
export async function removeFile(path: string, expected: Fingerprint): Promise<boolean> {
  if (!(await isStill(path, expected))) return false
  await unlink(path)
  await syncDirectory(dirname(path))
  return true
}

/**
 * Renames a file to `aside`, and puts another name of `source`, or a file that shares its blocks, in its place. What
 * may fail most comes first, and nothing is put over a file: one that another process puts there meanwhile stays.
 */
export async function replaceByCopy(
  path: string,
  source: string,
  { expected, method, aside, prepared }: ReplaceOptions,
): Promise<Fingerprint | undefined> {
  try {
    if (method === 'hard-link') await link(source, prepared)
    else await clone(source, prepared)
    if (!(await setAside(path, aside, expected))) return undefined
    await link(prepared, path)
  } catch (error) {
    await putBack(aside, path)
    throw error
  } finally {
    await rm(prepared, { force: true })
  }
  await syncDirectory(dirname(path))
  return (await findAt(path))?.fingerprint
}

/** Renaming moves whichever file has the name by then, so the moved file is checked again. */
async function setAside(path: string, aside: string, expected: Fingerprint): Promise<boolean> {
  if (!(await isStill(path, expected))) return false
  await rename(path, aside)
  const moved = await findAt(aside)
  const changes = moved && findFingerprintChanges(moved.fingerprint, expected)
  if (changes?.every((field) => field === 'ctimeNs')) return true
  await putBack(aside, path)
  return false
}

async function putBack(aside: string, path: string): Promise<void> {
  if ((await findAt(aside)) !== undefined) await moveFile(aside, path)
}

async function clone(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  await syncBytes(target)
}

/** Bytes that may still be written below a directory. */
export async function measureFreeBytes(root: string): Promise<number> {
  return await withDiskErrors('measure', root, async () => {
    const { bavail, bsize } = await statfs(root)
    return bavail * bsize
  })
}

async function isStill(path: string, expected: Fingerprint): Promise<boolean> {
  const found = await findAt(path)
  return found?.kind === 'file' && findFingerprintChanges(found.fingerprint, expected).length === 0
}
