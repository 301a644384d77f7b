import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CatalogStore, type CommittedChange, isCatalogError } from '@catalog/types'
import { openFileStore } from '../src/file-store.ts'
import { type Journal, readJournal } from './journal.ts'
import type { Ledger } from './ledger.ts'

export interface AuditOptions {
  readonly segmentBytes?: number
  /** As in {@link Ledger.compare}. */
  readonly mayForget?: boolean
}

/**
 * When all writers have ended: opens the catalog like any reader, and puts what the store says, what its journal
 * says, what the view says and what the ledger says side by side. What disagrees goes to the ledger's breaks.
 */
export async function audit(
  root: string,
  ledger: Ledger,
  options: AuditOptions = {},
): Promise<Journal | undefined> {
  const place = { root, ...(options.segmentBytes !== undefined && { segmentBytes: options.segmentBytes }) }
  try {
    const startedAt = performance.now()
    const store = await openFileStore(place)
    ledger.take({ kind: 'opened', ms: Math.round(performance.now() - startedAt) })
    const changes = await store.changes(0)
    ledger.breaks.push(...(await compareStore(store, readJournal(root))))
    await store.close()
    const journal = readJournal(root)
    ledger.breaks.push(...ledger.compare(journal, options))
    ledger.breaks.push(...compareHistory(changes, journal), ...compareView(root, journal))
    return journal
  } catch (error) {
    const text = isCatalogError(error)
      ? JSON.stringify(error)
      : String(error instanceof Error ? error.stack : error)
    ledger.breaks.push(`the audit of ${root} ended with ${text}`)
    return undefined
  }
}

/** What an open store says, against what the file says. */
export async function compareStore(store: CatalogStore, journal: Journal): Promise<readonly string[]> {
  const entries = await store.list({})
  const listed = entries.map(({ id, revision, name }) => `${id} ${revision} ${name}`)
  return difference('the list of the store', listed.sort(), statesOf(journal))
}

function compareHistory(changes: readonly CommittedChange[], journal: Journal): readonly string[] {
  const found = changes.map(({ reason, position, id, revision }) => `${reason} ${position} ${id} ${revision}`)
  const expected = journal.applied.flatMap((commit) =>
    commit.changes.map(({ id, revision }) => `${commit.token} ${commit.position} ${id} ${revision}`),
  )
  return [...difference('changes(0)', found, expected), ...findGaps(changes)]
}

function findGaps(changes: readonly CommittedChange[]): readonly string[] {
  const last = new Map<string, number>()
  return changes.flatMap(({ id, revision }) => {
    const before = last.get(id) ?? 0
    last.set(id, revision)
    return revision === before + 1 ? [] : [`${id} went from revision ${before} to ${revision}`]
  })
}

function compareView(root: string, journal: Journal): readonly string[] {
  const { revision, models } = JSON.parse(readFileSync(join(root, 'catalog.json'), 'utf8'))
  const shown = models.map((model: { id: string; revision: number; name: string }) => {
    return `${model.id} ${model.revision} ${model.name}`
  })
  const behind =
    revision === journal.records ? [] : [`the view is of ${revision}, the journal of ${journal.records}`]
  return [...behind, ...difference('the view', shown.sort(), statesOf(journal))]
}

/** One line for each entry that is there. */
function statesOf({ slots }: Journal): readonly string[] {
  const present = [...slots].filter(([, { isRemoved }]) => !isRemoved)
  return present.map(([id, { revision, token }]) => `${id} ${revision} ${token}`).sort()
}

function difference(what: string, found: readonly string[], expected: readonly string[]): readonly string[] {
  if (found.length === expected.length && found.every((line, index) => line === expected[index])) return []
  const at = expected.findIndex((line, index) => line !== found[index])
  const place = at === -1 ? expected.length : at
  return [
    `${what} has ${found.length} lines and not ${expected.length}, first ${found[place]} and not ${expected[place]}`,
  ]
}
