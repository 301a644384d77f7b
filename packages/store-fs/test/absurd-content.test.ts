import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { sampleEntry } from '@catalog/testkit'
import { encodeEntry } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { encodeCommit } from '../src/format/commit-codec.ts'
import { formatLine } from '../src/format/record.ts'
import { idsOf, modelId, register, registrationOf } from './commits.ts'
import { readRecords, rewriteRecords } from './journal-lines.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const ZERO = [0, '0'.repeat(32)]
const HEADER = { after: ZERO, synced: ZERO, writer: 'w', seq: 1, at: '2026-01-01T00:00:00.000Z' }
const ENTRY = encodeEntry(sampleEntry({ id: 'm' }))
const commitOf = (change: unknown) => ({ ...HEADER, commits: [{ operation: 'x', changes: [change] }] })
const nest = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

const RECORDS: Readonly<Record<string, unknown>> = {
  null: null,
  'a number': 5,
  'a list': [],
  'an empty object': {},
  'a place in the chain that is a text': { ...HEADER, after: '0' },
  'a place in the chain beyond all numbers': { ...HEADER, synced: [1e300, ZERO[1]] },
  'a writer that is none': { ...HEADER, writer: null },
  'a number of its writer that is a half': { ...HEADER, seq: 0.5 },
  'a time that is none': { ...HEADER, at: 'yesterday' },
  'a seal that is not true': { ...HEADER, seal: 1 },
  'commits that are none': { ...HEADER, commits: { length: 1 } },
  'a commit that is null': { ...HEADER, commits: [null] },
  'an operation that is none': { ...HEADER, commits: [{ operation: 1, changes: [] }] },
  'a reason that is none': { ...HEADER, commits: [{ operation: 'x', reason: {}, changes: [] }] },
  'changes that are null': { ...HEADER, commits: [{ operation: 'x', changes: null }] },
  'a change that is a text': commitOf('m'),
  'an id that is none': commitOf({ id: '../m', if: 0, entry: null }),
  'a revision that is negative': commitOf({ id: 'm', if: -1, entry: ENTRY }),
  'an entry that is a number': commitOf({ id: 'm', if: 0, entry: 7 }),
  'an entry that is not there': commitOf({ id: 'm', if: 0 }),
  'an entry of another id': commitOf({ id: 'n', if: 0, entry: ENTRY }),
  'an entry in a state of the future': commitOf({ id: 'm', if: 0, entry: { ...ENTRY, state: 'Archived' } }),
  'an entry nested without end': commitOf({ id: 'm', if: 0, entry: { ...ENTRY, deep: nest(2000) } }),
}

describe('a record whose checksum is right', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  it.each(Object.entries(RECORDS))('is DAMAGED, with its place, where it is or has %s', async (_, record) => {
    await (await root.open()).close()
    await writeFile(journal(), `\n${formatLine(JSON.stringify(record))}`)
    const { length } = await readFile(journal())
    const details = { path: journal(), offset: 1, length: length - 2, recordsBefore: 0 }
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details })
    const store = await root.open({ readOnly: true, intactPrefix: true })
    expect(await idsOf(store)).toEqual([])
  })

  it('is DAMAGED for a store that is open as well', async () => {
    const store = await root.open()
    await writeFile(journal(), `\n${formatLine('null')}`)
    await expect(idsOf(store)).rejects.toMatchObject({ code: 'DAMAGED', details: { offset: 1 } })
    await expect(register(store, 'a')).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is DAMAGED, with its place, where JSON is expected behind the checksum', async () => {
    await (await root.open()).close()
    await writeFile(journal(), `\n${formatLine('{')}`)
    await expect(root.open()).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { offset: 1, recordsBefore: 0 },
    })
  })
})

describe('an entry that cannot be read', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  it('is DAMAGED, with the place of its record, only for a caller that asks for it', async () => {
    const offset = await damageLast()
    const store = await root.open({ readOnly: true })
    const details = { path: journal(), offset, recordsBefore: 1 }
    await expect(store.get(modelId('b'))).rejects.toMatchObject({ code: 'DAMAGED', details })
    await expect(store.list({})).rejects.toMatchObject({ code: 'DAMAGED', details })
    await expect(store.changes(0)).rejects.toMatchObject({ code: 'DAMAGED', details })
    expect(await store.get(modelId('a'))).toMatchObject({ id: 'a' })
  })

  /** The second of two records, the last that there is, has a name that is none. */
  async function damageLast(): Promise<number> {
    const store = await root.open()
    await register(store, 'a', 'b')
    await store.close()
    await rewriteRecords(journal(), (record) =>
      JSON.parse(JSON.stringify(record).replace('"name":"b"', '"name":7')),
    )
    await writeFile(root.at('catalog.json'), '')
    const [, second] = await readRecords(journal())
    // The mark behind it builds on the record as it was.
    await writeFile(journal(), (await readFile(journal())).subarray(0, (second?.end ?? 0) + 1))
    return second?.start ?? 0
  }
})

describe('a snapshot whose checksums are right', () => {
  const root = useTemporaryRoot()
  const path = () => root.at('.catalog', 'snapshot-000001.jsonl')
  const lines = ['a', 'b'].map((id) => JSON.stringify({ ...encodeEntry(sampleEntry({ id })), revision: 1 }))
  const removed = '{"id":"x","revision":2}'

  async function write(header: object, body: readonly string[]): Promise<void> {
    await (await root.open()).close()
    await writeFile(root.at('catalog.json'), '')
    const text = body.map((line) => `${line}\n`).join('')
    const sha256 = createHash('sha256').update(text).digest('hex')
    const first = {
      segment: 1,
      start: ZERO,
      entries: 2,
      removed: 1,
      bytes: Buffer.byteLength(text),
      sha256,
      extra: {},
    }
    await writeFile(path(), formatLine(JSON.stringify({ ...first, ...header })) + text)
  }

  it('is read', async () => {
    await write({}, [...lines, removed])
    expect(await idsOf(await root.open())).toEqual(['a', 'b'])
  })

  it.each<[string, object]>([
    ['more entries than there is memory for', { entries: 2 ** 40 }],
    ['more lines than there are', { removed: 2 }],
    ['a number of entries that is none', { entries: '2' }],
    ['a segment that is none', { segment: null }],
    ['a start that is none', { start: [0] }],
    ['a start that nothing can be counted on from', { start: [2 ** 53 - 1, ZERO[1]] }],
    ['counts of other entries', { counts: { Pending: 9 } }],
    ['fields beside that are none', { extra: 5 }],
  ])('is DAMAGED where its first line has %s', async (_, header) => {
    await write(header, [...lines, removed])
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { path: path() } })
  })

  const [a = '', b = ''] = lines
  it.each<[string, readonly string[], number]>([
    ['a line that is not an entry', [a, '5', removed], 1],
    ['a line that does not begin with its id', [a, b.replace('"id"', '"ID"'), removed], 1],
    ['an id that is none', [a, b.replace('"b"', '"b c"'), removed], 1],
    ['no revision at the end', [a, b.replace(',"revision":1', ''), removed], 1],
    ['a revision that is none', [a, b.replace('"revision":1', '"revision":0'), removed], 1],
    [
      'a revision that nothing can be counted on from',
      [a, b.replace(':1}', ':9007199254740991}'), removed],
      1,
    ],
    ['lines in another order', [b, a, removed], 1],
    ['a line twice', [a, a, removed], 1],
    ['a removed entry without a revision', [a, b, '{"id":"x"}'], 2],
    ['a removed entry that is null', [a, b, 'null'], 2],
    ['a removed entry that is not JSON', [a, b, '{'], 2],
  ])('is DAMAGED, with the place of the line, where it has %s', async (_, body, line) => {
    await write({}, body)
    const bytes = await readFile(path())
    let offset = bytes.indexOf(0x0a) + 1
    for (const before of body.slice(0, line)) offset += before.length + 1
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { path: path(), offset } })
  })

  it.each([
    ['a state of the future', b.replace('"Pending"', '"Archived"').replace('"Active"', '"Archived"')],
    ['no state', b.replace('"state"', '"STATE"')],
    ['a name that is none', b.replace('"name":"b"', '"name":[]')],
    ['another id behind', b.replace('"name"', '"id":"c","name"')],
    ['an unfinished line', b.replace('"name"', '"name')],
    ['a line nested without end', b.replace('"name":"b"', `"name":"b","x":${JSON.stringify(nest(3000))}`)],
  ])('is DAMAGED for a caller that asks for the entry, if that has %s', async (_, line) => {
    await write({}, [a, line, removed])
    const store = await root.open({ readOnly: true })
    const details = { path: path(), length: line.length }
    await expect(store.get(modelId('b'))).rejects.toMatchObject({ code: 'DAMAGED', details })
    await expect(store.list({ state: 'Active' }).then(() => store.list({}))).rejects.toMatchObject({
      code: 'DAMAGED',
    })
    expect(await store.get(modelId('a'))).toMatchObject({ id: 'a' })
  })
})

it('nests no entry deeper than can be adopted from catalog.json', () => {
  const { changes, ...commit } = registrationOf('a')
  const entry = sampleEntry({ id: 'a' })
  const withDepth = (levels: number) => ({
    ...commit,
    changes: [
      { ...changes[0], id: entry.id, ifRevision: 0, entry: { ...entry, extra: { x: nest(levels) } } },
    ],
  })
  expect(encodeCommit(withDepth(61)).text).toContain('[[')
  for (const levels of [62, 20_000]) {
    expect(() => encodeCommit(withDepth(levels))).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  }
})

it('writes nothing that it would not read again', () => {
  const commit = registrationOf('a')
  const far = [{ id: modelId('a'), ifRevision: Number.MAX_SAFE_INTEGER, entry: null }]
  for (const unreadable of [
    { ...commit, operation: undefined },
    { ...commit, operation: 7 },
    { ...commit, changes: far },
  ]) {
    const encode = () => encodeCommit(unreadable as typeof commit)
    expect(encode).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  }
  expect(encodeCommit(commit).wire).toMatchObject({ operation: 'register' })
})

describe('a field whose name is a number', () => {
  const root = useTemporaryRoot()

  it('is kept in a snapshot, where JSON would put it before the id', async () => {
    const store = await root.open({ segmentBytes: 1024 })
    const entry = { ...sampleEntry({ id: 'a' }), extra: { 5: 'x' } }
    await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
    await register(store, 'b', 'c', 'd', 'e')
    await store.close()
    expect(await readFile(root.at('.catalog', 'snapshot-000002.jsonl'), 'utf8')).toContain('{"id":"a"')
    expect(await (await root.open()).get(entry.id)).toMatchObject({ extra: { 5: 'x' } })
  })
})
