import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoOf, isMissing, syncDirectory } from '@catalog/system-calls'
import type { WriteGuard } from './write-guard.ts'

/** A directory that stays the same one even if the names that lead to it change. */
interface OpenedDirectory {
  /** What leads to it while it is open. */
  readonly acting: string
  /** Where it really is. */
  readonly real: string
  close(): Promise<void>
}

/**
 * Runs what changes files with other paths for them, which lead to the very directories that the guard has allowed:
 * another process may exchange a directory on the way for a link meanwhile. On Linux these lead through open
 * descriptors. Elsewhere they are the real paths, which hold no link when they are looked at.
 */
export async function withOpened<T>(
  paths: readonly string[],
  guard: Pick<WriteGuard, 'assertWritable'>,
  run: (...acting: string[]) => Promise<T>,
): Promise<T> {
  const opened = new Map<string, OpenedDirectory>()
  try {
    const acting: string[] = []
    for (const path of paths) {
      const directory = opened.get(dirname(path)) ?? (await openDirectory(dirname(path)))
      opened.set(dirname(path), directory)
      await guard.assertWritable(path, directory.real)
      acting.push(join(directory.acting, basename(path)))
    }
    return await run(...acting)
  } catch (error) {
    for (const [path, { acting }] of opened) namePath(error, acting, path)
    throw error
  } finally {
    for (const directory of opened.values()) await directory.close()
  }
}

/** Makes a directory and its missing parents, each in the very directory that the guard has allowed, with their names on disk. */
export async function makeOpened(path: string, guard: Pick<WriteGuard, 'assertWritable'>): Promise<void> {
  await (await openMade(path, guard)).close()
}

async function openMade(path: string, guard: Pick<WriteGuard, 'assertWritable'>): Promise<OpenedDirectory> {
  try {
    return await openDirectory(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error
  }
  const parent = await openMade(dirname(path), guard)
  try {
    await guard.assertWritable(path, parent.real)
    const acting = join(parent.acting, basename(path))
    if (await makeOne(acting)) await syncDirectory(parent.acting)
    // Of another process, if it was made meanwhile: what is in it is asked for anew.
    return await openDirectory(acting)
  } catch (error) {
    namePath(error, parent.acting, dirname(path))
    throw error
  } finally {
    await parent.close()
  }
}

async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

async function openDirectory(path: string): Promise<OpenedDirectory> {
  if (process.platform !== 'linux') return await findDirectory(path)
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    return await toOpened(handle, path)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function toOpened(handle: FileHandle, path: string): Promise<OpenedDirectory> {
  const acting = `/proc/self/fd/${handle.fd}`
  try {
    return { acting, real: await readlink(acting), close: () => handle.close() }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  // Without /proc.
  await handle.close()
  return await findDirectory(path)
}

async function findDirectory(path: string): Promise<OpenedDirectory> {
  const real = await realpath(path)
  return { acting: real, real, close: async () => undefined }
}

/** An error of the system names the path that the caller knows, and not a descriptor. */
function namePath(error: unknown, acting: string, path: string): void {
  if (errnoOf(error) === undefined || !(error instanceof Error)) return
  const named: unknown = Reflect.get(error, 'path')
  if (typeof named !== 'string' || (named !== acting && !named.startsWith(`${acting}/`))) return
  Reflect.set(error, 'path', `${path}${named.slice(acting.length)}`)
}
