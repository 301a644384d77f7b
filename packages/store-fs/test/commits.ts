import { sampleEntry } from '@catalog/testkit'
import { type CatalogStore, type Commit, parseModelId } from '@catalog/types'

/** A commit that registers a model. */
export function registrationOf(id: string): Commit {
  const entry = sampleEntry({ id })
  return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
}

/** Registers models one after another, each durable before the next. */
export async function register(store: CatalogStore, ...ids: string[]): Promise<void> {
  for (const id of ids) await store.commit([registrationOf(id)])
}

export async function idsOf(store: CatalogStore): Promise<string[]> {
  return (await store.list({})).map(({ id }) => id)
}

export const modelId: typeof parseModelId = parseModelId
