/** Room `places`: where each tool keeps its models on this machine. */

import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'
import { assertOptions } from '@catalog/types'
import { findLmStudioFolders } from './lm-studio-folder.ts'
import { placesOf } from './places-of.ts'
import type { StorePlace } from './store-place.ts'

/** The machine whose stores are looked for; each default is that of this process. */
export interface FindStoresOptions {
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  readonly platform?: NodeJS.Platform | undefined
  /** The home directory of the user. */
  readonly home?: string | undefined
}

/**
 * The stores of known tools that exist on this machine, by the environment variables and default directories
 * that the tools use on Linux, macOS and Windows, and by the settings of LM Studio. Looks whether the directories
 * exist, and into none of them.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 */
export async function findStores(options: FindStoresOptions = {}): Promise<readonly StorePlace[]> {
  assertOptions<FindStoresOptions>(options, { environment: 'object', platform: 'string', home: 'string' })
  const { environment = process.env, platform = process.platform, home = homedir() } = options
  const paths = platform === 'win32' ? win32 : posix
  const found = new Map<string, StorePlace>()
  const machine = { environment, platform, home, join: paths.join }
  for (const place of [...placesOf(machine), ...(await findLmStudioFolders(machine))]) {
    const path = paths.normalize(place.path)
    if (!paths.isAbsolute(path) || found.has(path) || !(await isDirectory(path))) continue
    found.set(path, { ...place, path })
  }
  return [...found.values()]
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // A place that cannot be examined is not one where models can be read.
    return false
  }
}
