import { join } from 'node:path'
import { walkDirectory } from '@catalog/system-calls'
import { BUNDLE_NAMES } from '@catalog/types'
import type { Bundle } from './read-bundle.ts'

/** A bundle has none. More of them say nothing new. */
const MAX_UNNAMED = 1000

/**
 * The files of a bundle that no record names, by their paths in it. A record that is not valid names nothing that can be
 * relied on, and an export that was interrupted leaves files of models that it did not come to.
 */
export async function findUnnamed(
  { directory, models, problems, isUnfinished }: Bundle,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (isUnfinished || problems.length > 0) return []
  const named = new Set(models.flatMap(({ files }) => files.map(({ stored }) => stored)))
  const unnamed: string[] = []
  // What cannot be listed cannot be said to be unnamed.
  const options = { signal, onUnreadable: () => undefined }
  for await (const { path } of walkDirectory(join(directory, BUNDLE_NAMES.files), options)) {
    const stored = `${BUNDLE_NAMES.files}/${path}`
    if (!named.has(stored) && !isHidden(path)) unnamed.push(stored)
    if (unnamed.length === MAX_UNNAMED) break
  }
  return unnamed.sort()
}

/** Systems put such files beside others: `.DS_Store`, `._wren.gguf`. */
function isHidden(path: string): boolean {
  return /(?:^|\/)\.[^/]*$/u.test(path)
}
