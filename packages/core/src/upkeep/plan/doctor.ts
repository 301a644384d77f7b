import type { FoundFile, ModelEntry, UpkeepPlan } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { findLeftovers, findOrphans } from '../survey/leftovers.ts'
import { type Survey, surveyModels } from '../survey/survey.ts'
import { remarkOnClocks } from './clock-ahead.ts'
import { remarkOnDeadEvidence } from './dead-evidence.ts'
import { examineEntries } from './doctor-entries.ts'
import { findCollisions, findIncompleteShards, remarkOnLeftovers, remarkOnReplaced } from './doctor-files.ts'
import { createPlan, remarkOnUnreadable } from './plan.ts'
import type { DoctorOptions } from './upkeep-options.ts'

/**
 * Compares the catalog with the disk and says what does not agree, what lies about, and what could be done about it.
 * Changes nothing, and reads nothing but names and `stat`.
 */
export async function diagnoseCatalog(
  context: CatalogContext,
  { forgetAbsent = false }: DoctorOptions,
): Promise<UpkeepPlan> {
  const survey = await surveyModels(context)
  const orphans = findOrphans(survey)
  const strays = [...orphans, ...findStrays(context, survey)]
  const { remarks, relocated } = examineEntries(context, survey, strays, forgetAbsent)
  const isLeft = ({ path }: { readonly path: string }): boolean => !relocated.paths.has(path)
  return createPlan(context, [
    ...remarkOnUnreadable(survey),
    // First, because a model may miss its file only until then.
    ...remarkOnReplaced(context, survey),
    ...remarks,
    ...(await remarkOnDeadEvidence(context, survey)),
    ...remarkOnClocks(context, survey),
    ...findIncompleteShards(context, survey),
    ...findCollisions(context, survey),
    ...remarkOnLeftovers(context, withoutOwners(survey, relocated.entries), isLeft),
    ...orphans.filter(isLeft).map(({ path, fingerprint }) => ({
      finding: { kind: 'orphan' as const, path, bytes: fingerprint.sizeBytes, text: 'no model names it' },
    })),
  ])
}

/** A moved file may have got a name like that of a leftover. */
function findStrays(context: CatalogContext, survey: Survey): readonly FoundFile[] {
  return findLeftovers(context, survey).flatMap(({ found, use, what }) =>
    use === 'wanted' || what === 'replaced' ? [] : [found],
  )
}

/** As if these entries had left their places, as they will by this plan. */
function withoutOwners(survey: Survey, gone: ReadonlySet<ModelEntry>): Survey {
  const owners = [...survey.owners].map(
    ([path, entries]) => [path, entries.filter((entry) => !gone.has(entry))] as const,
  )
  return { ...survey, owners: new Map(owners.filter(([, entries]) => entries.length > 0)) }
}
