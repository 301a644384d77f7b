import type { UpkeepPlan } from '@catalog/types'
import type { CatalogContext } from './catalog-ports.ts'
import { examineEntries } from './doctor-entries.ts'
import { findCollisions, findIncompleteShards, remarkOnLeftovers } from './doctor-files.ts'
import { findOrphans } from './leftovers.ts'
import { createPlan } from './plan.ts'
import { surveyModels } from './survey.ts'

/**
 * Compares the catalog with the disk and says what does not agree, what lies about, and what could be done about it.
 * Changes nothing, and reads nothing but names and `stat`.
 */
export async function diagnoseCatalog(context: CatalogContext): Promise<UpkeepPlan> {
  const survey = await surveyModels(context)
  const orphans = findOrphans(survey)
  const { remarks, relocated } = examineEntries(context, survey, orphans)
  const left = orphans.filter(({ path }) => !relocated.has(path))
  return createPlan(context, [
    ...remarks,
    ...findIncompleteShards(context, survey),
    ...findCollisions(context, survey),
    ...remarkOnLeftovers(context, survey),
    ...left.map(({ path, fingerprint }) => ({
      finding: { kind: 'orphan' as const, path, bytes: fingerprint.sizeBytes, text: 'no model names it' },
    })),
  ])
}
