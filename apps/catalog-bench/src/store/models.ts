import {
  type Commit,
  type EntryContent,
  type LifecycleState,
  parseModelId,
  parseSha256Digest,
} from '@catalog/types'

/** A prime, so that its multiples come by every entry once. */
const STRIDE = 7919
/** So few are Failed, and spread out, that finding some by their state is work without an index. */
export const FAILED_EVERY = 1000
const AT = '2025-10-01T00:00:00.000Z'

/** The entry of a model, the same for the same number. */
function toEntry(id: string, number: number, state: LifecycleState): EntryContent {
  return {
    id: parseModelId(id),
    name: `Model ${number}`,
    source: `https://huggingface.co/example/${id}/resolve/main/model.gguf`,
    digest: parseSha256Digest(number.toString(16).padStart(64, '0')),
    state,
    registeredAt: AT,
    verifiedAt: state === 'Pending' ? null : AT,
    digestOrigin: 'caller',
  }
}

/** What one caller commits: it registers a model, changes it, registers the next … */
export function* registerAndChange(caller: string): Generator<Commit, never> {
  for (let number = 1; ; number += 1) {
    const id = `${caller}/model-${number}`
    yield toCommit('register', 0, toEntry(id, number, 'Pending'))
    yield toCommit('set-state', 1, toEntry(id, number, 'Retired'))
  }
}

/** The id of a model of a generated catalog, from 0. */
export function idOf(number: number): string {
  return `org-${number % 100}/model-${String(number).padStart(7, '0')}`
}

/** The entry of that model: one in `failedEvery` is Failed. */
export function generateEntry(number: number, failedEvery: number = FAILED_EVERY): EntryContent {
  return toEntry(idOf(number), number, generateState(number, failedEvery))
}

function generateState(number: number, failedEvery: number): LifecycleState {
  if (number % failedEvery === 0) return 'Failed'
  return number % 5 === 0 ? 'Retired' : 'Active'
}

/** Which of the callers this is, and how many entries the catalog has that they change. */
export interface Share {
  readonly caller: number
  readonly callers: number
  readonly entries: number
}

/**
 * What one of many callers commits: it changes each entry of its share of a generated catalog, all over the place,
 * and then again. The catalog does not grow.
 */
export function* changeShare({ caller, callers, entries }: Share): Generator<Commit> {
  for (let revision = 1; ; revision += 1) {
    for (let index = caller; index < entries; index += callers) {
      const number = (index * STRIDE) % entries
      const state = revision % 2 === 0 ? 'Active' : 'Retired'
      yield toCommit('set-state', revision, toEntry(idOf(number), number, state))
    }
  }
}

/** A commit that registers these. */
export function toRegistration(entries: readonly EntryContent[]): Commit {
  return { operation: 'register', changes: entries.map((entry) => ({ id: entry.id, ifRevision: 0, entry })) }
}

function toCommit(operation: string, ifRevision: number, entry: EntryContent): Commit {
  return { operation, changes: [{ id: entry.id, ifRevision, entry }] }
}
