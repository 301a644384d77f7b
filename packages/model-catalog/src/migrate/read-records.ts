import type { CatalogReader, CommittedChange, CopiedRecord } from '@catalog/types'

/** Part of a history: what comes after one position, up to another. */
export interface HistorySpan {
  readonly since: number
  readonly until: number
  readonly signal?: AbortSignal | undefined
}

/**
 * One record for each position of the span, in order, also for those without a change. Takes little memory, however long the history
 * is.
 */
export async function* readRecords(
  store: CatalogReader,
  span: HistorySpan,
): AsyncGenerator<CopiedRecord, void, undefined> {
  const { since, until, signal } = span
  let position = since
  let at = new Date(0).toISOString()
  for await (const record of readChangedRecords(store, span)) {
    signal?.throwIfAborted()
    at = record.at
    for (position += 1; position < record.position; position += 1) yield { position, at, changes: [] }
    yield record
  }
  for (position += 1; position <= until; position += 1) yield { position, at, changes: [] }
}

async function* readChangedRecords(
  store: CatalogReader,
  span: HistorySpan,
): AsyncGenerator<CopiedRecord, void, undefined> {
  const last = await readLastChanges(store, span)
  const [{ position: end } = { position: 0 }] = last
  if (last.length === 0) return
  const { since, signal } = span
  let changes: CommittedChange[] = []
  let isBegun = false
  for await (const change of store.watch({ since, signal })) {
    if (changes.length > 0 && changes[0]?.position !== change.position) {
      yield toRecord(changes)
      changes = []
    }
    if (!isBegun && since === 0 && change.position > 1) await assertKeptFromBeginning(store, signal)
    isBegun = true
    if (change.position > end) break
    changes.push(change)
    // A watch waits for more, and there may be none.
    if (change.position === end && changes.length === last.length) break
  }
  if (changes.length > 0) yield toRecord(changes)
}

/** A watch from 0 on leaves out what is pruned; any other one is INVALID_INPUT. There is a change after position 1. */
async function assertKeptFromBeginning(store: CatalogReader, signal: AbortSignal | undefined): Promise<void> {
  const watch = store.watch({ since: 1, signal })
  try {
    await watch.next()
  } finally {
    await watch.return?.()
  }
}

function toRecord(changes: readonly CommittedChange[]): CopiedRecord {
  const [first] = changes
  if (first === undefined) throw new Error('a record with changes has a first one')
  return { position: first.position, at: first.at, changes }
}

/** The changes at the last position of the span that has any; none if nothing changed in all of it. */
async function readLastChanges(
  store: CatalogReader,
  { since, until }: HistorySpan,
): Promise<readonly CommittedChange[]> {
  for (let back = 1; until > since; back = Math.min(4 * back, until - since)) {
    const changes = (await store.changes(until - back)).filter(({ position }) => position <= until)
    const end = changes.at(-1)?.position
    if (end !== undefined) return changes.filter(({ position }) => position === end)
    if (back === until - since) return []
  }
  return []
}
