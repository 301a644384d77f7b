import type { CommittedChange, FoundFile, ModelEntry, UpkeepPlan } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { createLastCopyCheck } from '../../fleet/last-copy.ts'
import { findUsers } from '../../lease/active-leases.ts'
import { type FoundLeftover, findLeftovers } from '../survey/leftovers.ts'
import { createLossCheck } from '../survey/moved-files.ts'
import { listOf, type Survey, surveyModels } from '../survey/survey.ts'
import { collectOrphans } from './collect-orphans.ts'
import { createPlan, planRemoval, type Remark, remarkOnUnreadable } from './plan.ts'
import type { CollectOptions } from './upkeep-options.ts'

/** How long a file that no model names must not have changed. */
const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000

/** What is read at most to find out whether files are ones that models are missing. */
const MAX_READ_BYTES = 64 * 1024 ** 3

const TEXT = {
  retired: 'the file of a Retired model',
  quarantined: 'a wrong file in quarantine',
  partial: 'an abandoned download',
} as const

/** What is old enough to be collected. */
interface Age {
  isOldFile(found: FoundFile): boolean
  isOldEntry(entry: ModelEntry): boolean
}

/**
 * Plans the removal of files that are not needed. Never one that a model which is not Retired names by any of its
 * names.
 */
export async function planCollection(context: CatalogContext, options: CollectOptions): Promise<UpkeepPlan> {
  const { retired = true, quarantined = true, partials = true, orphans = false, lastCopy = false } = options
  const age = await createAge(context, options.olderThanMs)
  // What came today may be on its way to a model: no model names it yet.
  const orphanAge = await createAge(context, options.olderThanMs ?? ORPHAN_AGE_MS)
  const survey = await surveyModels(context)
  const isMissed = createLossCheck(survey)
  const isFree = (found: FoundFile): boolean => age.isOldFile(found) && !isMissed(found)
  const orphanOptions = {
    maxReadBytes: options.maxReadBytes ?? MAX_READ_BYTES,
    isFree: (found: FoundFile): boolean => orphanAge.isOldFile(found) && !isMissed(found),
  }
  const guard = await createGuard(context, survey, lastCopy)
  const leftovers = findLeftovers(context, survey).filter(({ found }) => isFree(found))
  return createPlan(context, [
    ...remarkOnUnreadable(survey),
    ...(retired ? collectRetired(context, survey, age).map(guard) : []),
    ...(quarantined ? collectQuarantined(leftovers) : []),
    ...(partials ? collectPartials(leftovers) : []),
    ...(orphans === false ? [] : await collectOrphans(context, survey, { ...orphanOptions, orphans })),
  ])
}

/** The age of a Retired model is that of its last change; one from before the kept history is old. */
async function createAge({ clock, store }: CatalogContext, olderThanMs: number | undefined): Promise<Age> {
  if (olderThanMs === undefined) return { isOldFile: () => true, isOldEntry: () => true }
  const before = clock.now().getTime() - olderThanMs
  const changedAt = findLastChanges(await store.changes(0))
  return {
    isOldFile: ({ fingerprint: { mtimeNs, ctimeNs } }) => Math.max(toMs(mtimeNs), toMs(ctimeNs)) < before,
    isOldEntry: ({ id, registeredAt }) => Date.parse(changedAt.get(id) ?? registeredAt) < before,
  }
}

/** A verification that changed nothing makes no model younger. */
function findLastChanges(changes: readonly CommittedChange[]): ReadonlyMap<string, string> {
  return new Map(changes.flatMap(({ id, at, isUnchanged }) => (isUnchanged === true ? [] : [[id, at]])))
}

function toMs(ns: string): number {
  return Number(BigInt(ns) / 1_000_000n)
}

function collectRetired(context: CatalogContext, survey: Survey, age: Age): readonly Remark[] {
  const paths = new Set(
    survey.entries.flatMap((entry) => listOf(survey.named, entry)).map(({ path }) => path),
  )
  return [...paths].flatMap((path) => {
    const found = survey.files.get(path)
    if (found === undefined) return []
    const owners = findAllOwners(survey, found)
    const isFree = owners.every(
      (entry) => entry.state === 'Retired' && age.isOldEntry(entry) && findUsers(context, entry).length === 0,
    )
    return isFree ? toRemarks('retired', found, owners) : []
  })
}

/** Holds back what is of the last verified copy of a model, unless the caller wants it gone. */
async function createGuard(
  context: CatalogContext,
  survey: Survey,
  lastCopy: boolean,
): Promise<(remark: Remark) => Remark> {
  const findLastCopy = await createLastCopyCheck(context)
  return (remark) => {
    const { finding, action } = remark
    if (action?.kind !== 'remove-file' || !context.store.isShared) return remark
    if (lastCopy) return { finding, action: { ...action, lastCopy } }
    const named = listOf(survey.owners, finding.path).flatMap((entry) => listOf(survey.named, entry))
    const copy = named
      .flatMap(({ entry, path, own }) => (path === finding.path && own ? [{ entry, key: own.key }] : []))
      .map(({ entry, key }) => findLastCopy(entry, [key]))
      .find(Boolean)
    if (copy === undefined) return remark
    const text = `${finding.text}, and left: it is of the last verified copy, read by ${copy.node} at ${copy.verifiedAt}`
    return { finding: { ...finding, text } }
  }
}

function findAllOwners({ owners, ownersOfInode }: Survey, found: FoundFile): readonly ModelEntry[] {
  const { dev, ino } = found.fingerprint
  return [...new Set([...listOf(owners, found.path), ...listOf(ownersOfInode, `${dev}:${ino}`)])]
}

function collectQuarantined(leftovers: readonly FoundLeftover[]): readonly Remark[] {
  const found = leftovers.filter(({ what, use }) => what === 'quarantined' && use !== 'wanted')
  return found.flatMap((each) => toRemarks('quarantined', each.found, each.owners))
}

/** Also those with which a download could go on: the caller asked for the room. */
function collectPartials(leftovers: readonly FoundLeftover[]): readonly Remark[] {
  const unwanted = leftovers.filter(
    ({ what, use }) => what !== 'quarantined' && what !== 'replaced' && use !== 'wanted',
  )
  return unwanted.flatMap(({ found, owners }) => toRemarks('partial', found, owners))
}

function toRemarks(
  kind: keyof typeof TEXT,
  found: FoundFile,
  owners: readonly ModelEntry[],
): readonly Remark[] {
  const { path, fingerprint } = found
  const action = planRemoval(found, kind, kind === 'retired' ? owners : [])
  return [
    { finding: { kind, id: owners[0]?.id, path, bytes: fingerprint.sizeBytes, text: TEXT[kind] }, action },
  ]
}
