import { type Catalog, type CatalogErrorCode, isCatalogError, type ModelEntry } from 'model-catalog'
import { type ProvisionOptions, provision } from './provision/provision.ts'
import { SourceError } from './source/source-error.ts'

/** How a job ended: for a script, or the termination log of an init container. */
export interface JobResult {
  readonly id: string
  readonly outcome: 'ready' | 'failed' | 'try-again' | 'stopped'
  readonly state?: string
  readonly digest?: string | null
  readonly bytes?: number
  /** An error code of the catalog. */
  readonly code?: string
  readonly problem?: string
  readonly ms: number
}

/** The longest time between two attempts: a rival that shares the file tells of its end at another model. */
const LONGEST_MS = 60_000

/** `try-again` is that of sysexits.h for what may pass. */
export const EXIT_CODES: Readonly<Record<JobResult['outcome'], number>> = {
  ready: 0,
  failed: 1,
  'try-again': 75,
  stopped: 130,
}

/** Downloads one model, or waits while another provisioner does. Never rejects for what the model is to blame for. */
export async function runJob(
  catalog: Catalog,
  id: string,
  options: ProvisionOptions & { readonly signal: AbortSignal },
): Promise<JobResult> {
  const from = performance.now()
  const end = (result: Omit<JobResult, 'id' | 'ms'>): JobResult => ({
    id,
    ...result,
    ms: Math.round(performance.now() - from),
  })
  try {
    return end(toReady(await provisionOrWait(catalog, id, options)))
  } catch (error) {
    if (options.signal.aborted) return end({ outcome: 'stopped', problem: 'it was stopped' })
    return end(toFailure(error))
  }
}

function toReady({ state, digest, sizeBytes, evidence = {} }: ModelEntry): Omit<JobResult, 'id' | 'ms'> {
  const bytes = sizeBytes ?? Object.values(evidence)[0]?.bytes
  const outcome = state === 'Active' || state === 'Retired' ? 'ready' : 'failed'
  return { outcome, state, digest, ...(bytes !== undefined && { bytes }) }
}

function toFailure(error: unknown): Omit<JobResult, 'id' | 'ms'> {
  const problem = error instanceof Error ? error.message : String(error)
  if (error instanceof SourceError) return { outcome: error.isTransient ? 'try-again' : 'failed', problem }
  if (!isCatalogError(error)) throw error
  return { outcome: isPassing(error) ? 'try-again' : 'failed', code: error.code, problem }
}

const PASSING: readonly CatalogErrorCode[] = [
  'NO_SPACE',
  'IO',
  'UNAVAILABLE',
  'READ_ONLY',
  'CONFLICT',
  'IN_USE',
  'DOWNLOAD_ENDED',
]

/** Whether a later attempt may succeed. */
export function isPassing(error: Error): boolean {
  return isCatalogError(error) && PASSING.includes(error.code)
}

/** Another provisioner's download ends with a change of the entry, or by its time. */
async function provisionOrWait(
  catalog: Catalog,
  id: string,
  options: ProvisionOptions & { readonly signal: AbortSignal },
): Promise<ModelEntry> {
  for (;;) {
    const since = await catalog.refresh()
    try {
      return await provision(catalog, id, options)
    } catch (error) {
      if (!isCatalogError(error, 'IN_USE')) throw error
      const until = Math.max(...error.details.users.map((user) => Date.parse(user.until)))
      await waitForChange(catalog, id, { since, until, signal: options.signal })
    }
  }
}

interface Waiting {
  readonly since: number
  readonly until: number
  readonly signal: AbortSignal
}

async function waitForChange(catalog: Catalog, id: string, { since, until, signal }: Waiting): Promise<void> {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), Math.min(LONGEST_MS, Math.max(1, until - Date.now())))
  try {
    for await (const change of catalog.watch({ since, signal: AbortSignal.any([signal, over.signal]) })) {
      // Its holder renews it again and again.
      if (change.id === id && change.operation !== 'renew-download' && change.operation !== 'begin-download')
        return
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!over.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
}
