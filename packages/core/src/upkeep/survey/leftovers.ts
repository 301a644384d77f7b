import type { FoundFile, ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { inodeOf } from '../../evidence/fingerprints.ts'
import { findUsers } from '../../lease/active-leases.ts'
import { parseLeftover } from '../../ownership/partial-name.ts'
import type { NamingEntry } from './current-names.ts'
import { parsePrepared, parseReplaced } from './replaced-name.ts'
import { listOf, type Survey } from './survey.ts'

/**
 * A file that downloads, quarantine or deduplication left; `replaced`: it may be the only right one, or is another name of
 * one. `wanted`: a download fills it. `resumable`: none does, but one may go on with it. `useless`: none will.
 * Of a quarantined file only `wanted` counts.
 */
export interface FoundLeftover {
  readonly found: FoundFile
  readonly what: 'partial' | 'checkpoint' | 'quarantined' | 'temporary' | 'replaced'
  readonly use: 'wanted' | 'resumable' | 'useless'
  /** The entries whose file it was, or was to be. */
  readonly owners: readonly ModelEntry[]
}

/** The files below the root that no model names, but were made for one. */
export function findLeftovers(context: CatalogContext, survey: Survey): readonly FoundLeftover[] {
  return [...survey.files.values()].flatMap((found) => {
    const replaced = toReplaced(survey, found)
    if (replaced !== undefined) return [replaced]
    const leftover = isNamed(survey, found) ? undefined : toLeftover(context, survey, found)
    return leftover === undefined ? [] : [leftover]
  })
}

/** The files below the root that neither an entry nor a download knows of. */
export function findOrphans(survey: Survey): readonly FoundFile[] {
  return [...survey.files.values()].filter(
    (found) => found.kind === 'file' && !isNamed(survey, found) && !hasLeftoverName(survey, found),
  )
}

/** Also one that is by now another name of a model's file: without it, what was read of that file is to be read again. */
function toReplaced(survey: Survey, found: FoundFile): FoundLeftover | undefined {
  const { owners } = survey
  const prepared = isNamed(survey, found) ? parsePrepared(found.path) : undefined
  // Stryker disable next-line StringLiteral: no model names a path that is nothing.
  const naming = listOf(owners, parseReplaced(found.path) ?? prepared ?? '')
  if (found.kind !== 'file' || naming.length === 0 || owners.has(found.path)) return undefined
  // Stryker disable next-line StringLiteral: what was replaced is judged by itself.
  const use = 'useless'
  return { found, what: 'replaced', use, owners: naming }
}

/** Whether an entry names the file, by this path or by another name that it has. */
function isNamed({ owners, ownersOfInode }: Survey, { path, fingerprint }: FoundFile): boolean {
  return owners.has(path) || ownersOfInode.has(inodeOf(fingerprint))
}

function hasLeftoverName(survey: Survey, { path }: FoundFile): boolean {
  // Stryker disable next-line StringLiteral: no model names a path that is nothing.
  if (survey.owners.has(parseReplaced(path) ?? '')) return true
  return parseLeftover(path) !== undefined || ownersOfTemporary(survey, path) !== undefined
}

function toLeftover(context: CatalogContext, survey: Survey, found: FoundFile): FoundLeftover | undefined {
  if (found.kind !== 'file') return undefined
  const temporary = ownersOfTemporary(survey, found.path)
  if (temporary !== undefined) return { found, what: 'temporary', use: 'useless', owners: temporary }
  const leftover = parseLeftover(found.path)
  if (leftover === undefined) return undefined
  const owners = listOf(survey.owners, leftover.file)
  const isAlone = leftover.kind === 'checkpoint' && !survey.files.has(leftover.partial)
  const naming = owners.map((entry) => ({ entry, files: listOf(survey.named, entry) }))
  return { found, what: leftover.kind, use: findUse(context, naming, isAlone), owners }
}

/** Such a name counts only beside a model's file: by itself it may be anything. */
function ownersOfTemporary({ owners }: Survey, path: string): readonly ModelEntry[] | undefined {
  const file = parsePrepared(path)
  // Stryker disable next-line ConditionalExpression: only the types need this: no path is undefined.
  return file === undefined ? undefined : owners.get(file)
}

/** Whether those whose file it was to be still need it. `isAlone`: a checkpoint without its partial file. */
export function findUse(
  context: CatalogContext,
  owners: readonly NamingEntry[],
  isAlone: boolean,
): FoundLeftover['use'] {
  if (owners.some(({ entry }) => findUsers(context, entry).length > 0)) return 'wanted'
  return !isAlone && owners.some(isUnfinished) ? 'resumable' : 'useless'
}

/** Whether the model still lacks a file. */
function isUnfinished({ entry: { state }, files }: NamingEntry): boolean {
  if (state === 'Pending' || state === 'Failed') return true
  return state === 'Active' && files.some(({ sight }) => sight.kind !== 'file')
}
