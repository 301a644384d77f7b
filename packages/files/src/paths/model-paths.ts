import { lstat, realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { errnoOf, isMissing, toDiskError } from '@catalog/system-calls'
import { type AllowedLinks, createInvalidInput, type FileReference, type ModelPaths } from '@catalog/types'
import { assertLinksAllowed } from './allowed-links.ts'
import { createLinkedOut, isInside, leavesRoot, type SymlinkPolicy } from './link-policy.ts'
import { assertReachable, findWay, type Way } from './reachable.ts'

/** Further places of model files, and whether they may be symbolic links. */
export interface ModelDirectoryOptions {
  /** Directories that are only read, searched in this order for files that are not in the root. */
  readonly searchRoots?: readonly string[] | undefined
  /** Whether model files may be symbolic links. Default `refuse`. */
  readonly symlinks?: SymlinkPolicy | undefined
  /** Whether nothing may be written anywhere. Default false. */
  readonly readOnly?: boolean | undefined
}

export interface RootedPaths {
  /** Absolute. */
  readonly root: string
  readonly port: ModelPaths
}

/** The places of model files. INVALID_INPUT for options that are none. */
export function createModelPaths(root: string, options: ModelDirectoryOptions): RootedPaths {
  const { searchRoots = [], symlinks = 'refuse' } = options
  assertOptions(searchRoots, symlinks)
  const roots = [root, ...searchRoots].map((path) => resolve(path))
  const [base = ''] = roots
  const known = new WeakMap<FileReference, Places>()
  const placesOf = (reference: FileReference): Places => {
    const places = known.get(reference) ?? findPlaces(reference, roots)
    known.set(reference, places)
    return places
  }
  return {
    root: base,
    port: {
      followsLinks: (reference) => symlinks !== 'refuse' || linksOf(reference) !== undefined,
      pathOf: (reference) => ('file' in reference ? joinFile(base, reference.file) : reference.location),
      pathsOf: (reference) => placesOf(reference).paths,
      referenceTo: (path) => toReference(roots, resolve(path)),
      locate: (references) =>
        locate(references, { roots, symlinks, pathsOf: (each) => placesOf(each).paths }),
      assertReachable(reference, path) {
        const { paths, ways } = placesOf(reference)
        const index = paths.indexOf(path)
        if (index === -1) throw new TypeError(`${path} is not a place of the reference`)
        const links = linksOf(reference)
        if (links !== undefined) return assertLinksAllowed(path, links)
        assertReachable(path, { roots, symlinks, way: ways[index] })
      },
    },
  }
}

function assertOptions(searchRoots: unknown, symlinks: unknown): void {
  if (!Array.isArray(searchRoots) || searchRoots.some((path) => typeof path !== 'string' || path === '')) {
    throw createInvalidInput([{ field: 'searchRoots', problem: 'must be a list of directories' }])
  }
  if (symlinks !== 'refuse' && symlinks !== 'inside' && symlinks !== 'anywhere') {
    throw createInvalidInput([{ field: 'symlinks', problem: 'must be refuse, inside or anywhere' }])
  }
}

/** Where a file may be: words alone, so that they are made once for each reference. */
interface Places {
  /** One for each root, or that of a location. */
  readonly paths: readonly string[]
  /** For each path the way to it from its root; a file in place elsewhere has none. */
  readonly ways: readonly Way[]
}

function findPlaces(reference: FileReference, roots: readonly string[]): Places {
  if (!('file' in reference)) return { paths: [reference.location], ways: [] }
  const paths = roots.map((root) => joinFile(root, reference.file))
  return { paths, ways: paths.map((path, index) => findWay(roots[index] ?? '', path)) }
}

function linksOf(reference: FileReference): AllowedLinks | undefined {
  return 'file' in reference ? undefined : reference.links
}

function joinFile(root: string, file: string): string {
  return join(root, ...file.split('/'))
}

function toReference(roots: readonly string[], path: string): FileReference {
  for (const root of roots) {
    const inside = relative(root, path)
    if (!leavesRoot(inside)) return { file: inside.split(sep).join('/') }
  }
  return { location: path }
}

interface Search {
  readonly roots: readonly string[]
  readonly symlinks: SymlinkPolicy
  readonly pathsOf: (reference: FileReference) => readonly string[]
}

async function locate(references: readonly FileReference[], search: Search): Promise<readonly string[]> {
  const [first] = references
  if (first === undefined) return []
  const index = Math.max(0, await findRoot(search.pathsOf(first)))
  return await Promise.all(references.map((reference) => allow(reference, index, search)))
}

/** The first root that has something at its path; -1 where none has. */
async function findRoot(paths: readonly string[]): Promise<number> {
  for (const [index, path] of paths.entries()) {
    if ((await findLink(path)) !== undefined) return index
  }
  return -1
}

/** The path of a file in one of the roots, if nothing on the way leads to where it may not. */
async function allow(reference: FileReference, index: number, search: Search): Promise<string> {
  const path = search.pathsOf(reference)[index] ?? ''
  const isLink = await findLink(path)
  if (isLink === undefined) return path
  const links = linksOf(reference)
  if (links !== undefined) {
    assertLinksAllowed(path, links)
    return path
  }
  if ('file' in reference) await assertDirectoryInside(path, search.roots[index] ?? '', search)
  if (isLink) await assertTargetInside(path, search)
  return path
}

/** Whether there is a symbolic link at the path; undefined if there is nothing. */
async function findLink(path: string): Promise<boolean | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toDiskError(error, 'lstat', path)
  }
}

/** The directories on the way may be links too, as long as they stay below the root. */
async function assertDirectoryInside(path: string, root: string, { symlinks, roots }: Search): Promise<void> {
  if (symlinks === 'anywhere') return
  const allowed = symlinks === 'inside' ? roots : [root]
  await assertInside(path, dirname(path), allowed)
}

// With `refuse` the code that opens the file refuses the link.
async function assertTargetInside(path: string, { symlinks, roots }: Search): Promise<void> {
  if (symlinks === 'inside') await assertInside(path, path, roots)
}

async function assertInside(path: string, linked: string, roots: readonly string[]): Promise<void> {
  const target = await findTarget(linked)
  for (const root of roots) {
    if (target === undefined || isInside(await findTarget(root), target)) return
  }
  throw createLinkedOut(path)
}

/** Undefined where a link leads nowhere: opening the file says what is wrong. */
async function findTarget(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isMissing(error) || errnoOf(error) === 'ELOOP') return undefined
    throw toDiskError(error, 'resolve', path)
  }
}
