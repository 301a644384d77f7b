// Registers PREFIX-0 … PREFIX-(count - 1), one durable commit after another; every tenth together with its twin,
// and every twenty-fifth followed by an update of the entry that all registrars share. A process or a thread.
import { type CatalogStore, parseModelId } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { SHARED_ID, twinOf, UPDATE_EVERY } from '../crowd-ids.ts'
import { entryOf, toRevisions } from '../lane.ts'
import { type IntendedChange, now, toFailedLine } from '../lines.ts'
import { readJob, report } from './report.ts'

export interface RegistrarJob {
  readonly root: string
  readonly segmentBytes?: number
  readonly prefix: string
  readonly count: number
}

const { prefix, count, ...place } = readJob<RegistrarJob>()
try {
  const startedAt = performance.now()
  const store = await openFileStore(place)
  report({ kind: 'opened', ms: Math.round(performance.now() - startedAt) })
  for (let n = 0; n < count; n += 1) await registerNth(store, n)
  await store.close()
} catch (error) {
  report(toFailedLine(error))
  process.exitCode = 1
}

async function registerNth(store: CatalogStore, n: number): Promise<void> {
  const twin = twinOf(prefix, n)
  const ids = [`${prefix}-${n}`, ...(twin === undefined ? [] : [twin])]
  const at = now()
  await commit(
    store,
    `${prefix}.${n}`,
    at,
    ids.map((id) => ({ id, seen: 0 })),
  )
  if (n % UPDATE_EVERY !== 0) return
  for (let attempt = 0; !(await updateShared(store, `${prefix}.${n}.${attempt}`)); attempt += 1);
}

async function updateShared(store: CatalogStore, token: string): Promise<boolean> {
  const at = now()
  const seen = (await store.get(parseModelId(SHARED_ID)))?.revision ?? 0
  return await commit(store, token, at, [{ id: SHARED_ID, seen }])
}

async function commit(
  store: CatalogStore,
  token: string,
  at: number,
  intended: readonly IntendedChange[],
): Promise<boolean> {
  report({ kind: 'intent', token, at, changes: intended, isLarge: false })
  const changes = intended.map(({ id, seen }) => ({
    id: parseModelId(id),
    ifRevision: seen,
    entry: entryOf(id, token),
  }))
  const [outcome] = await store.commit([{ operation: 'torture', reason: token, changes }])
  report({ kind: 'outcome', token, at: now(), ...toRevisions(outcome) })
  return outcome?.applied === true
}
