import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { sampleEntry } from '@catalog/testkit'
import type { CatalogStore } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { extendPrefix } from '../src/format/checksum.ts'
import { type ChainPoint, formatLine, parseLine } from '../src/format/record.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, modelId, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const clock = { now: () => new Date('2026-01-02T03:04:05.678Z') }
const BROKEN = 'broken-20260102T030405678Z'
const OTHERS = [...'bcdefghijkl']
const START: ChainPoint = [0, '0'.repeat(32)]

type Spoil = (entry: Record<string, unknown>) => unknown
const SPOILS: readonly [string, Spoil][] = [
  ['a state of the future', (entry) => ({ ...entry, state: 'Archived' })],
  ['a name that is none', (entry) => ({ ...entry, name: 7 })],
  ['no source', ({ source: _, ...entry }) => entry],
  ['evidence that is none', (entry) => ({ ...entry, evidence: { __proto__: null, host: 5 } })],
  ['a number in its place', () => 7],
]

/** A chain of records, each with a list of changes, as one writer makes it. */
function formatJournal(records: readonly unknown[]): Buffer {
  let head = START
  const lines = records.map((changes, index) => {
    const at = '2026-01-01T00:00:00.000Z'
    const commits = changes === undefined ? undefined : [{ operation: 'test', changes }]
    const record = { after: head, synced: head, writer: 'w', seq: index + 1, at, commits }
    const line = formatLine(JSON.stringify(record))
    head = [head[0] + 1, extendPrefix(head[1], Buffer.from(line.slice(0, -1)))]
    return `\n${line}`
  })
  return Buffer.from(lines.join(''))
}

const entryOf = (id: string, name = id) => ({ ...encodeEntry(sampleEntry({ id })), name })
const put = (id: string, revision: number, name?: string) => ({ id, if: revision, entry: entryOf(id, name) })
const spoiled = (id: string, revision: number, spoil: Spoil) => ({
  id,
  if: revision,
  entry: spoil(entryOf(id)),
})

describe.each(SPOILS)('an entry with %s, whose record has its checksum,', (_, spoil) => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  async function write(...records: unknown[]): Promise<Buffer> {
    await (await root.open()).close()
    await writeFile(root.at('catalog.json'), '')
    const bytes = formatJournal([...records, undefined])
    await writeFile(journal(), bytes)
    return bytes
  }

  const repair = () => repairCatalog(root.path, { clock })
  const describeAll = async (store: CatalogStore) =>
    (await store.list({})).map(({ id, name, revision }) => `${id} ${name} ${revision}`)

  it('is found by verifyHistory, with its place', async () => {
    const bytes = await write([put('a', 0)], [spoiled('m', 0, spoil)])
    expect(await verifyHistory(root.path)).toMatchObject({
      ok: false,
      path: journal(),
      offset: bytes.indexOf('\n', bytes.indexOf('\n', 1) + 1) + 1,
      record: 2,
    })
  })

  it('is left as it was before, and all others stay with their revisions and their history', async () => {
    const original = await write(
      [put('a', 0), put('m', 0)],
      [put('b', 0), spoiled('m', 1, spoil)],
      [put('a', 1, 'new')],
      [put('c', 0)],
    )
    expect(await repair()).toMatchObject({ segment: 2, recordsKept: 5, recordsLost: 0, idsAffected: ['m'] })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
    const kept = await readFile(`${journal()}.${BROKEN}`)
    expect(kept.subarray(0, original.length)).toEqual(original)
    const store = await root.open()
    expect(await describeAll(store)).toEqual(['a new 2', 'b b 1', 'c c 1', 'm m 2'])
    const history = (await store.changes(0)).map(
      ({ position, id, revision }) => `${position} ${id} ${revision}`,
    )
    expect(history).toEqual(['1 a 1', '1 m 1', '2 b 1', '2 m 2', '3 a 2', '4 c 1'])
    await register(store, 'd')
  })

  it('is removed where nothing was before it, and what was written over it later stays', async () => {
    await write(
      [spoiled('m', 0, spoil), put('a', 0)],
      [spoiled('n', 0, spoil)],
      [put('m', 1, 'good')],
      [put('m', 2, 'better')],
    )
    await repair()
    const store = await root.open()
    expect(await describeAll(store)).toEqual(['a a 1', 'm better 3'])
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
    // Its revision is not given a second time.
    await register(store, 'n')
    expect(await store.get(modelId('n'))).toMatchObject({ revision: 2 })
  })

  it('lets nothing take effect that did not', async () => {
    await write(
      [spoiled('m', 0, spoil)],
      [put('m', 0, 'conflict'), put('a', 0)],
      [put('M', 0)],
      [{ id: 'm', if: 1, entry: null }],
      [put('m', 0, 'again')],
    )
    await repair()
    expect(await describeAll(await root.open())).toEqual(['m again 3'])
  })

  it('makes a store that has the catalog open fail, before it can acknowledge anything more', async () => {
    await write([put('a', 0)])
    const running = await root.open()
    expect(await idsOf(running)).toEqual(['a'])
    await write([put('a', 0)], [spoiled('m', 0, spoil)])
    await repair()
    await expect(register(running, 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/DAMAGED|REPLACED/u),
    })
    expect(await idsOf(await root.open())).toEqual(['a'])
  })

  it('changes nothing a second time', async () => {
    await write([put('a', 0)], [spoiled('m', 0, spoil)])
    await repair()
    const names = await readdir(root.at('.catalog'))
    expect(await repair()).toMatchObject({ keptFiles: [], idsAffected: [] })
    expect(await readdir(root.at('.catalog'))).toEqual(names)
  })
})

describe('an entry that cannot be read, in a segment that others follow,', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  /** As a writer does it that takes entries for right which are none. */
  async function append(...changes: unknown[]): Promise<void> {
    let head = START
    for (const line of (await readFile(journal(), 'utf8')).split('\n').map((text) => Buffer.from(text))) {
      if (parseLine(line) !== undefined) head = [head[0] + 1, extendPrefix(head[1], line)]
    }
    const header = { after: head, synced: START, writer: 'w', seq: head[0], at: '2026-01-01T00:00:00.000Z' }
    const record = { ...header, commits: [{ operation: 'test', changes }] }
    await appendFile(journal(), `\n${formatLine(JSON.stringify(record))}`)
  }

  it.each([
    ['and its snapshots have it', []],
    ['and was written over since', [put('m', 2, 'good')]],
  ])('is repaired there and where it came to, and nothing else is touched, %s', async (_, later) => {
    const store = await root.open({ segmentBytes: 2500 })
    await register(store, 'a', 'm')
    await append({ id: 'm', if: 1, entry: { ...entryOf('m'), name: 5 } })
    if (later.length > 0) await append(...later)
    await register(store, ...OTHERS)
    await store.close()
    const journals = (await readdir(root.at('.catalog'))).filter((name) => name.startsWith('journal')).sort()
    const segments = journals.length
    expect(segments).toBeGreaterThan(2)
    const last = root.at('.catalog', journals.at(-1) ?? '')
    const bytes = await readFile(last)

    expect(await verifyHistory(root.path)).toMatchObject({
      ok: false,
      segment: 1,
      record: 3,
      path: journal(),
    })
    expect(await repairCatalog(root.path)).toMatchObject({
      segment: segments,
      recordsLost: 0,
      idsAffected: ['m'],
    })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true, segments })
    expect(await readFile(last)).toEqual(bytes)
    const reopened = await root.open()
    expect((await reopened.list({})).map(({ id }) => id).join('')).toBe(['a', ...OTHERS, 'm'].sort().join(''))
    const revision = 2 + later.length
    expect(await reopened.get(modelId('m'))).toMatchObject({
      name: later.length > 0 ? 'good' : 'm',
      revision,
    })
    expect(await reopened.changes(0)).toHaveLength(OTHERS.length + 3 + later.length)
  })

  it('is left out of the first snapshot, where nothing tells what it was', async () => {
    const store = await root.open({ segmentBytes: 2500 })
    await register(store, 'a', 'm')
    await append({ id: 'm', if: 1, entry: { ...entryOf('m'), name: 5 } })
    await register(store, ...OTHERS)
    await store.pruneHistory({ keepSegments: 2 })
    await store.close()
    expect(await verifyHistory(root.path)).toMatchObject({
      ok: false,
      path: expect.stringContaining('snapshot'),
    })
    expect(await repairCatalog(root.path)).toMatchObject({ recordsLost: 0, idsAffected: ['m'] })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
    const reopened = await root.open()
    expect((await reopened.list({})).map(({ id }) => id).join('')).toBe(['a', ...OTHERS].join(''))
    await register(reopened, 'm')
    expect(await reopened.get(modelId('m'))).toMatchObject({ revision: 3 })
  })
})

describe('a record that has its checksum and no form', () => {
  const root = useTemporaryRoot()

  it.each([
    ['counts where others build on it', true, ['1 a', '3 b']],
    ['is left out if none do', false, ['1 a', '2 b']],
  ])('%s', async (_, isBuiltOn, history) => {
    await (await root.open()).close()
    await writeFile(root.at('catalog.json'), '')
    const good = formatJournal([[put('a', 0)]])
    const bad = formatLine('{"a record":"of another kind"}')
    const line = good.subarray(1, -1)
    const first: ChainPoint = [1, extendPrefix(START[1], line)]
    const second: ChainPoint = [2, extendPrefix(first[1], Buffer.from(bad.slice(0, -1)))]
    const after = isBuiltOn ? second : first
    const header = { after, synced: after, writer: 'w', seq: 2, at: '2026-01-01T00:00:00.000Z' }
    const last = { ...header, commits: [{ operation: 'test', changes: [put('b', 0)] }] }
    const lines = [good.toString(), bad, formatLine(JSON.stringify(last))]
    await writeFile(root.at('.catalog', 'journal-000001.jsonl'), lines.join('\n'))
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { recordsBefore: 1 } })
    expect(await repairCatalog(root.path)).toMatchObject({ recordsLost: 0 })
    const store = await root.open()
    expect((await store.changes(0)).map(({ position, id }) => `${position} ${id}`)).toEqual(history)
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })
})
