import type { DedupeMethod, FoundFile, ModelEntry, UpkeepPlan } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { isMatchingEvidence } from '../../entry/evidence.ts'
import { inodeOf, toPlain } from '../../entry/fingerprints.ts'
import { findUsers } from '../../lease/active-leases.ts'
import { isAsKnown, type NamedFile, type Survey, surveyModels } from '../survey/survey.ts'
import { createPlan, type Remark, remarkOnUnreadable } from './plan.ts'

/** A file of an Active model, as its evidence says, and its digest. */
interface SharableFile {
  readonly entry: ModelEntry
  readonly digest: NonNullable<ModelEntry['digest']>
  readonly found: FoundFile
}

/**
 * Plans how files of equal bytes on one device share them: of Active models, in the root, as their evidence says, and
 * used by nobody. The file with the most names is kept; one that has other names itself is left as it is, because a name
 * more or less changes the evidence of all of them.
 */
export async function planDedupe(context: CatalogContext, method: DedupeMethod): Promise<UpkeepPlan> {
  const survey = await surveyModels(context)
  const remarks = [...groupEqual(context, survey).values()].flatMap((group) => planGroup(group, method))
  return createPlan(context, [...remarkOnUnreadable(survey), ...remarks])
}

function groupEqual(context: CatalogContext, survey: Survey): ReadonlyMap<string, readonly SharableFile[]> {
  const groups = new Map<string, SharableFile[]>()
  const named = survey.entries.flatMap((entry) => survey.named.get(entry) ?? [])
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
  const digest = part === undefined ? entry.digest : part.digest
  if (entry.state !== 'Active' || found?.kind !== 'file' || digest === undefined || digest === null)
    return undefined
  if (own === undefined || !isMatchingEvidence(entry, own.evidence) || !isAsKnown(file)) return undefined
  return findUsers(context, entry).length > 0 ? undefined : { entry, digest, found }
}

function isSameFile(first: FoundFile, second: FoundFile): boolean {
  return inodeOf(first.fingerprint) === inodeOf(second.fingerprint)
}

function planGroup(group: readonly SharableFile[], method: DedupeMethod): readonly Remark[] {
  const [keep, ...others] = group.toSorted(byNames)
  if (keep === undefined) return []
  return others.flatMap(({ entry, digest, found }): Remark[] => {
    const bytes = found.fingerprint.sizeBytes
    if (found.links > 1 || bytes === 0) return []
    const finding = {
      kind: 'duplicate' as const,
      ...{ id: entry.id, path: found.path, bytes },
      text: `the same bytes as ${keep.found.path}`,
    }
    const [kept, replaced] = [keep.found, found].map(({ file, fingerprint }) => ({
      file,
      fingerprint: toPlain(fingerprint),
    }))
    if (kept === undefined || replaced === undefined) return []
    return [
      { finding, action: { kind: 'share-bytes', method, digest, keep: kept, replace: replaced, bytes } },
    ]
  })
}

/** The most names first, and then by path, so that the same disk gives the same plan. */
function byNames(first: SharableFile, second: SharableFile): number {
  return second.found.links - first.found.links || (first.found.file < second.found.file ? -1 : 1)
}
