import { access, readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { idsOf, modelId, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** The example of the specification, with a digest of the right length. */
const EXAMPLE = {
  id: 'llama-3.1-8b-instruct',
  name: 'Llama 3.1 8B Instruct',
  source: 'https://huggingface.co/...',
  digest: 'abc123def456'.padEnd(64, '0'),
  state: 'Active',
  registered_at: '2025-10-01T00:00:00Z',
  verified_at: '2025-10-01T00:05:00Z',
}

describe('a catalog.json without a journal', () => {
  const root = useTemporaryRoot()
  const view = () => root.at('catalog.json')
  const readView = async () => JSON.parse(await readFile(view(), 'utf8'))

  it.each([
    ['as in the specification', (text: string) => text],
    ['with a byte order mark', (text: string) => `\uFEFF${text}`],
    ['with CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ])('is adopted %s, and kept as it was beside the journal', async (_, write) => {
    const text = write(JSON.stringify({ models: [EXAMPLE] }, undefined, 2))
    await writeFile(view(), text)
    const store = await root.open()
    expect(await store.get(modelId(EXAMPLE.id))).toEqual({
      id: EXAMPLE.id,
      name: EXAMPLE.name,
      source: EXAMPLE.source,
      digest: EXAMPLE.digest,
      state: 'Active',
      registeredAt: EXAMPLE.registered_at,
      verifiedAt: EXAMPLE.verified_at,
      revision: 1,
    })
    await store.close()
    expect(await readFile(root.at('.catalog', 'adopted-catalog.json'), 'utf8')).toBe(text)
    expect(await readView()).toMatchObject({ revision: 0, models: [{ ...EXAMPLE, revision: 1 }] })
  })

  it.each([
    ['a time of verification', { verified_at: null }],
    ['a digest', { digest: null }],
  ])('is not believed to have a verified model without %s', async (_, missing) => {
    await writeFile(view(), JSON.stringify({ models: [{ ...EXAMPLE, ...missing }] }))
    expect(await (await root.open()).get(modelId(EXAMPLE.id))).toMatchObject({ state: 'Pending' })
  })

  it('keeps unknown fields of the catalog and of every model, through changes of other models too', async () => {
    const unknown = { licence: 'MIT', nested: { deep: [1, 'two', null] } }
    await writeFile(view(), JSON.stringify({ schema: 7, models: [{ ...EXAMPLE, ...unknown }] }))
    const store = await root.open()
    await register(store, 'other')
    await store.close()
    const reopened = await root.open()
    expect((await reopened.get(modelId(EXAMPLE.id)))?.extra).toEqual(unknown)
    expect(await readView()).toMatchObject({
      schema: 7,
      models: [{ ...EXAMPLE, ...unknown }, { id: 'other' }],
    })
  })

  it('is adopted once by many that open it at the same time', async () => {
    await writeFile(view(), JSON.stringify({ models: [EXAMPLE] }))
    const stores = await Promise.all(Array.from({ length: 8 }, () => root.open()))
    await Promise.all(stores.map((store, index) => register(store, `model-${index}`)))
    for (const store of stores) expect(await idsOf(store)).toHaveLength(9)
  })

  it.each([
    ['an empty file', ''],
    ['half a file', '{ "models": [ { "id": "a"'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no models', '{}'],
    ['models that are not an array', '{ "models": {} }'],
    ['a model that is not an object', '{ "models": [1] }'],
    ['a comment', '{ "models": [] } // none'],
    ['a model without a source', JSON.stringify({ models: [{ ...EXAMPLE, source: undefined }] })],
    ['an unknown state', JSON.stringify({ models: [{ ...EXAMPLE, state: 'Ready' }] })],
    ['a digest of 63 characters', JSON.stringify({ models: [{ ...EXAMPLE, digest: 'a'.repeat(63) }] })],
    ['an id that leaves the root', JSON.stringify({ models: [{ ...EXAMPLE, id: '../x' }] })],
    ['the same id twice', JSON.stringify({ models: [EXAMPLE, EXAMPLE] })],
    [
      'ids that differ in case',
      JSON.stringify({ models: [EXAMPLE, { ...EXAMPLE, id: EXAMPLE.id.toUpperCase() }] }),
    ],
    ['200,000 levels of nesting', `{ "models": [], "x": ${'['.repeat(2e5)}${']'.repeat(2e5)} }`],
    ['bytes that are not UTF-8', Buffer.from('{ "models": [], "x": "\xff" }', 'latin1')],
    ['UTF-16', Buffer.from('{ "models": [] }', 'utf16le')],
  ])('is DAMAGED with %s: nothing is touched and nothing is made', async (_, content) => {
    await writeFile(view(), content)
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { path: view() } })
    expect((await readFile(view())).equals(Buffer.from(content))).toBe(true)
    await expect(access(root.at('.catalog'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('names the place of a syntax error in bytes', async () => {
    await writeFile(view(), '{ "é": 1, }')
    await expect(root.open()).rejects.toMatchObject({ details: { offset: 11 } })
  })
})

describe('a catalog.json that another program wrote', () => {
  const root = useTemporaryRoot()
  const { digest: _digest, verified_at: _verifiedAt, ...bare } = { ...EXAMPLE, state: 'Pending' }

  it.each([
    ['an offset', '2026-01-01T00:00:00+02:00', '2025-12-31T22:00:00Z'],
    ['an offset west of Greenwich', '2025-12-31T20:30:00-03:30', '2026-01-01T00:00:00Z'],
    ['an offset without a colon', '2026-01-01T00:00:00+0200', '2025-12-31T22:00:00Z'],
    ['an offset in hours', '2026-01-01T00:00:00+02', '2025-12-31T22:00:00Z'],
    ['no offset from UTC', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00Z'],
    ['microseconds', '2026-01-01T00:00:00.123456+02:00', '2025-12-31T22:00:00.123456Z'],
    ['a space and small letters', '2026-01-01 00:00:00z', '2026-01-01T00:00:00Z'],
    ['no seconds', '2026-01-01T00:00+02:00', '2025-12-31T22:00:00Z'],
    ['nanoseconds in UTC', '2026-01-01T00:00:00.123456789Z', '2026-01-01T00:00:00.123456789Z'],
  ])('is adopted with times with %s', async (_, written, read) => {
    const failure = { reason: 'size-mismatch', expected: '5', found: '6', node: 'n', path: '/a', at: written }
    const model = { ...EXAMPLE, registered_at: written, verified_at: written, failure }
    await writeFile(root.at('catalog.json'), JSON.stringify({ models: [model] }))
    const entry = await (await root.open()).get(modelId(EXAMPLE.id))
    expect(entry).toMatchObject({ registeredAt: read, verifiedAt: read, failure: { at: read } })
  })

  it.each([
    ['no offset at all', '2026-01-01T00:00:00'],
    ['a day that there is not', '2026-02-30T00:00:00+02:00'],
    ['an hour that there is not', '2026-01-01T25:00:00+02:00'],
    ['an offset that there is not', '2026-01-01T00:00:00+25:00'],
    ['a year before the first', '0000-01-01T00:00:00+02:00'],
    ['a number', 1767225600],
  ])('is DAMAGED with a time with %s', async (_, written) => {
    const text = JSON.stringify({ models: [{ ...EXAMPLE, registered_at: written }] }, undefined, 2)
    await writeFile(root.at('catalog.json'), text)
    const column = 7
    const line = text.split('\n').findIndex((each) => each.includes('registered_at')) + 1
    await expect(root.open()).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { places: [{ line, column: column + '"registered_at": '.length, entry: EXAMPLE.id }] },
    })
  })

  it('is adopted without the fields that would be null', async () => {
    await writeFile(root.at('catalog.json'), JSON.stringify({ models: [bare] }))
    expect(await (await root.open()).get(modelId(EXAMPLE.id))).toMatchObject({
      digest: null,
      verifiedAt: null,
    })
  })

  it('is adopted with texts as long as the file may be', async () => {
    const blob = 'z\\u00e9\\"'.repeat(2e6)
    await writeFile(
      root.at('catalog.json'),
      `{"models":[${JSON.stringify(bare).replace(/\}$/u, `,"blob":"${blob}"}`)}]}`,
    )
    const store = await root.open()
    await register(store, 'other')
    await store.close()
    const reopened = await root.open()
    expect((await reopened.get(modelId(EXAMPLE.id)))?.extra?.['blob']).toHaveLength(6e6)
    expect(JSON.parse(await readFile(root.at('catalog.json'), 'utf8')).models).toHaveLength(2)
  })

  it.each(['9007199254740991', '9999999999999999'])(
    'counts its records from 0 if it calls itself %s',
    async (revision) => {
      const head = `{\n  "revision": ${revision},\n  "checksum": "${'0'.repeat(32)}",\n`
      await writeFile(root.at('catalog.json'), `${head}  "models": []\n}\n`)
      const store = await root.open()
      await register(store, 'a', 'b')
      expect((await store.changes(0)).map(({ position }) => position)).toEqual([1, 2])
    },
  )

  it('shows a long model on one line', async () => {
    const list = Array.from({ length: 600_000 }, () => [0])
    await writeFile(root.at('catalog.json'), JSON.stringify({ models: [{ ...bare, list }] }))
    await (await root.open()).close()
    const written = await readFile(root.at('catalog.json'), 'utf8')
    expect(written.split('\n').length).toBeLessThan(20)
    expect(JSON.parse(written)).toMatchObject({ models: [{ ...bare, list }] })
  })
})
