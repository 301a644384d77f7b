/** Room `ownership`: whose file it is: which entries name a path, and as what. */

import type { EntryContent, ModelEntry } from '@catalog/types'
import { type CatalogContext, isOwnNode } from '../context/catalog-ports.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import { canonicalPathOf, findCandidates, withBeside } from './naming-entries.ts'
import { controlFilesOf, isCollected, type Leftover, parseLeftover, partialPathOf } from './partial-name.ts'

/** That an entry names a path, and as what. */
export interface Claim {
  readonly entry: ModelEntry
  readonly path: string
  /** `directory`: that of a multi-file model. The last three are what a download makes beside the file. */
  readonly kind: 'file' | 'part' | 'directory' | Leftover['kind']
  /**
   * What is declared, or was found, of the bytes; null if nothing is known, or if the path is not a file of the model.
   */
  readonly digest: string | null
}

/** What an entry's own names are, in one spelling of each path. */
export type OwnNames = ReadonlyMap<string, Pick<Claim, 'kind' | 'digest'>>

type Places = Pick<CatalogContext, 'files' | 'node' | 'formerNodes'>

/** The paths of an entry's files, and of the directory of many. */
export function namesOf(context: Pick<CatalogContext, 'files'>, entry: EntryContent): OwnNames {
  const names = new Map<string, Pick<Claim, 'kind' | 'digest'>>()
  // Stryker disable next-line ConditionalExpression: the one file takes the name of the directory.
  if (entry.files !== undefined) {
    names.set(canonicalPathOf(context, fileReferenceOf(entry)), { kind: 'directory', digest: null })
  }
  for (const { part, reference } of fileReferencesOf(entry)) {
    const path = canonicalPathOf(context, reference)
    if (part === undefined) names.set(path, { kind: 'file', digest: entry.digest })
    else names.set(path, { kind: 'part', digest: part.digest ?? null })
  }
  return names
}

/** Whether a digest is known of every file of an entry. */
export function isWhollyKnown(context: Pick<CatalogContext, 'files'>, entry: EntryContent): boolean {
  return [...namesOf(context, entry).values()].every((own) => !isFile(own) || own.digest !== null)
}

/** As what an entry claims a path; undefined if it does not. */
function claimOf(context: Places, entry: ModelEntry, path: string): Claim | undefined {
  const names = namesOf(context, entry)
  const own = names.get(path)
  if (own !== undefined) return { entry, path, ...own }
  const leftover = parseLeftover(path)
  const isMade = leftover !== undefined && isMadeBeside(leftover, names.get(leftover.file))
  if (isMade) return { entry, path, kind: leftover.kind, digest: null }
  const isRecorded = entry.quarantine?.some((file) => file.path === path && isOwnNode(context, file.node))
  return isRecorded ? { entry, path, kind: 'quarantined', digest: null } : undefined
}

/** Which entries name a path, as a file of theirs or as what a download of theirs makes beside one. */
export async function findClaims(context: CatalogContext, path: string): Promise<readonly Claim[]> {
  const entries = await findCandidates(context, withBeside(path))
  return entries.flatMap((entry) => claimOf(context, entry, path) ?? [])
}

/** What two entries cannot both have, and why. */
export interface PathConflict {
  readonly path: string
  readonly reason: 'other-bytes' | 'download-name'
}

/** An entry with its names, so that they are made once for many comparisons. */
export interface NamedEntry {
  readonly entry: EntryContent
  readonly names: OwnNames
  /** Its names that a download of another model could make. */
  readonly besides: readonly (readonly [path: string, made: Leftover])[]
}

export function toNamed(context: Pick<CatalogContext, 'files'>, entry: EntryContent): NamedEntry {
  const names = namesOf(context, entry)
  const besides = [...names.keys()].flatMap((path) => {
    const made = parseLeftover(path)
    return made === undefined ? [] : [[path, made] as const]
  })
  return { entry, names, besides }
}

/**
 * A path that only one of two entries may name. A file may be that of both if both say that it has the same digest; what a
 * download makes beside a file of the one cannot be a file of the other.
 */
export function findPathConflict(
  context: Pick<CatalogContext, 'node' | 'formerNodes'>,
  one: NamedEntry,
  other: NamedEntry,
): PathConflict | undefined {
  for (const [path, named] of other.names) {
    const own = one.names.get(path)
    if (own !== undefined && !isShareable(named, own)) return { path, reason: 'other-bytes' }
  }
  const taken =
    findMadeBeside(one, other) ??
    findMadeBeside(other, one) ??
    findQuarantined(context, one, other) ??
    findQuarantined(context, other, one)
  return taken === undefined ? undefined : { path: taken, reason: 'download-name' }
}

/** A name of a model that is below a directory in which files are collected. */
export function findCollected({ names }: NamedEntry): string | undefined {
  return [...names.keys()].find(isCollected)
}

/** A file of a model that has the name of what a download makes beside another file of it. */
export function findOwnConflict(own: NamedEntry): string | undefined {
  return findMadeBeside(own, own)
}

/** Whether two entries have a file in common. */
export function haveCommonFile(one: NamedEntry, other: NamedEntry): boolean {
  return [...other.names].some(([path, own]) => isFile(own) && isFile(one.names.get(path)))
}

/** The paths at which another entry may conflict with one. */
export function conflictPathsOf({ names, besides }: NamedEntry): readonly string[] {
  const made = [...names].flatMap(([path, own]) => {
    const partial = partialPathOf(path)
    return isFile(own) ? [partial, ...controlFilesOf(partial)] : [partial]
  })
  return [...names.keys(), ...besides.map(([, { file }]) => file), ...made]
}

function isFile(own: Pick<Claim, 'kind'> | undefined): boolean {
  return own?.kind === 'file' || own?.kind === 'part'
}

type Named = Pick<Claim, 'kind' | 'digest'>

function isShareable(one: Named, other: Named): boolean {
  if (one.kind === 'directory' && other.kind === 'directory') return true
  // Only files have digests.
  return one.digest !== null && one.digest === other.digest
}

function findMadeBeside({ names }: NamedEntry, { besides }: NamedEntry): string | undefined {
  return besides.find(([, made]) => isMadeBeside(made, names.get(made.file)))?.[0]
}

/** Beside a directory a download makes only that in which its files are collected. */
function isMadeBeside({ kind }: Leftover, own: Named | undefined): boolean {
  return isFile(own) || (own?.kind === 'directory' && kind === 'partial')
}

function findQuarantined(
  context: Pick<CatalogContext, 'node' | 'formerNodes'>,
  { names }: NamedEntry,
  { entry }: NamedEntry,
): string | undefined {
  return entry.quarantine?.find((file) => isOwnNode(context, file.node) && names.has(file.path))?.path
}
