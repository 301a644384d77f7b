import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CONDITION = '@catalog/source'

/** A target of `exports`: a file, or targets by condition. */
type Target = string | { readonly [condition: string]: Target }

interface Manifest {
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, Target>>
}

/** The directories of the packages that are published, below the repository. */
export function listPublicPackages(): string[] {
  const directories = readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}`)
  return directories.filter((directory) => readManifest(directory).private !== true)
}

/** The sources that a package's `exports` lead to, below the package. */
export function listEntryPoints(directory: string): string[] {
  const targets = Object.values(readManifest(directory).exports ?? {})
  return targets.flatMap((target) => (typeof target === 'string' ? [] : listFiles(target[CONDITION])))
}

function listFiles(target: Target | undefined): string[] {
  if (target === undefined) return []
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(listFiles)
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, directory, 'package.json'), 'utf8'))
}
