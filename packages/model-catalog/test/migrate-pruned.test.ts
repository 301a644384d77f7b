import { openFileStore } from '@catalog/store-fs'
import { openPostgresCopy, openPostgresStore } from '@catalog/store-postgres'
import { sampleEntry, useTemporaryDirectory } from '@catalog/testkit'
import { lacks, PostgresServer } from '@catalog/testkit/running'
import { type CatalogStore, isCatalogError, type ModelId } from '@catalog/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateCatalog } from '../src/index.ts'
import { copyCatalog } from '../src/migrate/copy-catalog.ts'

const directory = useTemporaryDirectory()

describe.skipIf(lacks('postgres'))('a history that was pruned', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server.stop())

  const isFiles = (place: string): boolean => place.startsWith('/')
  const open = (place: string): Promise<CatalogStore> =>
    isFiles(place)
      ? openFileStore({ root: place, segmentBytes: 1500 })
      : openPostgresStore({
          ...{ connectionString: server.connectionString, segmentLength: 5 },
          schema: new URL(place).searchParams.get('schema') ?? '',
        })

  /** Where a catalog can be: in files, or in a schema. */
  const placeOf = (kind: string, name: string): string =>
    kind === 'files' ? directory.at(name) : `${server.connectionString}?schema=${name}`

  /** Models that are changed, removed and made again, and a history without its beginning. */
  async function createPruned(place: string): Promise<void> {
    const store = await open(place)
    await store.changeSettings({ ifRevision: 0, settings: { policy: { silentAfterMs: 5 }, volumes: {} } })
    for (let number = 0; number < 40; number += 1) await change(store, number)
    await store.pruneHistory({ keepSegments: 3 })
    await store.close()
  }

  /** Each model is removed once while the beginning is pruned, and once behind it. */
  async function change(store: CatalogStore, number: number, note = ''): Promise<void> {
    const id = `m-${number % 4}` as ModelId
    const present = await store.get(id)
    const { revision: _revision, ...entry } = {
      revision: 0,
      ...sampleEntry({ id, name: `n ${number}`, extra: { note } }),
    }
    const isRemoval = present !== undefined && number % 5 === 3
    const changes = [{ id, ifRevision: present?.revision ?? 0, entry: isRemoval ? null : entry }]
    const verification = { id, outcome: 'success' as const, bytes: number, durationMs: 1500 }
    await store.commit([
      {
        ...{ operation: isRemoval ? 'remove' : 'update', changes },
        ...(!isRemoval && { verification }),
      },
    ])
  }

  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'an answer',
      (error) => (isCatalogError(error, 'INVALID_INPUT') ? error.details.problems[0]?.field : error),
    )

  async function describeAll(store: CatalogStore): Promise<object> {
    const report = await store.verifyHistory()
    const { operations, verifications, verifiedBytes, verificationSeconds } = await store.totals()
    const answers = [1, report.from - 1, report.from, report.from + 1, report.to].map(async (since) => ({
      changes: await store.changes(since).catch(() => codeOf(store.changes(since))),
      watched: since < report.from ? await codeOf(store.watch({ since }).next()) : 'watches',
    }))
    return {
      ...{ ok: report.ok, from: report.from, to: report.to, answers: await Promise.all(answers) },
      ...{ operations, verifications, verifiedBytes, verificationSeconds },
      ...{ models: await store.list({}), kept: await store.changes(0), settings: await store.settings() },
      ...{ counts: await store.counts(), position: await store.refresh() },
      removed: (await store.removed()).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    }
  }

  it.each([
    ['files', 'tables'],
    ['tables', 'files'],
    ['files', 'files'],
    ['tables', 'tables'],
  ])('moves from %s to %s: what is kept, what stood before it, and where it begins', async (one, two) => {
    const [from, to] = [placeOf(one, `from_${one}_${two}`), placeOf(two, `to_${one}_${two}`)]
    await createPruned(from)
    const report = await migrateCatalog({ from, to })
    const [original, copy] = [await open(from), await open(to)]
    const expected = await describeAll(original)
    expect(await describeAll(copy)).toEqual(expected)
    expect(expected).toMatchObject({ ok: true, to: report.position })
    expect(Reflect.get(expected, 'from')).toBeGreaterThan(0)
    expect(report.copied).toBe(report.position - Reflect.get(expected, 'from'))
    // Both go on alike.
    for (const store of [original, copy]) {
      for (const number of [40, 41, 42, 43]) await change(store, number)
      expect(await store.verifyHistory()).toMatchObject({ ok: true })
    }
    const revisions = async (store: CatalogStore): Promise<object> =>
      (await store.list({})).map(({ id, revision }) => ({ id, revision }))
    expect(await revisions(copy)).toEqual(await revisions(original))
    await Promise.all([original.close(), copy.close()])
  })

  it.each([
    ['files', 'tables'],
    ['tables', 'files'],
    ['files', 'files'],
    ['tables', 'tables'],
  ])(
    'may be one of the copy alone: from %s to %s, a migration goes on',
    async (one, two) => {
      const [from, to] = [placeOf(one, `whole_${one}_${two}`), placeOf(two, `short_${one}_${two}`)]
      const original = await open(from)
      // Of a copy in files, only what is longer than a segment can be pruned.
      const note = 'x'.repeat(two === 'files' ? 500_000 : 1)
      for (let number = 0; number < 30; number += 1) await change(original, number, note)
      await migrateCatalog({ from, to })
      const copy = await open(to)
      await copy.pruneHistory({ keepSegments: 2 })
      const { from: begins } = await copy.verifyHistory()
      expect(begins).toBeGreaterThan(0)
      await copy.close()
      for (let number = 30; number < 34; number += 1) await change(original, number)
      const report = await migrateCatalog({ from, to })
      expect(report.isComplete).toBe(true)
      // Files also have positions at which a segment ends.
      expect(report.copied).toBeGreaterThanOrEqual(4)
      const again = await open(to)
      expect(await again.verifyHistory()).toMatchObject({ ok: true, from: begins })
      expect(await again.changes(begins)).toEqual(await original.changes(begins))
      expect(await again.list({})).toEqual(await original.list({}))
      await Promise.all([again.close(), original.close()])
    },
    120_000,
  )

  it('is told if it was pruned beyond the place at which a migration was interrupted', async () => {
    const [from, to] = [placeOf('tables', 'interrupted'), directory.at('interrupted')]
    const original = await open(from)
    for (let number = 0; number < 20; number += 1) await change(original, number)
    await expect(interrupt(from, to)).rejects.toThrow('interrupted')
    for (let number = 20; number < 40; number += 1) await change(original, number)
    await original.pruneHistory({ keepSegments: 2 })
    await original.close()
    await expect(migrateCatalog({ from, to })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/an unfinished copy that ends at position 20, .* begins after 3\d/u),
    })
  })

  it('needs at most another run if it is pruned while it is copied', async () => {
    const [from, to] = [placeOf('tables', 'meanwhile'), directory.at('meanwhile')]
    const original = await open(from)
    for (let number = 0; number < 20; number += 1) await change(original, number)
    let pruning: Promise<unknown> | undefined
    const migration = migrateCatalog({
      ...{ from, to },
      // Everything was copied before, and the comparison would begin at a position that was pruned.
      onProgress: ({ step }) => {
        if (step === 'copy') pruning ??= original.pruneHistory({ keepSegments: 2 })
      },
    })
    expect(['an answer', 'from']).toContain(await codeOf(migration))
    await pruning
    const again = await migrateCatalog({ from, to })
    expect(again).toMatchObject({ isComplete: true, position: 20 })
    await original.close()
  })

  it('needs another run if it is that of the copy, right before that is closed to programs', async () => {
    const [from, to] = [placeOf('tables', 'goes_on'), placeOf('tables', 'pruned_meanwhile')]
    const original = await open(from)
    for (let number = 0; number < 20; number += 1) await change(original, number)
    await migrateCatalog({ from, to })
    await change(original, 20)
    const program = await open(to)
    const { connectionString } = server
    const copy = await openPostgresCopy({ connectionString, schema: 'pruned_meanwhile' })
    const append = copy.append.bind(copy)
    copy.append = async (...given) => {
      await program.pruneHistory()
      await append(...given)
    }
    const options = { dryRun: false, signal: undefined, onProgress: undefined }
    await expect(copyCatalog({ source: original, place: from, copy, ...options })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(`or of ${copy.place} was pruned meanwhile`),
    })
    await copy.close()
    expect(await migrateCatalog({ from, to })).toMatchObject({ isComplete: true, position: 21 })
    await Promise.all([original.close(), program.close()])
  })

  /** Ends a migration when it has copied something. */
  async function interrupt(from: string, to: string): Promise<void> {
    const control = new AbortController()
    const onProgress = ({ step }: { readonly step: string }): void => {
      if (step === 'compare') control.abort(new Error('interrupted'))
    }
    await migrateCatalog({ from, to, signal: control.signal, onProgress })
  }
})
