import type { CatalogErrorCode, ModelEntry } from '@catalog/types'
import { isAsKnown, type NamedFile } from './survey.ts'

/** What is on record against a model's files as they are: that they were read, or measured, and are wrong. */
export function findRecordedFailure(
  entry: ModelEntry,
  files: readonly NamedFile[],
): CatalogErrorCode | undefined {
  if (isSizeRecorded(entry, files)) return 'SIZE_MISMATCH'
  // Stryker disable next-line OptionalChaining: only the types need this: what is known has evidence.
  if (!files.every((file) => isAsKnown(file) && file.own?.evidence.outcome === 'mismatch')) return undefined
  return entry.failure?.reason === 'not-a-model' ? 'NOT_A_MODEL' : 'DIGEST_MISMATCH'
}

/** Of files that have a wrong size nothing is read, so that only the size is known of them. */
function isSizeRecorded({ failure }: ModelEntry, files: readonly NamedFile[]): boolean {
  if (failure?.reason !== 'size-mismatch') return false
  const sizes = files.map(({ path, sight }) => ({
    path,
    bytes: sight.kind === 'file' ? sight.fingerprint.sizeBytes : 0,
  }))
  const whole = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  return [...sizes, { path: failure.path, bytes: whole }].some(
    ({ path, bytes }) => path === failure.path && String(bytes) === failure.found,
  )
}
