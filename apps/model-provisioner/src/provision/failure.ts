import { type Catalog, isCatalogError } from 'model-catalog'
import { SourceError } from '../source/source-error.ts'

const FIRST_RETRY_MS = 10 * 60 * 1000
const LAST_RETRY_MS = 24 * 60 * 60 * 1000

/** What may pass without anybody doing anything to the model. */
const PASSING = ['NO_SPACE', 'READ_ONLY', 'IO'] as const
/** What the bytes are to blame for: the source would send them again. */
const WRONG = ['DIGEST_MISMATCH', 'SIZE_MISMATCH', 'NOT_A_MODEL', 'NOT_A_REGULAR_FILE'] as const

/** What a failure means to those who come after; undefined if it is none of the model's, as that another is at it. */
export function toFailed(
  error: unknown,
  attempts: number,
): { readonly problem: string; readonly retryAfterMs?: number } | undefined {
  const retryAfterMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 20))
  if (error instanceof SourceError) {
    return { problem: error.message, ...(error.isTransient && { retryAfterMs }) }
  }
  const passing = PASSING.find((code) => isCatalogError(error, code))
  if (passing !== undefined) return { problem: passing, retryAfterMs }
  const wrong = WRONG.find((code) => isCatalogError(error, code))
  return wrong === undefined ? undefined : { problem: `what was downloaded is refused: ${wrong}` }
}

/** Gives the download up for others. What told why matters more than whether that could be written. */
export async function giveUp(
  catalog: Catalog,
  id: string,
  failed?: { readonly problem: string; readonly retryAfterMs?: number },
): Promise<void> {
  try {
    await catalog.downloads.abandon(id, { failed })
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}
