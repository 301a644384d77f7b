import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { FIRST_PREFIX } from '../src/format/checksum.ts'
import { formatLine, parseLine } from '../src/format/record.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { modelId, register } from './commits.ts'
import { readRecords, rechainRecords, rewriteRecords, zeroRecord } from './journal-lines.ts'
import { useTemporaryRoot } from './temporary-root.ts'

interface ForgedHeader {
  readonly start: readonly [number, string]
  readonly entries: number
  readonly removed: number
  readonly counts: Readonly<Record<string, number>>
  readonly totals: object
}

const SMALL = { segmentBytes: 2048 }
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

describe('the verification of the history', () => {
  const root = useTemporaryRoot()
  const own = (name: string) => root.at('.catalog', name)
  const read = (name: string) => readFile(own(name), 'utf8')

  /** Several segments, the first with a removal, all closed. */
  async function fill(): Promise<void> {
    const store = await root.open(SMALL)
    await register(store, 'removed')
    await store.commit([
      { operation: 'remove', changes: [{ id: modelId('removed'), ifRevision: 1, entry: null }] },
    ])
    await register(store, ...many('a', 30))
    await store.close()
  }

  /** Writes a snapshot anew with other lines behind its first, and other fields in that, all sums right. */
  async function forge(
    name: string,
    edit: (text: string) => string,
    change: (header: ForgedHeader) => object = () => ({}),
  ): Promise<void> {
    const { createHash } = await import('node:crypto')
    const [first = '', ...rest] = (await read(name)).split('\n')
    const body = edit(rest.join('\n'))
    const header = parseLine(Buffer.from(first)) as ForgedHeader
    const sums = { bytes: Buffer.byteLength(body), sha256: createHash('sha256').update(body).digest('hex') }
    await writeFile(own(name), formatLine(JSON.stringify({ ...header, ...change(header), ...sums })) + body)
  }

  it('counts what it has read, and changes nothing', async () => {
    await fill()
    const files = async () =>
      Promise.all((await readdir(root.at('.catalog'))).map(async (name) => [name, await read(name)]))
    const before = await files()
    const segments = before.filter(([name]) => name?.startsWith('snapshot')).length
    const report = await verifyHistory(root.path)
    expect(report).toEqual({
      ok: true,
      segments,
      records: expect.any(Number),
      from: 0,
      to: expect.any(Number),
    })
    expect(report.records).toBe(report.to)
    expect(report.records).toBeGreaterThan(32)
    expect(await files()).toEqual(before)
  })

  it('reads what a running store has, too', async () => {
    const store = await root.open(SMALL)
    await register(store, ...many('a', 30))
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true, to: await store.refresh() })
  })

  it.each([1, 2])('finds a changed byte in segment %d, with its place', async (segment) => {
    await fill()
    const name = `journal-00000${segment}.jsonl`
    const text = await read(name)
    const offset = text.indexOf('"Pending"')
    const intact = await readRecords(own(name))
    await writeFile(own(name), text.replace('"Pending"', '"Retired"'))
    const report = await verifyHistory(root.path)
    const lineStart = text.lastIndexOf('\n', offset) + 1
    const record =
      (intact[0]?.record.after[0] ?? 0) + intact.findIndex(({ start }) => start === lineStart) + 1
    expect(report).toMatchObject({ ok: false, segment, path: own(name), offset: lineStart, record })
    expect(report).toHaveProperty('problem', expect.stringMatching(/./u))
  })

  it('finds a seal that is gone', async () => {
    await fill()
    const text = await read('journal-000002.jsonl')
    const unsealed = `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`
    await writeFile(own('journal-000002.jsonl'), unsealed)
    const records = await readRecords(own('journal-000002.jsonl'))
    expect(await verifyHistory(root.path)).toMatchObject({
      ok: false,
      segment: 2,
      path: own('journal-000002.jsonl'),
      problem: expect.stringContaining('no seal'),
      offset: unsealed.length,
      record: (records.at(-1)?.record.after[0] ?? 0) + 2,
    })
  })

  it('finds a segment whose records are all right but are those of another catalog', async () => {
    await fill()
    const text = await read('journal-000002.jsonl')
    await writeFile(own('journal-000002.jsonl'), text.split('\n').slice(4).join('\n'))
    expect(await verifyHistory(root.path)).toMatchObject({ ok: false, segment: 2 })
  })

  it('finds a segment that ends in other records than the next one starts from, with its end', async () => {
    await fill()
    const path = own('journal-000001.jsonl')
    await rechainRecords(path, (records) => records.map((record) => ({ ...record, writer: 'alien' })))
    const records = await readRecords(path)
    expect(await verifyHistory(root.path)).toMatchObject({
      ...{ ok: false, segment: 2, path },
      ...{ offset: (records.at(-1)?.end ?? 0) + 1, record: records.length + 1 },
    })
  })

  it('finds an entry that cannot be read, though its record is right and a later one replaced it', async () => {
    await fill()
    const path = own('journal-000001.jsonl')
    await rechainRecords(path, ([first, ...others]) => {
      const broken = JSON.parse(JSON.stringify(first).replace('"name":"removed"', '"name":7'))
      return [broken, ...others]
    })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: false, path, segment: 1, record: 1 })
  })

  it('finds that a segment behind what a power cut took starts from elsewhere, with the place of the cut', async () => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c')
    await store.close()
    await rm(root.at('catalog.json'))
    const path = own('journal-000001.jsonl')
    await rewriteRecords(path, (record) => ({ ...record, synced: [0, FIRST_PREFIX] }))
    await zeroRecord(path, 2)
    await (await root.open()).close()
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true, segments: 2 })
    const [, offset] = (await readRecords(path)).map(({ start }) => start)
    await forge(
      'snapshot-000002.jsonl',
      (text) => text,
      ({ start }) => ({ start: [start[0], 'f'.repeat(32)] }),
    )
    await rm(own('journal-000002.jsonl'))
    await writeFile(own('journal-000002.jsonl'), '')
    expect(await verifyHistory(root.path)).toMatchObject({ ok: false, path, offset, record: 2 })
  })

  it('finds a first segment that does not begin where every chain does', async () => {
    await (await root.open()).close()
    await forge(
      'snapshot-000001.jsonl',
      (text) => text,
      () => ({ start: [0, 'f'.repeat(32)] }),
    )
    const path = own('snapshot-000001.jsonl')
    const problem = expect.stringMatching(/./u)
    expect(await verifyHistory(root.path)).toEqual({
      ...{ ok: false, segments: 0, records: 0, from: 0, to: 0 },
      ...{ segment: 1, path, problem },
    })
  })

  it('does not take what is pruned meanwhile for missing', async () => {
    await fill()
    let isDue = true
    const open: typeof nodeFileSystem.open = async (path, mode) => {
      if (isDue && path === own('journal-000002.jsonl')) {
        isDue = false
        await pruneHistory(root.path)
      }
      return await nodeFileSystem.open(path, mode)
    }
    const report = await verifyHistory(root.path, { disk: { ...nodeFileSystem, open } })
    expect([report.ok, report.segments, isDue]).toEqual([true, 2, false])
    expect(report.from).toBeGreaterThan(0)
    expect(report.records).toBe(report.to - report.from)
  })

  it('does not call damaged what the disk does not read', async () => {
    await fill()
    const path = own('journal-000002.jsonl')
    const open: typeof nodeFileSystem.open = async (opened, mode) => {
      if (opened === path) throw Object.assign(new Error('injected'), { code: 'EIO' })
      return await nodeFileSystem.open(opened, mode)
    }
    await expect(verifyHistory(root.path, { disk: { ...nodeFileSystem, open } })).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'read', errno: 'EIO' },
    })
  })

  it.each<[string, (text: string) => string, (header: ForgedHeader) => object]>([
    [
      'an entry less',
      (text) => text.slice(text.indexOf('\n') + 1),
      ({ entries, counts }) => ({
        entries: entries - 1,
        counts: { ...counts, Pending: (counts['Pending'] ?? 0) - 1 },
      }),
    ],
    [
      'an entry more',
      (text) => {
        const [first = ''] = text.split('\n')
        return `${first.replaceAll('"a-0"', '"a"')}\n${text}`
      },
      ({ entries, counts }) => ({
        entries: entries + 1,
        counts: { ...counts, Pending: (counts['Pending'] ?? 0) + 1 },
      }),
    ],
    ['settings', (text) => text, () => ({ settings: { revision: 1, content: { policy: {}, volumes: {} } } })],
    ['a field beside its entries', (text) => text, () => ({ extra: { licence: 'MIT' } })],
    [
      'other totals',
      (text) => text,
      ({ totals }) => ({ totals: { ...totals, operations: { register: 7 } } }),
    ],
    [
      'an entry that says something else',
      (text) => text.replace('"name":"a-1"', '"name":"else"'),
      () => ({}),
    ],
    [
      'a removed id at another revision',
      (text) => text.replace('{"id":"removed","revision":2}', '{"id":"removed","revision":7}'),
      () => ({}),
    ],
  ])('finds a snapshot that has %s, though its sums are right', async (_, edit, change) => {
    await fill()
    await forge('snapshot-000003.jsonl', edit, change)
    expect(await verifyHistory(root.path)).toMatchObject({
      ok: false,
      segment: 3,
      path: own('snapshot-000003.jsonl'),
      problem: expect.stringMatching(/^(?!undefined).+ is not what .*journal-000002.jsonl ends in/u),
      record: expect.any(Number),
    })
  })

  it.each(['journal-000001.jsonl', 'journal-000002.jsonl', 'snapshot-000002.jsonl'])(
    'finds that %s is missing, and tells what was right before it',
    async (name) => {
      await fill()
      const [firstOfNext] = await readRecords(own('journal-000002.jsonl'))
      await rm(own(name))
      const segment = name === 'journal-000002.jsonl' ? 2 : 1
      const after = segment === 2 ? (firstOfNext?.record.after[0] ?? 0) : 0
      expect(await verifyHistory(root.path)).toStrictEqual({
        ...{ ok: false, segment, path: own(name), problem: expect.stringMatching(/./u) },
        ...{ segments: expect.any(Number), records: expect.any(Number), from: 0, to: expect.any(Number) },
        ...(name.startsWith('journal') && { record: after + 1 }),
      })
    },
  )

  it('has nothing to read if there is no catalog', async () => {
    await expect(verifyHistory(root.path)).rejects.toMatchObject({ code: 'CATALOG_MISSING' })
    await expect(verifyHistory('')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'root' }] },
    })
  })
})
