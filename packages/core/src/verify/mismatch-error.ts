import { CatalogError, type ModelId } from '@catalog/types'
import type { Finding, Mismatch } from './verification-outcome.ts'

/** The finding of a mismatch; with `isQuarantined`, `path` is where the wrong file was moved to. */
interface MismatchFinding extends Pick<Finding, 'kind' | 'path' | 'diagnosis'> {
  readonly isQuarantined?: true
}

/** The error of a mismatch that is recorded. */
export function createMismatch(
  id: ModelId,
  { kind, path, diagnosis, isQuarantined }: MismatchFinding,
  mismatch: Mismatch,
): CatalogError {
  const hint = diagnosis?.[0] === undefined ? '' : `: ${diagnosis[0].text}`
  const more = { ...(diagnosis !== undefined && { diagnosis }), ...(isQuarantined && { isQuarantined }) }
  if (mismatch.outcome === 'size-mismatch') {
    const { expectedBytes, foundBytes } = mismatch
    const message = `model "${id}" has ${foundBytes} bytes, expected ${expectedBytes}${hint}`
    return new CatalogError('SIZE_MISMATCH', message, { id, path, expectedBytes, foundBytes, ...more })
  }
  const { expected, read } = mismatch
  const { digest: found, sizeBytes } = read
  const what = kind === 'wrong-part' ? `${path} of model "${id}"` : `model "${id}"`
  const message = `${what} has digest ${found}, expected ${expected}${hint}`
  return new CatalogError('DIGEST_MISMATCH', message, { id, path, expected, found, sizeBytes, ...more })
}
