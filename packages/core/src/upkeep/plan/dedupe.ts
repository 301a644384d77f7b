import type { DedupeMethod, FoundFile, ModelEntry, PlannedFile, UpkeepPlan } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { isMatchingEvidence } from '../../evidence/evidence.ts'
import { inodeOf, toPlain } from '../../evidence/fingerprints.ts'
import { findUsers } from '../../lease/active-leases.ts'
import { findImmovable } from '../survey/immovable.ts'
import { isAsKnown, listOf, type NamedFile, type Survey, surveyModels } from '../survey/survey.ts'
import { createPlan, type Remark, remarkOnUnreadable } from './plan.ts'

/** A file of an Active model, as its evidence says, and its digest. */
interface SharableFile {
  readonly entry: ModelEntry
  readonly digest: NonNullable<ModelEntry['digest']>
  readonly found: FoundFile
}

/**
 * Plans how files of equal bytes on one device share them: of Active models, in the root, as their evidence says, and
 * not in use. The file with the most names is kept; one that has other names itself is left as it is, because a name
 * more or less changes the evidence of all of them, and frees nothing.
 */
export async function planDedupe(context: CatalogContext, method: DedupeMethod): Promise<UpkeepPlan> {
  const survey = await surveyModels(context)
  const findObstacle = (found: FoundFile): string | undefined =>
    method === 'reference' ? findReferenceObstacle(context, survey, found) : undefined
  const remarks = [...groupEqual(context, survey).values()].flatMap((group) => {
    const files = group.map((file) => ({ ...file, obstacle: findObstacle(file.found) }))
    return planGroup(files, survey, method)
  })
  return createPlan(context, [...remarkOnUnreadable(survey), ...remarks])
}

/** Why the entries of a file cannot refer to another one; undefined if they can. */
function findReferenceObstacle(
  context: CatalogContext,
  survey: Survey,
  found: FoundFile,
): string | undefined {
  const owners = listOf(survey.ownersOfInode, inodeOf(found.fingerprint))
  return owners
    .map((entry) => findImmovable(context, entry, listOf(survey.named, entry), found.path))
    .find(Boolean)
}

function groupEqual(context: CatalogContext, survey: Survey): ReadonlyMap<string, readonly SharableFile[]> {
  const groups = new Map<string, SharableFile[]>()
  const named = survey.entries.flatMap((entry) => listOf(survey.named, entry))
  for (const file of named) {
    const verified = toSharable(context, survey, file)
    if (verified === undefined) continue
    const key = `${verified.found.fingerprint.dev} ${verified.digest}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [verified])
    else if (!group.some(({ found }) => isSameFile(found, verified.found))) group.push(verified)
  }
  return groups
}

function toSharable(context: CatalogContext, survey: Survey, file: NamedFile): SharableFile | undefined {
  const { entry, part, path, own } = file
  const found = survey.files.get(path)
  const digest = (part === undefined ? entry.digest : part.digest) ?? undefined
  if (entry.state !== 'Active' || found?.kind !== 'file' || digest === undefined) return undefined
  if (own === undefined || !isMatchingEvidence(entry, own.evidence) || !isAsKnown(file)) return undefined
  return findUsers(context, entry).length > 0 ? undefined : { entry, digest, found }
}

function isSameFile(first: FoundFile, second: FoundFile): boolean {
  return inodeOf(first.fingerprint) === inodeOf(second.fingerprint)
}

/** Why its file has to stay; undefined if it can be removed. */
interface Candidate extends SharableFile {
  readonly obstacle: string | undefined
}

function planGroup(group: readonly Candidate[], { owners }: Survey, method: DedupeMethod): readonly Remark[] {
  const [keep, ...others] = group.toSorted(byUse)
  // Stryker disable next-line ConditionalExpression,ArrayDeclaration: only the types need this: a group has a file.
  if (keep === undefined) return []
  return others.flatMap(({ entry, digest, found, obstacle }): Remark[] => {
    const { path, fingerprint, links } = found
    const bytes = fingerprint.sizeBytes
    if (links > 1 || bytes === 0) return []
    const text = `the same bytes as ${keep.found.path}`
    const finding = { kind: 'duplicate' as const, id: entry.id, path, bytes, text }
    if (obstacle !== undefined) return [{ finding: { ...finding, text: `${text}, and left: ${obstacle}` } }]
    const ids = listOf(owners, path).map(({ id }) => id)
    const files = { keep: toPlannedFile(keep.found), replace: toPlannedFile(found) }
    return [{ finding, action: { kind: 'share-bytes', method, ids, digest, ...files, bytes } }]
  })
}

function toPlannedFile({ file, fingerprint }: FoundFile): PlannedFile {
  return { file, fingerprint: toPlain(fingerprint) }
}

/** What has to stay first, then the most names, and then by path, so that the same disk gives the same plan. */
function byUse(first: Candidate, second: Candidate): number {
  return (
    rankOf(first) - rankOf(second) ||
    second.found.links - first.found.links ||
    // Stryker disable next-line EqualityOperator: no two files have one name.
    (first.found.file < second.found.file ? -1 : 1)
  )
}

function rankOf({ obstacle }: Candidate): number {
  return obstacle === undefined ? 1 : 0
}
