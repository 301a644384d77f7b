/** Room `disk`: writing so that nothing half-written has the final name, and nothing of another store is touched. */

import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isMissing, toDiskError } from '@catalog/system-calls'
import { createInvalidInput } from '@catalog/types'

/** What is beside `blobs` in the stores of Ollama, the hub, OCI and others. */
const BESIDE_BLOBS = ['manifests', 'snapshots', 'refs', 'oci-layout', 'index.json', 'models.json']

/**
 * INVALID_INPUT if a path is below a directory that is a catalog's root or a store of another tool: what is written there
 * would be taken for a part of it. The path itself, and directories above it, need not exist.
 */
export async function assertOutsideStores(path: string): Promise<void> {
  let directory = await findRealDirectory(dirname(path))
  for (;;) {
    const store = await describeStore(directory)
    if (store !== undefined) {
      throw createInvalidInput([{ field: 'path', problem: `is inside ${directory}, ${store}` }])
    }
    if (dirname(directory) === directory) return
    directory = dirname(directory)
  }
}

/** The real path of the nearest directory that exists. */
async function findRealDirectory(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw toDiskError(error, 'look at', path)
    return await findRealDirectory(dirname(path))
  }
}

async function describeStore(directory: string): Promise<string | undefined> {
  if (await exists(join(directory, '.catalog'))) return 'the root of a catalog'
  if (/^(?:models|datasets|spaces)--./u.test(basename(directory))) return 'a repository of a hub'
  if (basename(directory) === 'hub' && basename(dirname(directory)) === 'huggingface') {
    return 'the cache of a hub'
  }
  if (!(await exists(join(directory, 'blobs')))) return undefined
  for (const name of BESIDE_BLOBS) {
    if (await exists(join(directory, name))) return 'a store of another tool'
  }
  return undefined
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw toDiskError(error, 'look at', path)
  }
}
