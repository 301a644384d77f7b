import { sampleEntry } from '@catalog/testkit'
import type { CatalogStore, Commit, CommittedChange } from '@catalog/types'
import { expect } from 'vitest'
import type { TestCatalogs } from './use-server.ts'

export function registrationOf(name: string): Commit {
  const entry = sampleEntry({ id: name })
  return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
}

/** Callers that register one model after the other. */
export interface Writers {
  /** How many commits were sent and are not answered. */
  readonly underWay: number
  /** Resolves when so many more commits are in the database; rejects as soon as a call does. */
  untilMore(tests: TestCatalogs, schema: string, count: number): Promise<void>
  /** Lets each end its last commit. Resolves to the names of those that were acknowledged. */
  end(): Promise<readonly string[]>
}

/** Two callers for each store; each call must be applied, however often it was sent. */
export function startWriters(stores: readonly CatalogStore[], prefix: string): Writers {
  const acknowledged: string[] = []
  const state = { underWay: 0, isOver: false, hasFailed: false }
  const register = async (store: CatalogStore, name: string): Promise<void> => {
    state.underWay += 1
    const outcomes = await store.commit([registrationOf(name)]).finally(() => {
      state.underWay -= 1
    })
    // Applied twice would be a conflict with itself.
    expect(outcomes).toMatchObject([{ applied: true }])
    acknowledged.push(name)
  }
  const write = async (store: CatalogStore, own: string): Promise<void> => {
    for (let count = 0; !state.isOver; count += 1) await register(store, `${own}-${count}`)
  }
  const writing = Promise.all(
    stores.flatMap((store, index) => ['a', 'b'].map((which) => write(store, `${prefix}-${index}${which}`))),
  )
  writing.catch(() => {
    state.hasFailed = true
  })
  return {
    get underWay() {
      return state.underWay
    },
    async untilMore(tests, schema, count) {
      const position = async (): Promise<number> => {
        if (state.hasFailed) await writing
        const [row] = await eventually(() =>
          tests.sql(`SELECT position::int AS position FROM ${schema}.head`),
        )
        return Number(row?.['position'])
      }
      const start = await position()
      while ((await position()) < start + count);
    },
    async end() {
      state.isOver = true
      await writing
      return acknowledged
    },
  }
}

/** All that was acknowledged is there, once in the history and at revision 1, in a chain that is whole; and nothing else. */
export async function expectEach(store: CatalogStore, acknowledged: readonly string[]): Promise<void> {
  const changes = await store.changes(0)
  expect(changes.map(({ id }) => id).sort()).toEqual([...acknowledged].sort())
  expect(changes.map(({ position }) => position)).toEqual(changes.map((_, index) => index + 1))
  const entries = await store.list({})
  expect(entries.map(({ id }) => id).sort()).toEqual([...acknowledged].sort())
  expect(entries.every(({ revision }) => revision === 1)).toBe(true)
  expect(await store.verifyHistory()).toMatchObject({ ok: true, records: acknowledged.length })
}

/** What a call gives as soon as the server answers again. */
export async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** A watch, and what it gives. */
export interface Collected {
  /** The next changes, so many. */
  take(count: number): Promise<readonly CommittedChange[]>
  /** The next change; rejects as the watch does. */
  next(): Promise<CommittedChange | undefined>
  end(): Promise<void>
}

/** Watches a store from the beginning. */
export function collect(store: CatalogStore): Collected {
  const changes = store.watch({ since: 0 })
  return {
    async take(count: number): Promise<readonly CommittedChange[]> {
      const taken: CommittedChange[] = []
      while (taken.length < count) {
        const { value } = await changes.next()
        if (value) taken.push(value)
      }
      return taken
    },
    next: async () => (await changes.next()).value || undefined,
    end: async () => void (await changes.return?.()),
  }
}
