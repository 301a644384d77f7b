// The packages that are published, as their package.json files say.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CONDITION = '@catalog/source'

export interface PublicPackage {
  readonly name: string
  readonly version: string
  /** From the top of the tree. */
  readonly directory: string
  /** Which of the published packages it depends on, also as peers. */
  readonly uses: readonly string[]
}

/** A target of `exports`: a file, or targets by condition. */
type Target = string | { readonly [condition: string]: Target }

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, Target>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Reads every package of a tree that is not private. */
export function readPublicPackages(tree: string): readonly PublicPackage[] {
  const directories = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(tree, parent)).map((name) => join(parent, name)),
  )
  const found = directories
    .map((directory) => ({ directory, manifest: readPackageJson(join(tree, directory)) }))
    .filter(({ manifest }) => manifest.private !== true)
  const names = new Set(found.map(({ manifest }) => manifest.name))
  return found.map(({ directory, manifest: { name, version, dependencies, peerDependencies } }) => ({
    name,
    version,
    directory,
    uses: Object.keys({ ...dependencies, ...peerDependencies }).filter((each) => names.has(each)),
  }))
}

/** The names of a package and of all that use it, also by way of others. */
export function findDependents(packages: readonly PublicPackage[], name: string): ReadonlySet<string> {
  const found = new Set([name])
  for (let before = 0; before < found.size; ) {
    before = found.size
    for (const each of packages) if (each.uses.some((used) => found.has(used))) found.add(each.name)
  }
  return found
}

/** The directories of the published libraries, below the repository: of an app, only the program is for others. */
export function listPublicPackages(): string[] {
  const directories = readPublicPackages(ROOT).map(({ directory }) => directory)
  return directories.filter((directory) => directory.startsWith('packages'))
}

/** The sources that a package's `exports` lead to, below the package. */
export function listEntryPoints(directory: string): string[] {
  const targets = Object.values(readPackageJson(join(ROOT, directory)).exports ?? {})
  return targets.flatMap((target) => (typeof target === 'string' ? [] : listFiles(target[CONDITION])))
}

function listFiles(target: Target | undefined): string[] {
  if (target === undefined) return []
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(listFiles)
}

function readPackageJson(directory: string): PackageJson {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}
