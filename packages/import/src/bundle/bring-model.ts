/** Room `bundle`: the models of a bundle, which another catalog has written. */

import type { BundleModel } from '@catalog/types'
import { type Catalog, isCatalogError, type ModelEntry } from 'model-catalog'
import type { BringOptions } from './bring-options.ts'
import { assertSeemsWhole, verifyFiles } from './bundle-files.ts'
import type { BundleImportOutcome, BundleImportResult } from './bundle-import-report.ts'
import { meansSame, registerModel } from './bundle-registration.ts'
import { downloadModel } from './download-model.ts'
import { placeOf } from './model-place.ts'
import type { Bundle } from './read-bundle.ts'

/** What would become of a model, by a look at its files and its entry. Nothing is changed, and no file is read. */
export async function foreseeModel(
  catalog: Catalog,
  bundle: Bundle,
  model: BundleModel,
  { target }: Pick<BringOptions, 'target'>,
): Promise<BundleImportResult> {
  const before = await catalog.get(model.id)
  const outcome = await findOutcome(catalog, model, before)
  const result = { model, ...(before !== undefined && { entry: before }) }
  if (outcome === 'known') return { ...result, outcome }
  try {
    placeOf(bundle, model, target)
    await assertSeemsWhole(bundle, model)
    return { ...result, outcome }
  } catch (error) {
    return { ...result, ...toFailure(error) }
  }
}

/** Takes one model into the catalog, unless it is there as it is. A model that fails does not end the import. */
export async function bringModel(
  catalog: Catalog,
  bundle: Bundle,
  model: BundleModel,
  options: BringOptions,
): Promise<BundleImportResult> {
  try {
    const before = await catalog.get(model.id)
    const outcome = await findOutcome(catalog, model, before)
    if (outcome === 'known' && before !== undefined) return { model, outcome, entry: before }
    const entry = await bring(catalog, { bundle, model, before }, options)
    return { model, outcome, entry }
  } catch (error) {
    if (options.signal?.aborted === true || endsImport(error)) throw error
    const entry = await catalog.get(model.id)
    return { model, ...toFailure(error), ...(entry !== undefined && { entry }) }
  }
}

async function findOutcome(
  catalog: Catalog,
  model: BundleModel,
  before: ModelEntry | undefined,
): Promise<BundleImportOutcome> {
  if (before === undefined) return 'added'
  if (!meansSame(before, model)) return 'updated'
  const isHere = before.state === 'Retired' || (await catalog.standing(before.id)).kind === 'in-order'
  return isHere ? 'known' : 'verified'
}

interface BroughtModel {
  readonly bundle: Bundle
  readonly model: BundleModel
  readonly before: ModelEntry | undefined
}

async function bring(
  catalog: Catalog,
  { bundle, model, before }: BroughtModel,
  options: BringOptions,
): Promise<ModelEntry> {
  const { id } = model
  const { actor, reason, signal, onBytes, target } = options
  const by = { actor, reason, signal }
  const isSame = before !== undefined && meansSame(before, model)
  const read = isSame ? await verifyInPlace(catalog, before, options) : undefined
  if (read !== undefined) return read
  await assertSeemsWhole(bundle, model)
  const place = placeOf(bundle, model, target)
  // A damaged bundle must not take the place of a model that works.
  if (before !== undefined && !isSame)
    await verifyFiles(bundle, model, { signal, onProgress: () => undefined })
  const entry = await registerModel(catalog, model, { ...options, before, place })
  if (target.kind === 'in-place') {
    return await catalog.verify(id, { ...by, onProgress: ({ doneBytes }) => onBytes(doneBytes) })
  }
  try {
    return await downloadModel(catalog, { bundle, model }, { ...options, isNew: before === undefined })
  } catch (error) {
    // Nothing came of it, so nothing stays of it.
    if (before === undefined && signal?.aborted !== true) await forget(catalog, entry, by)
    throw error
  }
}

/** The files of a model that only has to be read again, as after a restart without an anchor. Undefined if they are not right. */
async function verifyInPlace(
  catalog: Catalog,
  { id }: ModelEntry,
  { actor, reason, signal, onBytes }: BringOptions,
): Promise<ModelEntry | undefined> {
  const { kind } = await catalog.standing(id)
  if (kind !== 'stale' && kind !== 'unanchored') return undefined
  try {
    const onProgress = ({ doneBytes }: { readonly doneBytes: number }): void => onBytes(doneBytes)
    return await catalog.verify(id, { actor, reason, signal, onProgress })
  } catch (error) {
    if (signal?.aborted === true || endsImport(error)) throw error
    return undefined
  }
}

/** Only if it is still the entry that was made: not one that has become wrong, with files that are to be looked at. */
async function forget(
  catalog: Catalog,
  { id }: ModelEntry,
  by: Pick<BringOptions, 'actor' | 'reason'>,
): Promise<void> {
  const { actor, reason } = by
  const now = await catalog.get(id)
  if (now?.state !== 'Pending' || now.quarantine !== undefined) return
  await catalog.remove(id, { actor, reason, ifRevision: now.revision }).catch(() => undefined)
}

/** Whether nothing else can be imported either after this error. */
function endsImport(error: unknown): boolean {
  return (
    isCatalogError(error, 'READ_ONLY') || isCatalogError(error, 'CLOSED') || isCatalogError(error, 'NO_SPACE')
  )
}

function toFailure(error: unknown): { readonly outcome: 'wrong' | 'failed'; readonly error: unknown } {
  const isWrong =
    isCatalogError(error, 'DIGEST_MISMATCH') ||
    isCatalogError(error, 'SIZE_MISMATCH') ||
    isCatalogError(error, 'NOT_A_MODEL')
  return { outcome: isWrong ? 'wrong' : 'failed', error }
}
