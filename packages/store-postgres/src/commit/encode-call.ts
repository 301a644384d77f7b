import { COLUMNS, toArguments } from '../schema/given-columns.ts'
import type { QuotedSchema } from '../schema/schema-name.ts'
import type { EncodedChange, EncodedCommit } from './encode-commit.ts'

/** Where the columns of a change begin among the parameters of a statement. */
const FIRST_COLUMN = 10
const LAST_PARAMETERS = [0, 1, 2].map((index) => `$${FIRST_COLUMN + COLUMNS.length + index}`)

/** A statement that makes commits. */
export interface CommitStatement {
  readonly name: string
  /** Its first five parameters are those of every call: catalog, format, writer, number and time. */
  readonly text: string
}

/** A statement, and its parameters after the first five. */
export interface EncodedCall {
  readonly statement: CommitStatement
  readonly values: readonly unknown[]
}

/** Makes the calls for a schema. */
export class CallEncoder {
  readonly #commits: CommitStatement
  readonly #singleChange: CommitStatement

  constructor(schema: QuotedSchema) {
    this.#commits = {
      name: 'commit_changes',
      text: `SELECT ${schema}.commit_changes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS answer`,
    }
    this.#singleChange = {
      name: 'commit_change',
      text: `SELECT ${schema}.commit_change($1, $2, $3, $4, $5, $6, $7, $8, $9,
        ${[...toArguments(FIRST_COLUMN), ...LAST_PARAMETERS].join(', ')}) AS answer`,
    }
  }

  /** The call for these commits: one commit of one change has a function of its own, which is faster. */
  encode(commits: readonly EncodedCommit[]): EncodedCall {
    const [commit, ...others] = commits
    const [change, ...furtherChanges] = commit?.changes ?? []
    const isSingle = others.length + furtherChanges.length === 0 && commit?.verification === undefined
    return isSingle && commit !== undefined && change !== undefined
      ? { statement: this.#singleChange, values: toValues(commit, change) }
      : { statement: this.#commits, values: encodeWaves(commits) }
  }
}

function toValues({ text, at, operation }: EncodedCommit, change: EncodedChange): readonly unknown[] {
  const { folded, id, ifRevision, entry, columns } = change
  const given: Readonly<Record<string, unknown>> = { ...columns }
  return [folded, id, ifRevision, entry, ...COLUMNS.map((name) => given[name] ?? null), text, at, operation]
}

/**
 * The commits of one call, for `commit_changes`: in waves of commits that touch different models, so that each wave can be checked and
 * written together. A change of the settings is a wave of its own; so is a verification alone, which takes no position if the model
 * does not exist.
 */
function encodeWaves(commits: readonly EncodedCommit[]): readonly (string | null)[] {
  const [first, ...others] = splitIntoWaves(commits).map(toWave)
  const encode = (part: unknown): string | null => (part === undefined ? null : JSON.stringify(part))
  return [
    ...[first?.commits, first?.keys, first?.changes, first?.settings].map(encode),
    others.length === 0 ? null : JSON.stringify(others),
  ]
}

function splitIntoWaves(commits: readonly EncodedCommit[]): readonly (readonly EncodedCommit[])[] {
  const waves: EncodedCommit[][] = []
  let touched = new Set<string>()
  let isOpen = false
  for (const commit of commits) {
    const { touches, changes } = commit
    const isApart = changes.length === 0
    if (isOpen && !isApart && touches.every((id) => !touched.has(id))) waves.at(-1)?.push(commit)
    else {
      waves.push([commit])
      touched = new Set()
    }
    for (const id of touches) touched.add(id)
    isOpen = !isApart
  }
  return waves
}

/** What the function reads as records: of the commits, of what is compared before anything is written, and of what is written. */
interface Wave {
  readonly commits: readonly object[]
  readonly keys?: readonly object[]
  readonly changes?: readonly object[]
  readonly settings?: object | undefined
}

function toWave(commits: readonly EncodedCommit[]): Wave {
  const changes = commits.flatMap((commit, index) =>
    commit.changes.map((change, n) => ({ k: index + 1, n, ...change })),
  )
  return {
    commits: commits.map(({ text: record, at, operation, changes: { length }, verification }, index) => ({
      ...{ k: index + 1, record, at, operation, count: Math.max(length, 1), verification },
    })),
    ...(changes.length > 0 && {
      keys: changes.map(({ k, n, id, folded, ifRevision, columns }) => ({
        ...{ k, n, id, folded, if_revision: ifRevision, state: columns?.state },
      })),
      changes: changes.map(({ k, n, id, folded, entry, columns }) => ({
        k,
        n,
        id,
        folded,
        entry,
        ...columns,
      })),
    }),
    settings: commits[0]?.settings,
  }
}
