/** Room `layouts/hub`: what clients of the Hugging Face hub keep. */

import { join } from 'node:path'
import { isCatalogError, ModelRef } from 'model-catalog'
import type { ScanItem } from '../../candidate/candidate.ts'
import { UnusableError } from '../../candidate/scan-problem.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { orProblem } from '../../store/items.ts'

/** One repository of a hub's cache. */
export interface HubRepository {
  readonly directory: DirectoryListing
  /** `acme/Wren-1M`, or one name in old ids. */
  readonly name: string
}

/** A snapshot, and the refs that lead to it; without one, it is known by its commit. */
export interface HubRevision {
  readonly commit: string
  /** `main` first. */
  readonly refs: readonly string[]
}

const COMMIT = /^[0-9a-f]{40}$/u
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/u
const MAX_REF_DEPTH = 8
const MAX_REF_BYTES = 1024

/** `models--acme--Wren-1M` is `acme/Wren-1M`; undefined for what is not a repository of models. */
export function parseRepositoryName(folder: string): string | undefined {
  const name = /^models--(.+)$/su.exec(folder)?.[1]?.replace('--', '/')
  return name !== undefined && NAME.test(name) ? name : undefined
}

/** The snapshots of a repository: those of refs first, and what is wrong with refs. */
export async function readRevisions(
  { directory, name }: HubRepository,
  reader: StoreReader,
): Promise<{ readonly revisions: readonly HubRevision[]; readonly items: readonly ScanItem[] }> {
  const commits = await namesBelow(directory, 'snapshots', reader)
  const refsOf = new Map<string, string[]>()
  const items: ScanItem[] = []
  for (const ref of await findRefs(join(directory.path, 'refs'), '', reader)) {
    const failed = await orProblem('huggingface', `${name}@${ref}`, async () => {
      const commit = await readRef(join(directory.path, 'refs', ref), reader, commits)
      refsOf.set(commit, [...(refsOf.get(commit) ?? []), ref])
      return []
    })
    items.push(...failed)
  }
  const named = [...refsOf].map(([commit, refs]): HubRevision => ({ commit, refs }))
  const others = [...commits].filter((commit) => !refsOf.has(commit))
  return { revisions: [...named, ...others.map((commit) => ({ commit, refs: [] }))], items }
}

async function readRef(path: string, reader: StoreReader, commits: ReadonlySet<string>): Promise<string> {
  const commit = (await reader.readText(path, MAX_REF_BYTES)).trim()
  if (commits.has(commit)) return commit
  if (!COMMIT.test(commit)) throw new UnusableError('broken-manifest', path, 'does not name a commit')
  throw new UnusableError('missing-file', path, `names the commit ${commit}, which has no snapshot`)
}

/** The names of refs, which may have slashes; `main` first. */
async function findRefs(directory: string, prefix: string, reader: StoreReader): Promise<readonly string[]> {
  const depth = prefix.split('/').length
  const listing = depth > MAX_REF_DEPTH ? undefined : await listIfThere(directory, reader)
  const refs: string[] = []
  for (const { name, kind } of listing?.names ?? []) {
    if (kind === 'file') refs.push(`${prefix}${name}`)
    if (kind === 'directory')
      refs.push(...(await findRefs(join(directory, name), `${prefix}${name}/`, reader)))
  }
  return refs.sort((a, b) => Number(b === 'main') - Number(a === 'main') || (a < b ? -1 : 1))
}

async function namesBelow(
  directory: DirectoryListing,
  name: string,
  reader: StoreReader,
): Promise<ReadonlySet<string>> {
  const listing = await listIfThere(join(directory.path, name), reader)
  const below = listing?.names.filter(({ kind }) => kind === 'directory') ?? []
  return new Set(below.map((each) => each.name))
}

/** A directory below another; undefined if there is none. */
export async function listIfThere(path: string, reader: StoreReader): Promise<DirectoryListing | undefined> {
  try {
    return await reader.list(path)
  } catch (error) {
    if (error instanceof UnusableError && error.kind === 'missing-file') return undefined
    throw error
  }
}

/** How a revision is called behind `@`; undefined for the one that is meant without a name. */
export function revisionName({ refs, commit }: HubRevision): string | undefined {
  const [ref = commit] = refs
  return ref === 'main' ? undefined : ref
}

/** The reference of a file of a repository, or with '' of the repository. */
export function toHubSource(name: string, path: string, revision: string | undefined): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const page = toPage(name, segments, revision)
  // Old repositories have no organisation.
  if (!name.includes('/')) return page
  const encoded = [...name.split('/'), ...segments].map(encodeURIComponent).join('/')
  try {
    return ModelRef.parse(`hf:${encoded}${revision === undefined ? '' : `@${encodeURIComponent(revision)}`}`)
      .text
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return page
    throw error
  }
}

function toPage(name: string, segments: readonly string[], revision = 'main'): string {
  const view = segments.length === 0 ? 'tree' : 'resolve'
  const parts = [...name.split('/'), view, revision, ...segments]
  return `https://huggingface.co/${parts.map(encodeURIComponent).join('/')}`
}
