import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf } from './disk-error.ts'
import { syncHandle } from './sync-handle.ts'

/**
 * Makes a directory and its missing parents; the first of them that had to be made, or undefined. Node's own recursive
 * mkdir never ends where a directory exists and nothing can be made in it, as in /proc.
 */
export async function makeDirectory(path: string): Promise<string | undefined> {
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
    await mkdir(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return false
    throw error
  }
}

/** Afterwards the names in the directory survive a power cut. Windows cannot sync one; NTFS journals the names itself. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await syncHandle(handle)
  } finally {
    await handle.close()
  }
}
