import { LIFECYCLE_STATES } from '@catalog/types'
import { findSettingsProblems, findTotalsProblem, findVerificationProblem } from '@catalog/types/adapter'
import { isCount, isObject } from './json.ts'

const PREFIX = /^[0-9a-f]{32}$/u
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/u
const MAX_ID_LENGTH = 200
const STATES: ReadonlySet<unknown> = new Set(LIFECYCLE_STATES)

/**
 * What is wrong with the form of a record, in words, but for its commits; undefined where nothing is. It takes next to no
 * time, because it is in front of every record that is replayed.
 */
export function findHeaderProblem(record: unknown): string | undefined {
  if (!isObject(record)) return 'it is not an object'
  if (!isChainPoint(record['after'])) return '"after" is not a place in the chain'
  if (!isChainPoint(record['synced'])) return '"synced" is not a place in the chain'
  if (typeof record['writer'] !== 'string') return '"writer" is not a string'
  if (!isCount(record['seq'], 1)) return '"seq" is not a positive integer'
  if (!isTime(record['at'])) return '"at" is not a time'
  if (record['seal'] !== undefined && record['seal'] !== true) return '"seal" is not true'
  if (record['mended'] !== undefined && !isPrefix(record['mended'])) return '"mended" is not a prefix digest'
  return undefined
}

/** What is wrong with all of a record. */
export function findRecordProblem(record: unknown): string | undefined {
  return findHeaderProblem(record) ?? findContentProblem(record as Readonly<Record<string, unknown>>)
}

/** What is wrong with a change, its entry included as far as replaying needs it. */
export function findChangeProblem(change: unknown): string | undefined {
  if (!isObject(change)) return 'it is not an object'
  const { id, entry } = change
  if (!isModelId(id)) return 'its "id" is not a model id'
  if (!isCount(change['if'], 0)) return 'its "if" is not a revision'
  if (entry === null) return undefined
  if (!isObject(entry)) return 'its "entry" is neither an object nor null'
  if (entry['id'] !== id) return 'the "id" of its "entry" is another one'
  if (!STATES.has(entry['state'])) return 'the "state" of its "entry" is not one that this version knows'
  return undefined
}

export function isChainPoint(value: unknown): value is readonly [number, string] {
  return Array.isArray(value) && value.length === 2 && isCount(value[0], 0) && isPrefix(value[1])
}

export function isModelId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID_LENGTH && MODEL_ID.test(value)
}

/**
 * The same of its commits. Of an entry it looks at what replaying needs: `Row.entry` checks the rest when a caller asks
 * for it.
 */
export function findContentProblem({ commits }: { readonly commits?: unknown }): string | undefined {
  if (commits === undefined) return undefined
  if (!Array.isArray(commits)) return '"commits" is not a list'
  for (const [index, commit] of commits.entries()) {
    const problem = findCommitProblem(commit)
    if (problem !== undefined) return `commits[${index}]: ${problem}`
  }
  return undefined
}

function findCommitProblem(commit: unknown): string | undefined {
  const problem = findAttributionProblem(commit)
  if (problem !== undefined) return problem
  const { changes, settings, verification } = commit as {
    readonly changes: readonly unknown[]
    readonly settings?: unknown
    readonly verification?: unknown
  }
  const unverified = verification === undefined ? undefined : findVerifiedProblem(verification)
  if (unverified !== undefined) return unverified
  if (settings !== undefined) return findSettingsChangeProblem(settings, changes)
  for (const [index, change] of changes.entries()) {
    const wrong = findChangeProblem(change)
    if (wrong !== undefined) return `changes[${index}]: ${wrong}`
  }
  return undefined
}

/** What is wrong with the verification of a commit: every store counts it, so that all of it is looked at. */
export function findVerifiedProblem(verification: unknown): string | undefined {
  const problem = findVerificationProblem(verification)
  if (problem !== undefined) return `its "verification" ${problem}`
  return isModelId((verification as { readonly id?: unknown }).id)
    ? undefined
    : 'the "id" of its "verification" is not a model id'
}

/** What is wrong with the totals of a snapshot. */
export function findTotalsFormProblem(totals: unknown): string | undefined {
  const problem = totals === undefined ? undefined : findTotalsProblem(totals)
  return problem && `of its "totals" ${problem}`
}

/** Settings are read whenever a state is asked for them, so that all of them are looked at. */
function findSettingsChangeProblem(settings: unknown, changes: readonly unknown[]): string | undefined {
  if (changes.length > 0) return 'it has "settings" beside "changes"'
  if (!isObject(settings)) return '"settings" is not an object'
  if (!isCount(settings['if'], 0)) return 'the "if" of its "settings" is not a revision'
  return findSettingsContentProblem(settings['content'])
}

export function findSettingsContentProblem(content: unknown): string | undefined {
  const [first] = findSettingsProblems(content)
  return first && `${first.field} ${first.problem}`
}

/** What is wrong with a commit but for each of its changes and its settings. */
export function findAttributionProblem(commit: unknown): string | undefined {
  if (!isObject(commit)) return 'it is not an object'
  if (typeof commit['operation'] !== 'string') return '"operation" is not a string'
  if (!isOptionalText(commit['actor'])) return '"actor" is not a string'
  if (!isOptionalText(commit['reason'])) return '"reason" is not a string'
  return Array.isArray(commit['changes']) ? undefined : '"changes" is not a list'
}

function isPrefix(value: unknown): boolean {
  return typeof value === 'string' && PREFIX.test(value)
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}
