/** Room `commit`: what a commit is made of, and how it is sent. */

import { randomUUID } from 'node:crypto'
import { CatalogError, type CommitOutcome, type ModelEntry, type ModelId } from '@catalog/types'
import { type CheckedCommit, decodeEntry, GroupCommit } from '@catalog/types/adapter'
import type { Database } from '../connection/database.ts'
import type { FoundCatalog } from '../schema/migrate.ts'
import type { QuotedSchema } from '../schema/schema-name.ts'
import { CallEncoder } from './encode-call.ts'
import type { EncodedCommit } from './encode-commit.ts'

/** The most JSON text that goes into one call of the function, unless one call of `commit` has more. */
const MAX_CALL_LENGTH = 1 << 20

/** What the database answers for each commit. */
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

/** What both lines of a committer send with. */
interface LineParts {
  readonly database: Database
  readonly calls: CallEncoder
  readonly catalog: FoundCatalog
}

/**
 * Sends commits in two lines, so that the commits of one are encoded while the server makes those of the other. Calls
 * for one model go the same way and stay in order; a call for models of both lines may come before one of them, and then has a conflict.
 */
export class Committer {
  readonly #lines: readonly [CommitLine, CommitLine]

  constructor(database: Database, schema: QuotedSchema, catalog: FoundCatalog) {
    const parts = { database, calls: new CallEncoder(schema), catalog }
    this.#lines = [new CommitLine(parts), new CommitLine(parts)]
  }

  submit(commits: readonly EncodedCommit[]): Promise<readonly Answer[]> {
    return this.#findLine(commits).submit(commits)
  }

  /** That with a commit of the same model, or the one that has less to do. */
  #findLine(commits: readonly EncodedCommit[]): CommitLine {
    const [first, second] = this.#lines
    const lineOfModel = this.#lines.find((line) => line.hasAny(commits))
    return lineOfModel ?? (first.pending <= second.pending ? first : second)
  }
}

/**
 * Sends commits, one call at a time: those that come meanwhile share the next one. Each call has a number, so that the
 * database knows one that is sent again.
 */
class CommitLine {
  readonly #parts: LineParts
  readonly #writer: string = randomUUID()
  readonly #group: GroupCommit<EncodedCommit, Answer>
  /** How many commits of a model, by its folded id, have no answer yet. */
  readonly #models: Map<string, number> = new Map()
  #pending = 0
  #lastCall = 0

  constructor(parts: LineParts) {
    this.#parts = parts
    this.#group = new GroupCommit((commits) => this.#send(commits), MAX_CALL_LENGTH)
  }

  /** How many commits have no answer yet. */
  get pending(): number {
    return this.#pending
  }

  /** Whether a commit of one of the same models has no answer yet. */
  hasAny(commits: readonly EncodedCommit[]): boolean {
    return this.#pending > 0 && commits.some(({ touches }) => touches.some((id) => this.#models.has(id)))
  }

  async submit(commits: readonly EncodedCommit[]): Promise<readonly Answer[]> {
    this.#count(commits, 1)
    try {
      return await this.#group.submit(commits)
    } finally {
      this.#count(commits, -1)
    }
  }

  #count(commits: readonly EncodedCommit[], by: 1 | -1): void {
    this.#pending += by * commits.length
    for (const { touches } of commits) {
      for (const id of touches) {
        const count = (this.#models.get(id) ?? 0) + by
        if (count === 0) this.#models.delete(id)
        else this.#models.set(id, count)
      }
    }
  }

  async #send(commits: readonly EncodedCommit[]): Promise<readonly Answer[]> {
    this.#lastCall += 1
    const call = this.#lastCall
    const { database, calls, catalog } = this.#parts
    const { id, format } = catalog
    const { statement, values } = calls.encode(commits)
    const [row] = await database.run({
      ...{ operation: 'commit', isWrite: true, ...statement },
      values: (remainingMs) => [id, format, this.#writer, call, remainingMs, ...values],
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
  const problem = 'a commit was given an answer of another kind'
  return new CatalogError('DAMAGED', `${path} is damaged: ${problem}`, { path, problem })
}
