import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { foldChanges, sampleEntry } from '@catalog/testkit'
import type { CatalogStore, Commit } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { FIRST_PREFIX } from '../src/format/checksum.ts'
import { formatLine, parseLine } from '../src/format/record.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, modelId, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const AT = '2026-01-01T00:00:00.000Z'
const SMALL = { segmentBytes: 1024 }

/** An attempt that changes nothing of its entry. */
function attemptOf(id: string, bytes = 0): Commit {
  const verification = { id: modelId(id), outcome: 'unreadable', bytes, durationMs: 7, code: 'IO' } as const
  return { operation: 'verify', changes: [], verification }
}

function verifiedOf(id: string, ifRevision: number): Commit {
  const entry = sampleEntry({ id, name: `v${ifRevision}` })
  const verification = { id: entry.id, outcome: 'success', bytes: 4096, durationMs: 1234 } as const
  return { operation: 'verify', changes: [{ id: entry.id, ifRevision, entry }], verification }
}

describe('totals', () => {
  const root = useTemporaryRoot()
  const journal = (segment = 1) => root.at('.catalog', `journal-00000${segment}.jsonl`)
  const snapshot = (segment: number) => root.at('.catalog', `snapshot-00000${segment}.jsonl`)
  const segments = async () =>
    (await readdir(root.at('.catalog'))).filter((name) => name.startsWith('snapshot')).length

  async function work(store: CatalogStore, name: string, rounds: number): Promise<void> {
    await register(store, name)
    for (let n = 1; n <= rounds; n += 1) await store.commit([verifiedOf(name, n), attemptOf(name, n)])
  }

  /** What the whole history comes to, and where it ends. */
  async function foldHistory(store: CatalogStore) {
    return foldChanges(await store.changes(0), await store.refresh())
  }

  /** Makes a snapshot one of an earlier version. The position of it. */
  async function takeTotals(number: number): Promise<number> {
    const bytes = await readFile(snapshot(number))
    const end = bytes.indexOf('\n')
    const { totals, ...header } = JSON.parse(bytes.subarray(33, end).toString())
    expect(totals).toBeDefined()
    const line = Buffer.from(formatLine(JSON.stringify(header)))
    await writeFile(snapshot(number), Buffer.concat([line, bytes.subarray(end + 1)]))
    return header.start[0]
  }

  it('are of the whole history after it was pruned, and after a restart', async () => {
    const store = await root.open(SMALL)
    await work(store, 'a', 20)
    const before = await foldHistory(store)
    expect(before.verifications).toMatchObject({ success: 20, unreadable: 20 })
    expect((await store.pruneHistory({ keepSegments: 2 })).removed).not.toEqual([])
    expect((await store.changes(0)).length).toBeLessThan(41)
    expect(await store.totals()).toEqual(before)
    await store.close()
    const reopened = await root.open(SMALL)
    expect(await reopened.totals()).toEqual({ ...before, position: await reopened.refresh() })
    expect(await reopened.verifyHistory()).toMatchObject({ ok: true })
  })

  it('are the same for stores that were open all along, and for one that reads only', async () => {
    const stores = await Promise.all(Array.from({ length: 3 }, () => root.open(SMALL)))
    const reader = await root.open({ readOnly: true })
    await Promise.all(stores.map((store, index) => work(store, `m${index}`, 15)))
    expect(await segments()).toBeGreaterThan(3)
    const [first] = stores
    const expected = await foldHistory(first as CatalogStore)
    for (const store of [...stores, reader, await root.open()])
      expect(await store.totals()).toEqual({ ...expected, position: await store.refresh() })
  })

  it('have each verification in its commit, and in the snapshot what was counted', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.commit([attemptOf('a', 5)])
    const lines = (await readFile(journal())).toString().split('\n')
    expect(parseLine(Buffer.from(lines.at(-2) ?? ''))).toMatchObject({
      commits: [
        {
          ...{ operation: 'verify', changes: [] },
          verification: { id: 'a', outcome: 'unreadable', bytes: 5, duration_ms: 7, code: 'IO' },
        },
      ],
    })
  })

  it('begin where an adopted catalog.json begins', async () => {
    const store = await root.open()
    await work(store, 'a', 3)
    await store.close()
    const { revision } = JSON.parse(await readFile(root.at('catalog.json'), 'utf8'))
    await rm(root.at('.catalog'), { recursive: true })
    const adopted = await root.open()
    expect(await adopted.totals()).toEqual(foldChanges([], revision, revision))
    await adopted.commit([attemptOf('a')])
    expect(await adopted.totals()).toEqual(foldChanges(await adopted.changes(0), revision + 1, revision))
  })

  it('begin at the snapshot of an earlier version, for every store the same', async () => {
    const first = await root.open(SMALL)
    await work(first, 'a', 6)
    await first.close()
    const since = await takeTotals(await segments())
    const stores = [await root.open(SMALL), await root.open(SMALL)]
    await work(stores[0] as CatalogStore, 'b', 10)
    const kept = (await stores[1]?.changes(since)) ?? []
    for (const store of [...stores, await root.open()])
      expect(await store.totals()).toEqual(foldChanges(kept, await store.refresh(), since))
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })

  it('begin at that snapshot also for a store that has counted since before it', async () => {
    const writer = await root.open(SMALL)
    const follower = await root.open({ readOnly: true })
    await work(writer, 'a', 1)
    expect((await follower.totals()).since).toBe(0)
    await work(writer, 'b', 6)
    await writer.close()
    for (let number = 2; number <= (await segments()); number += 1) await takeTotals(number)
    const fresh = await root.open({ readOnly: true })
    const totals = await fresh.totals()
    expect(totals.since).toBeGreaterThan(0)
    expect(await follower.totals()).toEqual(totals)
  })

  it('that are not what the records make are told by the verification of the history', async () => {
    const store = await root.open(SMALL)
    await work(store, 'a', 6)
    await store.close()
    const bytes = await readFile(snapshot(2))
    const end = bytes.indexOf('\n')
    const header = JSON.parse(bytes.subarray(33, end).toString())
    header.totals.operations.verify += 1
    const line = Buffer.from(formatLine(JSON.stringify(header)))
    await writeFile(snapshot(2), Buffer.concat([line, bytes.subarray(end + 1)]))
    expect(await verifyHistory(root.path)).toMatchObject({ ok: false, segment: 2 })
  })

  it.each<[string, unknown]>([
    ['no object', 7],
    ['no operations', { since: 0 }],
    ['operations that are not counts', { since: 0, operations: { verify: -1 } }],
    ['no position', { since: 'x', operations: {} }],
    ['verifications that are none', { since: 0, operations: {}, verifications: {} }],
    [
      'too few buckets',
      {
        ...{ since: 0, operations: {} },
        verifications: {
          success: 1,
          failure: 0,
          unreadable: 0,
          superseded: 0,
          bytes: 1,
          ms: 1,
          buckets: [1],
        },
      },
    ],
  ])('with %s in a snapshot are DAMAGED, and repair makes them again', async (_, totals) => {
    const store = await root.open(SMALL)
    await work(store, 'a', 4)
    const expected = await store.totals()
    await store.close()
    const number = await segments()
    const bytes = await readFile(snapshot(number))
    const end = bytes.indexOf('\n')
    const header = { ...JSON.parse(bytes.subarray(33, end).toString()), totals }
    const line = Buffer.from(formatLine(JSON.stringify(header)))
    await writeFile(snapshot(number), Buffer.concat([line, bytes.subarray(end + 1)]))
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED' })
    await repairCatalog(root.path)
    const repaired = await root.open()
    expect(await repaired.totals()).toEqual({ ...expected, position: await repaired.refresh() })
  })

  it('are made again with a damaged snapshot', async () => {
    const store = await root.open(SMALL)
    await work(store, 'a', 4)
    const expected = await store.totals()
    await store.close()
    await appendFile(snapshot(2), 'x')
    await repairCatalog(root.path)
    const repaired = await root.open()
    expect(await repaired.totals()).toEqual({ ...expected, position: await repaired.refresh() })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })

  it('leave out a verification that cannot be read, which repair takes out of its commit', async () => {
    await (await root.open()).close()
    await rm(root.at('catalog.json'))
    const put = (id: string, revision: number) => ({
      ...{ id, if: revision },
      entry: encodeEntry(sampleEntry({ id })),
    })
    const verification = { id: 'a', outcome: 'success', bytes: 9, duration_ms: 1 }
    const start = [0, FIRST_PREFIX]
    const commits = [
      { operation: 'verify', changes: [put('a', 0)], verification: { ...verification, outcome: 'perhaps' } },
      { operation: 'verify', changes: [put('b', 0)], verification: { ...verification, id: 'b' } },
      { operation: 'verify', changes: [], verification: { ...verification, id: 7 } },
      { operation: 'verify', changes: [], verification: { ...verification, id: 'b' } },
    ]
    const header = { after: start, synced: start, writer: 'w', seq: 1, at: AT }
    await writeFile(journal(), `\n${formatLine(JSON.stringify({ ...header, commits }))}`)
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { path: journal() } })
    await repairCatalog(root.path)
    const store = await root.open()
    expect(await idsOf(store)).toEqual(['a', 'b'])
    expect(await store.totals()).toMatchObject({
      operations: { verify: 3 },
      verifications: { success: 2 },
      verifiedBytes: 18,
    })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })

  it('do not keep an edit of catalog.json from being taken, as a verification changes nothing', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    const view = JSON.parse(await readFile(root.at('catalog.json'), 'utf8'))
    const again = await root.open()
    await again.commit([attemptOf('a')])
    await again.close()
    delete view.checksum
    view.models[0].name = 'edited'
    await writeFile(root.at('catalog.json'), JSON.stringify(view))
    const opened = await root.open()
    expect(await opened.list({})).toMatchObject([{ id: 'a', name: 'edited', revision: 2 }])
    expect((await opened.totals()).operations).toEqual({ register: 1, verify: 1, edit: 1 })
  })
})
