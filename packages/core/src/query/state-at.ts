import {
  type CommittedChange,
  createInvalidInput,
  isCatalogError,
  type ModelEntry,
  type ModelId,
} from '@catalog/types'
import { foldModelId } from '@catalog/types/adapter'
import type { CatalogContext } from '../context/catalog-ports.ts'

/** A moment, and the model that is asked for; all models if there is none. */
export interface StateAtRequest {
  /** In milliseconds since 1970. */
  readonly time: number
  readonly id?: ModelId | undefined
}

/**
 * The entries as they were at a time, by the writers' clocks, ordered by id. Of each the last change in journal order
 * that is not younger; one that no kept change touches stood as it stands. INVALID_INPUT where the history that is
 * kept does not reach back far enough to say.
 */
export async function readStateAt(
  context: CatalogContext,
  { time, id }: StateAtRequest,
): Promise<readonly ModelEntry[]> {
  const { store } = context
  // In this order: what comes in between has a change then, and is taken from there.
  const present = id === undefined ? await store.list({}) : await getPresent(context, id)
  const changes = (await store.changes(0)).filter(({ isUnchanged }) => isUnchanged !== true)
  const wanted = id === undefined ? changes : changes.filter((change) => isOf(change, id))
  const history = groupById(wanted)
  const untouched = present.filter((entry) => !history.has(foldModelId(entry.id)))
  await assertReaches(context, { time, changes, hasUntouched: untouched.length > 0, id })
  const changed = [...history.values()].flatMap((group) => findAt(group, time) ?? [])
  const found = [...untouched, ...changed].filter((entry) => id === undefined || entry.id === id)
  // Stryker disable next-line EqualityOperator: no two entries have one id.
  return found.sort((a, b) => (a.id < b.id ? -1 : 1))
}

async function getPresent({ store }: CatalogContext, id: ModelId): Promise<readonly ModelEntry[]> {
  const entry = await store.get(id)
  return entry === undefined ? [] : [entry]
}

// An id that differs only in case has the same revisions.
function isOf(change: CommittedChange, id: ModelId): boolean {
  return foldModelId(change.id) === foldModelId(id)
}

function groupById(changes: readonly CommittedChange[]): ReadonlyMap<string, readonly CommittedChange[]> {
  const groups = new Map<string, CommittedChange[]>()
  for (const change of changes) {
    const key = foldModelId(change.id)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [change])
    else group.push(change)
  }
  return groups
}

/** Null if there was none. */
function findAt(changes: readonly CommittedChange[], time: number): ModelEntry | null {
  const last = changes.findLast((change) => Date.parse(change.at) <= time)
  if (last !== undefined) return last.entry
  const [first] = changes
  // Stryker disable next-line ConditionalExpression: only the types need this: a group has a change.
  if (first === undefined) return null
  // The first revision comes from nothing; what a later one was made from is kept no more.
  if (first.revision > 1) throw createTooEarly(first.at)
  return null
}

interface Reach {
  readonly time: number
  /** All that are kept. */
  readonly changes: readonly CommittedChange[]
  readonly hasUntouched: boolean
  readonly id: ModelId | undefined
}

/** Whether what no kept change tells of can have changed after that time. */
async function assertReaches(
  context: CatalogContext,
  { time, changes, hasUntouched, id }: Reach,
): Promise<void> {
  const [first] = changes
  const from = first === undefined ? context.clock.now().toISOString() : first.at
  if (time >= Date.parse(from)) return
  // Every revision of this model from its first on is kept.
  if (id !== undefined && changes.some((change) => isOf(change, id) && change.revision === 1)) return
  if (hasUntouched || (await wasPruned(context))) throw createTooEarly(from)
}

/** A request for what came after a pruned position is refused, except for 0, which asks for all that is kept. */
async function wasPruned({ store }: CatalogContext): Promise<boolean> {
  try {
    await store.changes(1)
    return false
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return true
    throw error
  }
}

function createTooEarly(from: string): Error {
  const problem = `must not be before ${from}, where the kept history begins`
  return createInvalidInput([{ field: 'time', problem }])
}
