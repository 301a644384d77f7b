import { sampleEntry } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import { type Commit, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { useDatabase } from './use-server.ts'

const COMMITS = 300
const ATTEMPT = { outcome: 'success', bytes: 1, durationMs: 1 } as const

describe.skipIf(lacks('database'))(
  'commits to a catalog that was empty when its connections were made',
  () => {
    const tests = useDatabase()

    it('never read the whole table, though their plans were made when it was empty', async () => {
      const schema = tests.newSchema()
      const store = await tests.open(schema, { maxConnections: 1 })
      for (let number = 0; number < COMMITS; number += 3) {
        await store.commit([registrationOf(`m-${number}`)])
        await store.commit([`m-${number + 1}`, `m-${number + 2}`].map(registrationOf))
      }
      await store.close()
      // A backend tells its counts when it ends.
      let counts: Record<string, unknown> | undefined
      do {
        ;[counts] = await tests.sql(
          `SELECT n_tup_ins::int AS inserted, seq_tup_read::int AS scanned FROM pg_stat_user_tables
        WHERE schemaname = $1 AND relname = 'entries'`,
          [schema],
        )
      } while (counts?.['inserted'] !== COMMITS)
      expect(counts['scanned']).toBe(0)
    })

    it('are checked and written together if they come together, and each by itself if they touch one model', async () => {
      const store = await tests.open(tests.newSchema(), { maxConnections: 1 })
      const [first, ...others] = await store.commit([
        ...['a', 'b', 'a', 'c', 'B'].map(registrationOf),
        { operation: 'verify', changes: [], verification: { id: parseModelId('none'), ...ATTEMPT } },
        registrationOf('d'),
        { ...registrationOf('a'), changes: [{ ...changeOf('a'), ifRevision: 1 }] },
        { ...registrationOf('e'), changes: [changeOf('e'), { ...changeOf('c'), ifRevision: 7 }] },
      ])
      expect(first).toMatchObject({ applied: true, entries: [{ id: 'a', revision: 1 }] })
      const conflict = (id: string, expectedRevision: number, foundId = id): object => ({
        ...{ applied: false, conflicts: [{ id, expectedRevision, foundRevision: 1, foundId }] },
      })
      expect(others).toEqual([
        expect.objectContaining({ applied: true }),
        conflict('a', 0),
        expect.objectContaining({ applied: true }),
        conflict('B', 0, 'b'),
        { applied: false, conflicts: [] },
        expect.objectContaining({ applied: true }),
        expect.objectContaining({
          applied: true,
          entries: [expect.objectContaining({ id: 'a', revision: 2 })],
        }),
        conflict('c', 7),
      ])
      const changes = await store.changes(0)
      expect(changes.map(({ position, id, revision }) => [position, id, revision])).toEqual([
        [1, 'a', 1],
        [2, 'b', 1],
        [3, 'c', 1],
        [4, 'd', 1],
        [5, 'a', 2],
      ])
      expect((await store.changes(0, changes[3]?.id)).map(({ position }) => position)).toEqual([4])
      expect(await store.verifyHistory()).toMatchObject({ ok: true, records: 5 })
      expect((await store.totals()).operations).toEqual({ register: 5 })
      expect((await store.counts()).Pending).toBe(4)
      await store.close()
    })
  },
)

function changeOf(id: string): Commit['changes'][number] {
  const entry = sampleEntry({ id })
  return { id: entry.id, ifRevision: 0, entry }
}

function registrationOf(id: string): Commit {
  return { operation: 'register', changes: [changeOf(id)] }
}
