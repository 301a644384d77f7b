/** Room `commit`: what a commit is made of, and how it is sent. */

import { randomUUID } from 'node:crypto'
import { CatalogError, type CommitOutcome, type ModelEntry, type ModelId } from '@catalog/types'
import { type CheckedCommit, decodeEntry, GroupCommit } from '@catalog/types/adapter'
import type { Database } from '../connection/database.ts'
import type { FoundCatalog } from '../schema/migrate.ts'
import type { QuotedSchema } from '../schema/schema-name.ts'
import { encodeCall } from './encode-call.ts'
import type { EncodedCommit } from './encode-commit.ts'

/** The most JSON text that goes into one call of the function, unless one call of `commit` has more. */
const MAX_CALL_LENGTH = 1 << 20

/** What `commit_changes` answers for each commit. */
export type Answer =
  | { readonly revisions: string; readonly unchanged: string | null }
  | { readonly conflicts: readonly WireConflict[] }
  | { readonly settings: number }

interface WireConflict {
  readonly id: string
  readonly expected: number
  readonly found: number
  readonly as: string
}

/**
 * Sends commits, one call at a time: those that come meanwhile share the next one. Each call has a number, so that the
 * database knows one that is sent again.
 */
export class Committer {
  readonly #database: Database
  readonly #text: string
  readonly #catalog: FoundCatalog
  readonly #writer: string = randomUUID()
  readonly #group: GroupCommit<EncodedCommit, Answer>
  #lastCall = 0

  constructor(database: Database, schema: QuotedSchema, catalog: FoundCatalog) {
    this.#database = database
    this.#catalog = catalog
    this.#text = `SELECT ${schema}.commit_changes($1, $2, $3, $4, $5, $6) AS answer`
    this.#group = new GroupCommit((commits) => this.#send(commits), MAX_CALL_LENGTH)
  }

  submit(commits: readonly EncodedCommit[]): Promise<readonly Answer[]> {
    return this.#group.submit(commits)
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#group.idle()
  }

  async #send(commits: readonly EncodedCommit[]): Promise<readonly Answer[]> {
    this.#lastCall += 1
    const call = this.#lastCall
    const { id, format } = this.#catalog
    const waves = encodeCall(commits)
    const [row] = await this.#database.run({
      ...{ operation: 'commit', name: 'commit' },
      isWrite: true,
      text: this.#text,
      values: (remainingMs) => [id, format, this.#writer, call, remainingMs, waves],
    })
    return JSON.parse(row?.['answer'] ?? '[]')
  }
}

/** The outcome of a commit of changes, or of a verification alone. */
export function toOutcome({ changes }: CheckedCommit, answer: Answer, place: string): CommitOutcome {
  if ('conflicts' in answer) {
    const conflicts = answer.conflicts.map(({ id, expected, found, as }) => ({
      ...{ id: id as ModelId, expectedRevision: expected, foundRevision: found, foundId: as },
    }))
    return { applied: false, conflicts }
  }
  if (!('revisions' in answer)) throw createUnexpected(place)
  const revisions = answer.revisions.split(',').map(Number)
  if (answer.unchanged !== null) {
    return { applied: true, entries: [decodeEntry(JSON.parse(answer.unchanged), revisions[0] ?? 0)] }
  }
  const entries = changes.map(({ wire, entry }, index): ModelEntry | null => {
    const revision = revisions[index]
    if (revision === undefined) throw createUnexpected(place)
    if (wire === null) return null
    return entry?.revision === revision ? entry : decodeEntry(wire, revision)
  })
  return { applied: true, entries }
}

function createUnexpected(path: string): Error {
  const problem = 'the function commit_changes gave an answer of another kind'
  return new CatalogError('DAMAGED', `${path} is damaged: ${problem}`, { path, problem })
}
