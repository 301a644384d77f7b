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
    ['models that are no array', '{ "models": {} }'],
    ['a model that is no object', '{ "models": [1] }'],
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
    ['bytes that are no UTF-8', Buffer.from('{ "models": [], "x": "\xff" }', 'latin1')],
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
