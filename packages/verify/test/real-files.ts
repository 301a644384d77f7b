import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Beside the repository, not in it: they are other people's.
const DIRECTORY = new URL('../../../../shared/data/', import.meta.url)

/** A real model file to try things on; undefined, and said aloud, where it is not there. */
export function realFile(name: string): string | undefined {
  const path = fileURLToPath(new URL(name, DIRECTORY))
  if (existsSync(path)) return path
  console.warn(`SKIPPED: there is no real file ${name} in ../shared/data`)
  return undefined
}
