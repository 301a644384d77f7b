import type { Catalog, CommittedChange, ModelEntry } from 'model-catalog'
import { giveUp, isNotItsOwn } from './provision/failure.ts'
import { type ProvisionOptions, provision } from './provision/provision.ts'
import { SourceError } from './source/source-error.ts'

export interface ServiceOptions extends ProvisionOptions {
  readonly signal: AbortSignal
  /** Under which name the catalog was opened: what that had begun before a crash goes on at once. */
  readonly holder?: string | undefined
  /** How many models are downloaded at a time. Default 2. */
  readonly atOnce?: number | undefined
  /** Told of the end of each, right or wrong. */
  readonly onEnd: (id: string, outcome: ModelEntry | Error) => void
}

/** The longest time between two looks, for what no change tells of: clocks that were set, leases that ran out. */
const LONGEST_MS = 60_000
/** How long a model is left alone after an attempt that ended early, if its entry says nothing else and does not change. */
const LEFT_ALONE_MS = 60_000
/** What a provisioner itself does at each attempt. */
const OWN_OPERATIONS: readonly string[] = ['begin-download', 'renew-download']

/**
 * Downloads what is Pending, as it comes, until the signal is aborted: what others are at when their time is over, and what failed
 * when its time has come. Any number of these may follow one catalog.
 */
export async function followCatalog(catalog: Catalog, options: ServiceOptions): Promise<void> {
  const { signal, atOnce = 2, onEnd, holder } = options
  const bell = new Bell()
  const running = new Map<string, Promise<void>>()
  // Until when: in milliseconds of the epoch.
  const leftAlone = new Map<string, number>()
  // Ends what is under way also if the catalog can no longer be read.
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  let failed: { readonly error: unknown } | undefined
  const watching = watchCatalog(catalog, until, ({ id, operation }) => {
    if (!OWN_OPERATIONS.includes(operation)) leftAlone.delete(id)
    bell.ring()
  }).catch((error: unknown) => {
    failed = { error }
    bell.ring()
  })
  const start = async (id: string): Promise<void> => {
    const outcome = await provisionPending(catalog, id, { ...options, signal: until }).catch(toError)
    if (outcome instanceof Error) leftAlone.set(id, Date.now() + LEFT_ALONE_MS)
    running.delete(id)
    bell.ring()
    if (!until.aborted && !isNotItsOwn(outcome)) onEnd(id, outcome)
  }
  until.addEventListener('abort', () => bell.ring(), { once: true })
  try {
    while (!signal.aborted) {
      const quiet = bell.next()
      if (failed !== undefined) throw failed.error
      const { due, nextMs } = await findDue(catalog, { running, leftAlone, holder })
      for (const id of due.slice(0, Math.max(0, atOnce - running.size))) running.set(id, start(id))
      await elapse(nextMs, quiet)
    }
  } finally {
    over.abort(new Error('the catalog is no longer followed'))
    await Promise.allSettled([watching, ...running.values()])
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** A model that stays Pending with the right bytes, as a policy may want it, is not fetched over and over. */
async function provisionPending(
  catalog: Catalog,
  id: string,
  options: ProvisionOptions,
): Promise<ModelEntry> {
  const entry = await provision(catalog, id, options)
  if (entry.state !== 'Pending') return entry
  const problem = 'its bytes were read, and the policy keeps it Pending'
  await giveUp(catalog, id, { problem })
  throw new SourceError(problem, { isTransient: false })
}

interface Due {
  readonly due: readonly string[]
  /** When the next one is, in milliseconds. */
  readonly nextMs: number
}

interface Known {
  readonly running: ReadonlyMap<string, unknown>
  readonly leftAlone: ReadonlyMap<string, number>
  readonly holder: string | undefined
}

async function findDue(catalog: Catalog, { running, leftAlone, holder }: Known): Promise<Due> {
  const now = Date.now()
  const due: string[] = []
  let nextMs = LONGEST_MS
  for (const entry of await catalog.list({ state: 'Pending' })) {
    const asked = dueAt(entry, holder)
    if (asked === undefined || running.has(entry.id)) continue
    const at = Math.max(asked, leftAlone.get(entry.id) ?? 0)
    if (at <= now) due.push(entry.id)
    else nextMs = Math.min(nextMs, at - now)
  }
  return { due, nextMs }
}

/** When a Pending model is to be downloaded, in milliseconds of the epoch; undefined if a person has to do something first. */
function dueAt(
  { location, download, failedDownload }: ModelEntry,
  holder: string | undefined,
): number | undefined {
  // The file is registered in place and is not downloaded.
  if (location !== undefined) return undefined
  if (failedDownload !== undefined && failedDownload.retryAt === undefined) return undefined
  const until = download?.holder === holder ? undefined : download?.until
  const times = [failedDownload?.retryAt, until].map((time) => Date.parse(time ?? ''))
  return Math.max(0, ...times.filter((time) => Number.isFinite(time)))
}

async function watchCatalog(
  catalog: Catalog,
  signal: AbortSignal,
  onChange: (change: CommittedChange) => void,
): Promise<void> {
  try {
    for await (const change of catalog.watch({ signal })) onChange(change)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Rings for all who wait. */
class Bell {
  #ring: () => void = () => undefined
  #next: Promise<void> = this.#renew()

  next(): Promise<void> {
    return this.#next
  }

  ring(): void {
    const ring = this.#ring
    this.#next = this.#renew()
    ring()
  }

  #renew(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve
    })
  }
}

/** After so much time, or when the bell rings: then no timer is left. */
async function elapse(ms: number, rung: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([elapsed, rung])
  clearTimeout(timer)
}
