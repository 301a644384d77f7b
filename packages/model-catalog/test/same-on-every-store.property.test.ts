import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFileStore } from '@catalog/store-fs'
import { openPostgresStore } from '@catalog/store-postgres'
import { fixedClock, openMemoryStore, sampleDigest, sampleEntry } from '@catalog/testkit'
import { randomQueries } from '@catalog/testkit/private'
import { lacks, scaleRuns, TestDatabase } from '@catalog/testkit/running'
import {
  type CatalogStore,
  type Commit,
  type EntryContent,
  isCatalogError,
  LIFECYCLE_STATES,
  type ListQuery,
  parseModelId,
} from '@catalog/types'
import { toCursor } from '@catalog/types/adapter'
import { parseListQuery } from '@catalog/types/schema'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const IDS = ['a', 'A', 'a/b', 'a-b', 'm10', 'm2', 'Z']
/** Their order by code unit is another one than by code point, and than in any language. */
const NAMES = ['a', 'B', 'ä', '\u{1F600}', '\uE000', '\uFF5E', '\u{10FFFF} z', 'a\u0301', 'x'.repeat(500)]
const SOURCES = [
  'hf:org/repo',
  'https://huggingface.co/org/repo',
  'https://bob:secret@host/x?t=1',
  'ünï code',
]
const LONGEST_SOURCE = `https://host.example/${'ü'.repeat(4000)}`
const TIMES = [
  '2025-10-01T00:00:00Z',
  '2025-10-02T12:00:00.5+02:00',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
]
const FACTS = ['llama', 'LLAMA', 'nul \0', 'lone \ud800', 'İstanbul', '']
const EXTRAS = [
  { 'x.y': [1e300, -0, 0.1] },
  { nul: 'a\0b', lone: '\ud83d', __proto__x: null },
  { deep: [[[{}]]] },
]

const entries: fc.Arbitrary<Omit<EntryContent, 'id'>> = fc
  .record(
    {
      name: fc.constantFrom(...NAMES),
      source: fc.constantFrom(...SOURCES, LONGEST_SOURCE),
      digest: fc.constantFrom(sampleDigest(1), sampleDigest(2), null),
      state: fc.constantFrom(...LIFECYCLE_STATES),
      registeredAt: fc.constantFrom(...TIMES),
      verifiedAt: fc.constantFrom(...TIMES, null),
      sizeBytes: fc.constantFrom(0, 7, Number.MAX_SAFE_INTEGER),
      tags: fc.subarray(['chat', 'Q4', 'großes Modell', '\u{1F600}']),
      extra: fc.constantFrom(...EXTRAS),
      architecture: fc.constantFrom(...FACTS.slice(0, 5)),
    },
    { requiredKeys: ['name', 'source', 'digest', 'state', 'registeredAt', 'verifiedAt'] },
  )
  .map(({ architecture, ...fields }) => ({
    ...sampleEntry(fields),
    ...(architecture !== undefined &&
      fields.digest !== null && { facts: { format: 'gguf', architecture, digest: fields.digest } }),
  }))

const verification = fc.record({
  outcome: fc.constantFrom('success' as const, 'unreadable' as const),
  bytes: fc.nat(),
  durationMs: fc.constantFrom(0, 50, 5000, 1e9),
})

/** What one call asks for; `offset` 0 is the revision that applies. */
const change = fc.record({
  id: fc.constantFrom(...IDS),
  entry: fc.option(entries, { freq: 4 }),
  offset: fc.constantFrom(0, 0, 0, 0, 1, -1),
})
/** None for a verification alone, which is refused without one. */
const changes = fc.uniqueArray(change, { selector: ({ id }) => id.toLowerCase(), maxLength: 3 })
const commit = fc.record({
  operation: fc.constantFrom('register', 'update', 'Odd "name"\0'),
  actor: fc.constantFrom(undefined, 'ann', '\u{1F600}'),
  changes,
  verification: fc.option(verification),
})
const call = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      commits: fc.array(commit, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('settings' as const), offset: fc.constantFrom(0, 1) }),
  },
)
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never
/** Texts that no entry has, and that a database may take for others. */
const oddQueries: fc.Arbitrary<ListQuery> = fc.record(
  {
    name: fc.constantFrom(...NAMES, 'a\0', '\ud83d', '�'),
    source: fc.constantFrom(...SOURCES, LONGEST_SOURCE, 'a\0b', '\udead'),
    tag: fc.constantFrom('\u{1F600}', '\ud83d', 'a\0', 'GROSSES MODELL', 'chat'),
    text: fc.constantFrom(
      '\u{1F600}',
      '\ud83d',
      '\ude00',
      '\n',
      '\0',
      '%',
      '_',
      '\\',
      'GROSSES',
      'İ',
      'secret',
    ),
    architecture: fc.constantFrom(...FACTS.filter((fact) => fact !== '')),
    file: fc.constantFrom('x\0', '\ud800'),
    order: fc.constantFrom(
      'name' as const,
      '-name' as const,
      '-id' as const,
      'verifiedAt' as const,
      '-size' as const,
    ),
    limit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['order'] },
)
/** Where a page by id may begin: any text. */
const CURSORS = ['', 'a\0', 'a\ud800', 'aé', '\u{1F600}', 'a-b', 'zz', '~']

describe.skipIf(lacks('database'))('memory, files and PostgreSQL', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await TestDatabase.open({ settings: { fsync: 'off' } })
  })
  afterAll(() => database.close())

  async function withStores(use: (stores: readonly CatalogStore[]) => Promise<void>): Promise<void> {
    const root = await mkdtemp(join(tmpdir(), 'catalog-same-'))
    const { connectionString } = database
    const clock = fixedClock()
    const schema = database.newSchema()
    const stores = [
      await openMemoryStore({ clock }),
      await openFileStore({ root, clock }),
      await openPostgresStore({ connectionString, schema, clock, allowUnsafeServer: true }),
    ]
    try {
      await use(stores)
    } finally {
      for (const store of stores) await store.close()
      await rm(root, { recursive: true })
    }
  }

  it('give equal answers after the same random history', async () => {
    const queries = fc.array(fc.oneof(oddQueries, randomQueries), { minLength: 10, maxLength: 20 })
    const property = fc.asyncProperty(fc.array(call, { maxLength: 15 }), queries, (calls, asked) =>
      withStores(async (stores) => {
        for (const each of calls) await expectSame(stores, (store) => perform(store, each))
        await expectSame(stores, (store) => store.counts())
        await expectSame(stores, (store) => store.settings())
        await expectSame(stores, async (store) => withoutPositions(await store.changes(0)))
        await expectSame(stores, async (store) => {
          const { position: _, ...totals } = await store.totals()
          return totals
        })
        for (const id of IDS) {
          await expectSame(stores, (store) => store.get(parseModelId(id)))
          await expectSame(stores, async (store) =>
            withoutPositions(await store.changes(0, parseModelId(id))),
          )
        }
        for (const query of asked) await expectSame(stores, (store) => page(store, parseListQuery(query)))
        for (const after of CURSORS) {
          await expectSame(stores, (store) => store.list({ after }))
          await expectSame(stores, (store) => store.list({ after, order: '-id' }))
        }
      }),
    )
    await fc.assert(property, { numRuns: scaleRuns(15) })
  })

  it('refuse the same texts, and say the same of them', async () => {
    const refused: readonly Partial<EntryContent>[] = [
      ...['\0', 'a\0b', '\ud800', 'x\udc00y', '\n', '', 'x'.repeat(501)].map((name) => ({ name })),
      ...['\0', 'hf:a\ud800', 'x'.repeat(4097)].map((source) => ({ source })),
      ...['\0', '\udfff'].map((tag) => ({ tags: [tag] })),
      ...['a\0', '\ud800', '../x'].map((file) => ({ file })),
      ...['/a\0', '/\ud800'].map((location) => ({ location })),
    ]
    await withStores(async (stores) => {
      for (const fields of refused) {
        const entry = { ...sampleEntry({ id: 'a' }), ...fields } as EntryContent
        const asked = { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
        const outcome = await expectSame(stores, (store) => codeOf(store.commit([asked])))
        expect(outcome, JSON.stringify(fields)).toMatchObject({ code: 'INVALID_INPUT' })
      }
      for (const actor of ['\0', '\ud800']) {
        const entry = sampleEntry({ id: 'a' })
        const asked = { operation: 'register', actor, changes: [{ id: entry.id, ifRevision: 0, entry }] }
        const outcome = await expectSame(stores, (store) => codeOf(store.commit([asked])))
        expect(outcome).toMatchObject({ code: 'INVALID_INPUT' })
      }
      await expectSame(stores, (store) => store.refresh())
    })
  })

  it('files and PostgreSQL refuse what is nested too deep, and what is too long', async () => {
    await withStores(async ([, ...stores]) => {
      const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
      for (const extra of [{ deep: nested(61) }, { deep: nested(62) }, { long: 'x'.repeat(4 << 20) }]) {
        const entry = sampleEntry({ id: 'a', extra })
        const { revision = 0 } = (await stores[0]?.get(entry.id)) ?? {}
        const asked = { operation: 'register', changes: [{ id: entry.id, ifRevision: revision, entry }] }
        await expectSame(stores, async (store) => {
          const outcome = await codeOf(store.commit([asked]))
          return 'code' in outcome ? outcome.code : outcome
        })
      }
      expect(await stores[0]?.refresh()).toBe(1)
    })
  })
})

/** What all of them give. */
async function expectSame<T>(
  stores: readonly CatalogStore[],
  ask: (store: CatalogStore) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = stores
  if (first === undefined) throw new Error('there are stores')
  const expected = await ask(first)
  for (const store of rest) expect(await ask(store)).toEqual(expected)
  return expected
}

async function perform(store: CatalogStore, asked: Call): Promise<unknown> {
  if (asked.do === 'settings') {
    const { revision } = await store.settings()
    const settings = { policy: { maxEvidenceAgeMs: revision + 1 }, volumes: {} }
    return await store.changeSettings({ ifRevision: revision + asked.offset, settings })
  }
  const commits = await Promise.all(asked.commits.map((each) => toCommit(store, each)))
  return await codeOf(store.commit(commits))
}

type Planned = Extract<Call, { do: 'commit' }>['commits'][number]

async function toCommit(store: CatalogStore, planned: Planned): Promise<Commit> {
  const { operation, actor, verification: recorded } = planned
  const found = await store.list({})
  const [first] = planned.changes
  return {
    ...{ operation, actor },
    changes: planned.changes.map(({ id: text, entry, offset }) => {
      const id = parseModelId(text)
      const present = found.find((each) => each.id.toLowerCase() === text.toLowerCase())
      const ifRevision = Math.max(0, (present?.revision ?? 0) + offset)
      // A removal of nothing has no meaning that stores would have to share.
      if (entry === null && ifRevision > 0) return { id, ifRevision, entry: null }
      return { id, ifRevision, entry: { ...(entry ?? sampleEntry({})), id } }
    }),
    ...(recorded !== null && { verification: { ...recorded, id: parseModelId(first?.id ?? 'a') } }),
  }
}

/** The outcome, or the error as its code and problems. */
async function codeOf<T>(
  doing: Promise<T>,
): Promise<T | { readonly code: string; readonly details: object }> {
  try {
    return await doing
  } catch (error) {
    if (isCatalogError(error)) return { code: error.code, details: error.details }
    throw error
  }
}

/** The first pages of a query, and how many entries it finds. */
async function page(store: CatalogStore, query: ListQuery): Promise<readonly unknown[]> {
  const first = await store.list(query)
  const last = first.at(-1)
  const next = last === undefined ? [] : await store.list({ ...query, after: toCursor(last, query.order) })
  return [first, next, await store.count(query)]
}

/** The files may have several commits in one record: only the order of positions is the same. */
function withoutPositions(changes: readonly { readonly position: number }[]): readonly object[] {
  return changes.map(({ position: _, ...change }) => change)
}
