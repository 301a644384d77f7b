import { type Catalog, isCatalogError } from 'model-catalog'
import { SourceError } from '../source/source-error.ts'

const FIRST_RETRY_MS = 10 * 60 * 1000
const LAST_RETRY_MS = 24 * 60 * 60 * 1000

/** What the bytes are to blame for: the source would send them again. */
const WRONG = ['DIGEST_MISMATCH', 'SIZE_MISMATCH', 'NOT_A_MODEL', 'NOT_A_REGULAR_FILE'] as const
const NOT_ITS_OWN: readonly string[] = ['IN_USE', 'DOWNLOAD_ENDED', 'NOT_FOUND', 'CONFLICT', 'CLOSED']

/** Whether a failure says nothing about the model: another provisioner has it, or it was removed or changed. */
export function isNotItsOwn(error: unknown): boolean {
  return isCatalogError(error) && NOT_ITS_OWN.includes(error.code)
}

/** What to record of a failure; undefined if it says nothing about the model, such as IN_USE. */
export function toFailed(
  error: unknown,
  attempts: number,
): { readonly problem: string; readonly retryAfterMs?: number } | undefined {
  const backoffMs = FIRST_RETRY_MS * 2 ** Math.min(attempts, 20)
  if (error instanceof SourceError) {
    const retryAfterMs = Math.min(LAST_RETRY_MS, Math.max(backoffMs, error.retryAfterMs ?? 0))
    return { problem: error.message, ...(error.isTransient && { retryAfterMs }) }
  }
  if (!isCatalogError(error) || isNotItsOwn(error)) return undefined
  const wrong = WRONG.find((code) => code === error.code)
  if (wrong !== undefined) return { problem: `what was downloaded is refused: ${wrong}` }
  return { problem: error.code, retryAfterMs: Math.min(LAST_RETRY_MS, backoffMs) }
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
