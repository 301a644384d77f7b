import { type BundleModel, formatBundle } from '@catalog/types'
import type { ExportedModel } from '../models/exported-model.ts'
import type { BundleDirectory } from './bundle-directory.ts'
import { type PlannedModel, planModel } from './bundle-record.ts'
import type { BundledModel, BundleOutcome } from './bundle-report.ts'
import { seemsPresent } from './put-file.ts'
import { StoredPaths } from './stored-paths.ts'

/** A model of the choice, and what the bundle says of it so far. */
export interface PlannedChange extends PlannedModel {
  readonly before: BundleModel | undefined
}

/** What a bundle will have. */
export interface BundlePlan {
  /** Models of the bundle that are not of the choice. */
  readonly kept: readonly BundleModel[]
  readonly planned: readonly PlannedChange[]
  readonly leftOut: readonly BundledModel[]
}

export function planBundle(had: readonly BundleModel[], chosen: readonly ExportedModel[]): BundlePlan {
  const before = new Map(had.map((model) => [foldId(model.id), model]))
  const keys = new Set(chosen.map(({ entry }) => foldId(entry.id)))
  const same = new Set(
    chosen.map(({ entry }) => entry).filter(({ id, digest }) => before.get(foldId(id))?.digest === digest),
  )
  const sameKeys = new Set([...same].map(({ id }) => foldId(id)))
  const kept = had.filter(({ id }) => !keys.has(foldId(id)))
  // A model that the bundle has keeps its paths, as long as it means the same bytes.
  const paths = new StoredPaths([...kept, ...had.filter(({ id }) => sameKeys.has(foldId(id)))])
  const planned: PlannedChange[] = []
  const leftOut: BundledModel[] = []
  for (const model of chosen) {
    const { id } = model.entry
    const known = planModel(model, paths)
    if (known !== undefined) planned.push({ ...known, before: before.get(foldId(id)) })
    else leftOut.push({ id, outcome: 'left-out', sizeBytes: 0, copiedBytes: 0 })
  }
  return { kept, planned, leftOut }
}

/** What becomes of a model of which so many bytes are copied. That it was verified again is not a change. */
export function outcomeOf({ record, before }: PlannedChange, copiedBytes: number): BundleOutcome {
  if (before === undefined) return 'added'
  const [one, other] = [before, record].map((each) => formatBundle([{ ...each, verifiedAt: null }]))
  if (one !== other) return 'updated'
  return copiedBytes > 0 ? 'repaired' : 'known'
}

/** What an export would do, by the names and sizes of the files in the bundle. */
export async function foresee(
  bundle: BundleDirectory,
  { planned, leftOut }: BundlePlan,
): Promise<readonly BundledModel[]> {
  const models: BundledModel[] = []
  const placed = new Set<string>()
  for (const model of planned) {
    let copiedBytes = 0
    for (const file of model.files) {
      if (placed.has(file.stored) || (await seemsPresent(bundle, file))) continue
      placed.add(file.stored)
      copiedBytes += file.sizeBytes
    }
    const { id, sizeBytes } = model.record
    models.push({ id, outcome: outcomeOf(model, copiedBytes), sizeBytes, copiedBytes })
  }
  return [...models, ...leftOut]
}

/** Ids that differ only in case are one. */
function foldId(id: string): string {
  return id.toLowerCase()
}
