import { sampleEntry } from '@catalog/testkit'
import { listNaively, randomCatalogs, randomQueries } from '@catalog/testkit/private'
import { scaleRuns } from '@catalog/testkit/running'
import { type EntryContent, LIFECYCLE_STATES, type LifecycleState, type ListQuery } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { formatLine, parseLine } from '../format/record.ts'
import { formatSnapshot, parseSnapshot } from '../snapshot/snapshot.ts'
import { CatalogState } from './catalog-state.ts'

interface Put {
  readonly id: string
  readonly name: string
  readonly state: LifecycleState
}

interface Change extends Put {
  readonly isRemoval: boolean
  /** Whether the change is made at the revision that is there. */
  readonly isRight: boolean
}

/** What is known of an id, whether its entry is there or was removed. */
interface Known {
  readonly put: Put | undefined
  readonly id: string
  readonly revision: number
}

/** The catalog in its simplest form: one map by folded id. */
class Model {
  readonly known = new Map<string, Known>()

  /** The revision to build on for a change that takes effect, and whether it does. */
  apply({ id, isRemoval, isRight, ...put }: Change): { ifRevision: number; applies: boolean } {
    const before = this.known.get(id.toLowerCase())
    const found = before?.put === undefined ? 0 : before.revision
    const ifRevision = isRight ? found : found + 1
    const applies = ifRevision === found && (found === 0 || before?.id === id)
    if (applies) {
      const revision = (before?.revision ?? 0) + 1
      this.known.set(id.toLowerCase(), { id, revision, put: isRemoval ? undefined : { id, ...put } })
    }
    return { ifRevision, applies }
  }

  get puts(): Put[] {
    const puts = [...this.known.values()].flatMap(({ put }) => put ?? [])
    return puts.sort((a, b) => (a.id < b.id ? -1 : 1))
  }
}

const NAMES = ['one', 'One', 'a "quoted" \\ name', 'näme \u{1F600} \u2028']
const ids = fc.constantFrom('a', 'A', 'a/b', 'a-b', 'a.b', 'A/B', 'Ab', 'ab', 'aB', 'B', 'b', 'b0', 'c/d_e')
const states = fc.constantFrom(...LIFECYCLE_STATES)
const names = fc.constantFrom(...NAMES)
const changes = fc.array(
  fc.record({
    id: ids,
    name: names,
    state: states,
    isRemoval: fc.nat(3).map((n) => n === 0),
    isRight: fc.nat(4).map((n) => n > 0),
  }),
  { maxLength: 30 },
)
const query = fc.record({
  state: fc.option(states, { nil: undefined }),
  name: fc.option(names, { nil: undefined }),
  after: fc.option(fc.oneof(ids, fc.constant('a0')), { nil: undefined }),
  limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
})

function applyAll(state: CatalogState, model: Model, made: readonly Change[]): void {
  for (const change of made) {
    const { ifRevision, applies } = model.apply(change)
    const { id, name, isRemoval } = change
    const entry = isRemoval ? null : encodeEntry(sampleEntry({ id, name, state: change.state }))
    const outcome = state.apply({ operation: 'test', changes: [{ id, if: ifRevision, entry }] })
    expect(outcome.applied).toBe(applies)
    const key = id.toLowerCase()
    if (outcome.applied) expect(outcome.rows[0]?.revision).toBe(model.known.get(key)?.revision)
    else expect(outcome.conflicts[0]?.foundId).toBe(model.known.get(key)?.put?.id ?? id)
  }
}

function expectSame(state: CatalogState, model: Model, asked: Parameters<CatalogState['list']>[0]): void {
  const { puts } = model
  expect(state.size).toBe(puts.length)
  expect(state.counts()).toEqual(
    Object.fromEntries(
      LIFECYCLE_STATES.map((name) => [name, puts.filter((put) => put.state === name).length]),
    ),
  )
  expect(new Map([...state.tombstones()].map(({ id, revision }) => [id, revision]))).toEqual(
    new Map(
      [...model.known.values()]
        .filter(({ put }) => put === undefined)
        .map(({ id, revision }) => [id, revision]),
    ),
  )
  for (const { id, put, revision } of model.known.values()) {
    const row = state.get(id)
    expect(row?.id).toBe(put?.id)
    if (put !== undefined) expect(row?.entry()).toMatchObject({ ...put, revision })
    const other = id === id.toLowerCase() ? id.toUpperCase() : id.toLowerCase()
    expect(state.get(other)).toBeUndefined()
  }
  expect([...state.rows()].map(({ id }) => id)).toEqual(puts.map(({ id }) => id))
  const { state: wanted, name, after = '', limit } = asked
  const matching = puts.filter(
    (put) => put.id > after && (wanted ?? put.state) === put.state && (name ?? put.name) === put.name,
  )
  expect(state.list(asked).map(({ id }) => id)).toEqual(matching.slice(0, limit).map(({ id }) => id))
}

async function restore(state: CatalogState, hasCounts: boolean): Promise<CatalogState> {
  const bytes = Buffer.concat(await formatSnapshot(2, { state, start: [7, FIRST_PREFIX] }))
  return parseSnapshot('snapshot', hasCounts ? bytes : withoutCounts(bytes)).state
}

/** As an earlier version wrote it. */
function withoutCounts(bytes: Buffer): Buffer {
  const headerEnd = bytes.indexOf('\n')
  const { counts: _, ...header } = parseLine(bytes.subarray(0, headerEnd)) as Record<string, unknown>
  return Buffer.concat([Buffer.from(formatLine(JSON.stringify(header))), bytes.subarray(headerEnd + 1)])
}

it('is what a map of its entries is, also on top of a snapshot', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(changes, query, query), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (rounds, hasCounts) => {
        const model = new Model()
        let state = new CatalogState()
        for (const [made, first, second] of rounds) {
          // The first look makes the indexes, which the changes then have to keep.
          expectSame(state, model, first)
          const half = made.length >>> 1
          for (const part of [made.slice(0, half), made.slice(half)]) {
            const before = model.puts.map(({ id, name }) => ({ id, name }))
            const rows = state.rows()
            applyAll(state, model, part)
            expect([...rows].map((row) => ({ id: row.id, name: row.entry().name }))).toEqual(before)
          }
          expectSame(state, model, first)
          expectSame(state, model, second)
          state = await restore(state, hasCounts)
        }
        expectSame(state, model, {})
      },
    ),
    { numRuns: scaleRuns(20) },
  )
})

it('answers every query on top of a snapshot as a filter, a sort and a slice do', async () => {
  const queries = fc.array(randomQueries, { minLength: 20, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(randomCatalogs, randomCatalogs, queries, async (first, second, asked) => {
      const written = new CatalogState()
      putAll(written, first)
      const state = await restore(written, true)
      for (const query of asked.slice(0, 10)) expectAnswer(state, query)
      putAll(state, second)
      for (const query of asked) expectAnswer(state, query)
    }),
    { numRuns: scaleRuns(20) },
  )
})

function putAll(state: CatalogState, entries: readonly EntryContent[]): void {
  for (const entry of entries) {
    const change = { id: entry.id, if: state.get(entry.id)?.revision ?? 0, entry: encodeEntry(entry) }
    expect(state.apply({ operation: 'test', changes: [change] }).applied).toBe(true)
  }
}

function expectAnswer(state: CatalogState, query: ListQuery): void {
  const entries = [...state.rows()].map((row) => row.entry())
  expect(state.list(query)).toEqual(listNaively(entries, query))
  expect(state.count(query)).toBe(listNaively(entries, { ...query, limit: undefined }).length)
}

it('finds each of many entries, and those of a page behind any of them', async () => {
  const written = new CatalogState()
  const many = Array.from({ length: 10_000 }, (_, n) => `Org-${n % 7}/model-${n}`)
  for (const [n, id] of many.entries()) {
    const entry = encodeEntry(
      sampleEntry({ id, name: `name ${n % 4500}`, state: n % 500 === 0 ? 'Failed' : 'Active' }),
    )
    written.apply({ operation: 'test', changes: [{ id, if: 0, entry }] })
  }
  const state = await restore(written, true)
  const sorted = [...many].sort()
  expect(many.every((id) => state.get(id)?.id === id)).toBe(true)
  expect(many.some((id) => state.get(id.toLowerCase()) !== undefined)).toBe(false)
  const pageAfter = (index: number, more = {}) =>
    state.list({ after: sorted[index] ?? '', limit: 3, ...more }).map(({ id }) => id)
  for (const index of [0, 77, 4_999, 9_996])
    expect(pageAfter(index)).toEqual(sorted.slice(index + 1, index + 4))
  const failed = sorted.filter((id) => Number(id.split('-')[2]) % 500 === 0)
  const behind = failed.filter((id) => id > (sorted[4_999] ?? '')).slice(0, 3)
  expect(pageAfter(4_999, { state: 'Failed' })).toEqual(behind)
  const named = [many[4_000] ?? '', many[8_500] ?? ''].sort()
  expect(state.list({ name: 'name 4000' }).map(({ id }) => id)).toEqual(named)
})

it('has its counts in its snapshot, so that not every entry needs to be read for them', async () => {
  const state = new CatalogState()
  const entry = encodeEntry(sampleEntry({ id: 'a', state: 'Retired' }))
  state.apply({ operation: 'test', changes: [{ id: 'a', if: 0, entry }] })
  const [header = Buffer.of()] = await formatSnapshot(2, { state, start: [7, FIRST_PREFIX] })
  expect(parseLine(header.subarray(0, -1))).toMatchObject({
    counts: { Pending: 0, Active: 0, Retired: 1, Failed: 0 },
  })
})

it('is DAMAGED where a snapshot has fewer lines than its header says', async () => {
  const [header = Buffer.of(), ...body] = await formatSnapshot(2, {
    state: new CatalogState(),
    start: [7, FIRST_PREFIX],
  })
  const more = { ...(parseLine(header.subarray(0, -1)) as object), entries: 1 }
  const bytes = Buffer.concat([Buffer.from(formatLine(JSON.stringify(more))), ...body])
  expect(() => parseSnapshot('snapshot', bytes)).toThrow(expect.objectContaining({ code: 'DAMAGED' }))
})
