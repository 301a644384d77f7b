import { type CommittedChange, isCatalogError, type ModelId } from '@catalog/types'
import {
  attributionShape,
  defineOptionalOptions,
  type OptionsParser,
  optionsSchema,
  revisionSchema,
  waitSchema,
} from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { WriteOptions } from '../entry/operation-options.ts'

/** Whether an operation that the use of the model prevents waits for the end of that use. */
export interface WaitOptions {
  /**
   * Whether to wait without limit, or until the signal is aborted. Not together with `ifRevision`. Default
   * false.
   */
  readonly wait?: boolean | { readonly signal?: AbortSignal | undefined } | undefined
}

export const parseWriteAndWaitOptions: OptionsParser<WriteOptions & WaitOptions> = defineOptionalOptions<
  WriteOptions & WaitOptions
>(
  optionsSchema({
    ...attributionShape,
    ifRevision: revisionSchema.optional(),
    wait: waitSchema.optional(),
  }).refine(({ wait = false, ifRevision }) => wait === false || ifRevision === undefined, {
    path: ['ifRevision'],
    // The end of a lease is a change of the entry.
    message: 'must not be given together with wait',
  }),
)

/** Looked at again at least so often: a clock may be set, and a timer takes no more than 24 days. */
const LONGEST_WAIT_MS = 60 * 60 * 1000

export interface WaitRequest extends WaitOptions {
  readonly id: ModelId
}

/** Runs `attempt`, anew whenever what made it IN_USE may have ended, where the caller waits. */
export async function waitUntilUnused<T>(
  context: CatalogContext,
  { id, wait = false }: WaitRequest,
  attempt: () => Promise<T>,
): Promise<T> {
  if (wait === false) return attempt()
  // Stryker disable next-line ConditionalExpression,BooleanLiteral: only the types need this: true has no signal either.
  const signal = wait === true ? undefined : wait.signal
  for (;;) {
    signal?.throwIfAborted()
    // Before the attempt, so that no change between it and the watch is missed.
    const since = await context.store.refresh()
    try {
      return await attempt()
    } catch (error) {
      if (!isCatalogError(error, 'IN_USE')) throw error
      const ends = error.details.users.map(({ until }) => Date.parse(until))
      await waitForChange(context, { id, since, until: Math.min(...ends), signal })
    }
  }
}

interface Waiting {
  readonly id: ModelId
  readonly since: number
  /** Milliseconds since 1970. */
  readonly until: number
  readonly signal: AbortSignal | undefined
}

/** Until the model changes, or the time has come. Rejects with the signal's reason, and CLOSED once the store is. */
async function waitForChange(
  { store, clock, wait }: CatalogContext,
  { id, since, until, signal }: Waiting,
): Promise<void> {
  const ended = new AbortController()
  // Stryker disable next-line OptionalChaining: only a signal that is there calls it.
  const abort = (): void => ended.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted === true) abort()
  const leftMs = Math.min(Math.max(until - clock.now().getTime(), 1), LONGEST_WAIT_MS)
  try {
    const changed = findChange(store.watch({ since, signal: ended.signal }), id)
    await Promise.race([changed, wait(leftMs, ended.signal)])
  } finally {
    signal?.removeEventListener('abort', abort)
    ended.abort()
  }
}

async function findChange(changes: AsyncIterable<CommittedChange>, id: ModelId): Promise<void> {
  for await (const change of changes) if (change.id === id) return
}
