import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { formatLine, parseLine } from '../src/format/record.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { modelId, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

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

  /** Writes a snapshot anew with other lines behind its first, all sums right. */
  async function forge(name: string, edit: (text: string) => string): Promise<void> {
    const { createHash } = await import('node:crypto')
    const [first = '', ...rest] = (await read(name)).split('\n')
    const body = edit(rest.join('\n'))
    const header = parseLine(Buffer.from(first)) as object
    const sums = { bytes: Buffer.byteLength(body), sha256: createHash('sha256').update(body).digest('hex') }
    await writeFile(own(name), formatLine(JSON.stringify({ ...header, ...sums })) + body)
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
    await writeFile(own(name), text.replace('"Pending"', '"Retired"'))
    const report = await verifyHistory(root.path)
    const lineStart = text.lastIndexOf('\n', offset) + 1
    expect(report).toMatchObject({ ok: false, segment, path: own(name), offset: lineStart })
    expect(report).toHaveProperty('record')
  })

  it('finds a seal that is gone', async () => {
    await fill()
    const text = await read('journal-000002.jsonl')
    await writeFile(own('journal-000002.jsonl'), `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`)
    expect(await verifyHistory(root.path)).toMatchObject({
      ok: false,
      segment: 2,
      problem: expect.stringContaining('no seal'),
    })
  })

  it('finds a segment whose records are all right but are those of another catalog', async () => {
    await fill()
    const text = await read('journal-000002.jsonl')
    await writeFile(own('journal-000002.jsonl'), text.split('\n').slice(4).join('\n'))
    expect(await verifyHistory(root.path)).toMatchObject({ ok: false, segment: 2 })
  })

  it.each([
    ['an entry that says something else', (text: string) => text.replace('"Pending"', '"Retired"')],
    [
      'a removed id at another revision',
      (text: string) => text.replace('{"id":"removed","revision":2}', '{"id":"removed","revision":7}'),
    ],
  ])('finds a snapshot with %s, though its sums are right', async (_, edit) => {
    await fill()
    await forge('snapshot-000003.jsonl', edit)
    expect(await verifyHistory(root.path)).toMatchObject({
      ok: false,
      segment: 3,
      path: own('snapshot-000003.jsonl'),
    })
  })

  it.each(['journal-000002.jsonl', 'snapshot-000002.jsonl'])('finds that %s is missing', async (name) => {
    await fill()
    await rm(own(name))
    expect(await verifyHistory(root.path)).toMatchObject({ ok: false, path: own(name) })
  })

  it('has nothing to read if there is no catalog', async () => {
    await expect(verifyHistory(root.path)).rejects.toMatchObject({ code: 'CATALOG_MISSING' })
  })
})
