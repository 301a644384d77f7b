/** Room `layouts`: directories that the runtimes of other tools read. */

import { mkdir, rename, rm, rmdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMissing, makeDirectory, syncDirectory, toDiskError } from '@catalog/system-calls'
import { temporaryName, writeNewFile } from '../disk/replace-file.ts'
import { type SharedBy, shareFile } from '../disk/share-file.ts'
import type { LayoutPlan, PlannedName } from './layout-plan.ts'

interface BuildOptions {
  readonly signal: AbortSignal | undefined
  /** The last check, when everything is there under a temporary name. */
  readonly beforeRename: () => Promise<void>
}

/** Makes the directory of a plan, in place of an empty one. Nothing is left if it fails. */
export async function buildDirectory(
  directory: string,
  plan: LayoutPlan,
  { signal, beforeRename }: BuildOptions,
): Promise<SharedBy> {
  const temporary = temporaryName(directory)
  try {
    await makeDirectory(dirname(directory))
    await mkdir(temporary)
    const sharedBy = await fill(temporary, plan, signal)
    await beforeRename()
    signal?.throwIfAborted()
    await removeEmpty(directory)
    await rename(temporary, directory)
    await syncDirectory(dirname(directory))
    return sharedBy
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    signal?.throwIfAborted()
    throw toDiskError(error, 'write', directory)
  }
}

async function fill(root: string, { names }: LayoutPlan, signal: AbortSignal | undefined): Promise<SharedBy> {
  const directories = new Set([root])
  let sharedBy: SharedBy = 'reflink'
  for (const name of names) {
    signal?.throwIfAborted()
    const path = join(root, ...name.path.split('/'))
    await makeDirectory(dirname(path))
    for (let each = dirname(path); each !== root; each = dirname(each)) directories.add(each)
    if ((await writeName(path, name, signal)) === 'symlink') sharedBy = 'symlink'
  }
  for (const each of directories) await syncDirectory(each)
  return sharedBy
}

async function writeName(
  path: string,
  name: PlannedName,
  signal: AbortSignal | undefined,
): Promise<SharedBy | undefined> {
  if ('file' in name) return await shareFile(name.file.path, path)
  if ('text' in name) await writeNewFile(path, name.text, signal)
  else await symlink(name.link, path)
  return undefined
}

/** ENOTEMPTY if something was put there meanwhile. */
async function removeEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
