import { lacks } from '@catalog/testkit/running'
import { openCatalog } from 'model-catalog'
import { describe, expect, it } from 'vitest'
import { modelSchema } from '../src/schemas/answers.ts'
import { curl, DIGEST, MODELS, pathOf, useService } from './world.ts'

const SECRET = 's3cr3t'
const service = await useService()
const { send } = service
let count = 0
function newId(): string {
  count += 1
  return `org/model-${count}`
}
const register = (id: string, more: object = {}) =>
  send('POST', MODELS, { id, source: `hf:${id}`, digest: DIGEST, ...more })

describe('POST', () => {
  it('registers a model: 201 with its address and its ETag', async () => {
    const id = newId()
    const { status, headers, body } = await register(id, { name: 'A model', tags: ['chat'], sizeBytes: 7 })
    expect(status).toBe(201)
    expect(headers).toMatchObject({ location: pathOf(id), etag: '"1"' })
    expect(modelSchema.parse(body)).toMatchObject({ id, name: 'A model', state: 'Pending', revision: 1 })
  })

  it('answers the same registration once more with 200 and the model, also when it has changed its state', async () => {
    const id = newId()
    const body = {
      name: 'A model',
      tags: ['a', 'b'],
      digest: `sha256:${DIGEST.toUpperCase()}`,
      reason: 'why',
    }
    await register(id, body)
    expect(await register(id, body)).toMatchObject({
      status: 200,
      body: { id, revision: 1 },
      headers: { etag: '"1"' },
    })
    await send('PATCH', pathOf(id), { state: 'Retired' }, { 'if-match': '"1"' })
    expect(await register(id, body)).toMatchObject({
      status: 200,
      body: { state: 'Retired' },
      headers: { etag: '"2"' },
    })
  })

  it.each<[what: string, first: object, second: object]>([
    ['name', {}, { name: 'Other' }],
    ['source', {}, { source: 'hf:org/other' }],
    ['digest', {}, { digest: 'b'.repeat(64) }],
    ['digest, which was declared', {}, { digest: null }],
    ['digest, which was not', { digest: null }, { digest: DIGEST }],
    ['size', {}, { sizeBytes: 8 }],
    ['list of tags', { tags: ['a', 'b'] }, { tags: ['b', 'a'] }],
    ['list of files', { digest: null, files: [{ path: 'a' }] }, { digest: null, files: [{ path: 'b' }] }],
    ['number of files', { digest: null, files: [{ path: 'a' }] }, { files: undefined }],
  ])('answers one with another %s with 409', async (_what, first, second) => {
    const id = newId()
    expect((await register(id, first)).status).toBe(201)
    expect(await register(id, { ...first, ...second })).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_EXISTS', id, existingId: id },
    })
  })

  it('gives each of many that send the same at once the same model, one of them 201', async () => {
    const id = newId()
    const answers = await Promise.all(Array.from({ length: 10 }, () => register(id)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 200), 201])
  })

  it('answers an id that differs in case only with 409', async () => {
    const id = newId()
    await register(id)
    expect(await register(id.toUpperCase())).toMatchObject({ status: 409, body: { existingId: id } })
  })

  it.each([
    ['location', '/etc/passwd'],
    ['file', 'catalog.gguf'],
    ['actor', 'root'],
    ['state', 'Active'],
    ['revision', 1],
    ['evidence', {}],
    ['sorce', 'hf:a'],
    ['__proto__', { location: '/etc/passwd' }],
  ])('refuses a body with %s, and registers nothing', async (field, value) => {
    const id = newId()
    const text = `{"id":${JSON.stringify(id)},"source":"hf:a","${field}":${JSON.stringify(value)}}`
    const { status, body } = await send('POST', MODELS, text)
    expect(status).toBe(400)
    if (field !== '__proto__') expect(body.problems).toMatchObject([{ field }])
    expect((await send('GET', pathOf(id))).status).toBe(404)
  })

  it('names every field that is wrong', async () => {
    const { body } = await send('POST', MODELS, { id: 7, digest: 'x', tags: [''] })
    expect(body.problems.map(({ field }: { field: string }) => field)).toEqual(['id', 'source', 'tags.0'])
    const byCatalog = await send('POST', MODELS, { id: '..', source: 'x', digest: 'x' })
    expect(byCatalog.body.problems.map(({ field }: { field: string }) => field)).toEqual(['id', 'digest'])
  })

  it('shows no credential of a source, in no answer and no log, and keeps it', async () => {
    const id = newId()
    const source = `https://user:${SECRET}@host.example/m.gguf?token=${SECRET}`
    const told = [
      await register(id, { source }),
      await register(id, { source }),
      await register(id, { source: `${source}2` }),
      await register(id, { source, location: source }),
      await send('GET', pathOf(id)),
      await send('GET', pathOf(source)),
      await send('GET', `${MODELS}?source=${encodeURIComponent(source)}`),
      await send('GET', `${MODELS}?${SECRET}=1&order=${SECRET}`, undefined, { 'x-request-id': 'known' }),
      await send('GET', `${pathOf(id)}/history`),
      await send('POST', MODELS, `{"source": "${source}`),
    ]
    expect(told.map(({ status }) => status)).toEqual([201, 200, 409, 400, 200, 400, 200, 400, 200, 400])
    const shown = told.filter((_, index) => index !== 7)
    expect(JSON.stringify(shown)).not.toContain(SECRET)
    const lastRequest = String(told.at(-1)?.headers['x-request-id'])
    await expect.poll(() => service.log.join('\n')).toContain(lastRequest)
    expect(service.log.join('\n')).not.toContain(SECRET)
    await using catalog = await openCatalog({ root: service.root })
    expect((await catalog.get(id))?.source).toBe(source)
  })

  it('shows nothing of the machine', async () => {
    const id = newId()
    await using catalog = await openCatalog({
      root: service.root,
      holder: 'secret-holder',
      node: 'secret-node',
    })
    await catalog.register({ id, source: '/secret-path/m.gguf', file: 'secret/m.gguf' })
    await catalog.downloads.begin(id)
    const told = [
      await send('GET', pathOf(id)),
      await send('DELETE', pathOf(id), undefined, { 'if-match': '*' }),
      await register(newId(), { source: 'file:///secret-path/other.gguf' }),
    ]
    expect(told).toMatchObject([
      { body: { source: 'file:…' } },
      { status: 409, body: { code: 'IN_USE' } },
      { status: 201 },
    ])
    expect(JSON.stringify(told)).not.toContain('secret')
  })
})

describe('GET, PATCH and DELETE', () => {
  it.skipIf(lacks('curl'))('read a model by its percent-encoded id, with its ETag', async () => {
    const id = newId()
    await register(id)
    const { status, headers, body } = await send('GET', pathOf(id))
    expect([status, headers['etag']]).toEqual([200, '"1"'])
    expect(modelSchema.parse(body)).toMatchObject({ id })
    expect((await send('GET', pathOf(id), undefined, { 'if-none-match': 'W/"1"' })).status).toBe(304)
    expect((await send('GET', pathOf(id), undefined, { 'if-none-match': '"2"' })).status).toBe(200)
    expect(await curl('-o', '/dev/null', '-w', '%{http_code}', `${service.url}${MODELS}/${id}`)).toBe('404')
  })

  it
    .skipIf(lacks('curl'))
    .each([
      ...['..%2fetc%2fpasswd', '%00', 'a%00b', '..', '%2e%2e', '.', 'a%2f%2fb', '%20', 'a%5cb', '%ff', '%zz'],
      ...['x'.repeat(201), 'x'.repeat(5000)],
    ])('answer an id that cannot be one with 400 (%#)', async (id) => {
    for (const path of [id, `${id}/history`]) {
      const answer = await curl('-w', '\n%{http_code}', `${service.url}${MODELS}/${path}`)
      const [body = '', status] = answer.split('\n')
      expect(status).toBe('400')
      expect(JSON.parse(body)).toMatchObject({ status: 400 })
    }
  })

  it('change what is recorded: null removes a field, and an absent one stays', async () => {
    const id = newId()
    await register(id, { tags: ['a'], sizeBytes: 7 })
    const patched = await send(
      'PATCH',
      pathOf(id),
      { tags: null, name: 'New', reason: 'tidy' },
      { 'if-match': '"1"', 'content-type': 'application/merge-patch+json' },
    )
    expect(patched).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { name: 'New', sizeBytes: 7 },
    })
    expect(patched.body.tags).toBeUndefined()
    const { body } = await send('GET', `${pathOf(id)}/history`)
    expect(body.changes[1]).toMatchObject({
      operation: 'update',
      actor: 'orchestratord',
      reason: 'tidy',
      revision: 2,
    })
  })

  it.each([
    ['location', '/etc/passwd'],
    ['file', 'a.gguf'],
    ['actor', 'root'],
    ['id', 'other'],
  ])('refuse to set %s', async (field, value) => {
    const id = newId()
    await register(id)
    const { status, body } = await send('PATCH', pathOf(id), { [field]: value }, { 'if-match': '*' })
    expect([status, body.problems[0].field]).toEqual([400, field])
    expect((await send('GET', pathOf(id))).body.revision).toBe(1)
  })

  it('set the state, but not together with fields, and not to one that the lifecycle forbids', async () => {
    const id = newId()
    await register(id)
    const patch = (body: object) => send('PATCH', pathOf(id), body, { 'if-match': '*' })
    expect(await patch({ state: 'Active' })).toMatchObject({
      status: 409,
      body: { code: 'INVALID_TRANSITION', from: 'Pending', to: 'Active' },
    })
    expect((await patch({ state: 'Retired', name: 'x' })).status).toBe(400)
    expect((await patch({ state: 'Gone' })).status).toBe(400)
    expect(await patch({ state: 'Retired', reason: 'old' })).toMatchObject({
      status: 200,
      body: { state: 'Retired' },
    })
  })

  it.each(['PATCH', 'DELETE'] as const)('%s needs If-Match, and one that holds', async (method) => {
    const id = newId()
    await register(id)
    const change = (ifMatch?: string) =>
      send(
        method,
        pathOf(id),
        method === 'PATCH' ? { name: `by ${ifMatch}` } : undefined,
        ifMatch === undefined ? {} : { 'if-match': ifMatch },
      )
    expect(await change()).toMatchObject({ status: 428, body: { code: 'PRECONDITION_REQUIRED' } })
    for (const wrong of ['"2"', 'W/"1"', '"x"', '"2", "3"']) {
      expect(await change(wrong)).toMatchObject({
        status: 412,
        body: { code: 'PRECONDITION_FAILED', revision: 1 },
      })
    }
    for (const malformed of ['1', '"1', '', '"1",', 'x"1"'])
      expect((await change(malformed)).status).toBe(400)
    expect((await send('GET', pathOf(id))).body.revision).toBe(1)
    expect((await change('"9", "1"')).status).toBe(method === 'PATCH' ? 200 : 204)
  })

  it('let one of two changes of a revision through', async () => {
    const id = newId()
    await register(id)
    const patches = Array.from({ length: 8 }, (_, index) =>
      send('PATCH', pathOf(id), { name: `name ${index}` }, { 'if-match': '"1"' }),
    )
    const statuses = (await Promise.all(patches)).map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 412, 412, 412, 412, 412, 412, 412])
  })

  it('answer with 404 for a model that is not there, with any If-Match', async () => {
    for (const ifMatch of ['*', '"1"']) {
      const headers = { 'if-match': ifMatch }
      expect(await send('DELETE', pathOf('gone'), undefined, headers)).toMatchObject({
        status: 404,
        body: { id: 'gone' },
      })
      expect((await send('PATCH', pathOf('gone'), {}, headers)).status).toBe(404)
    }
    expect(await send('GET', pathOf('gone'))).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    expect((await send('GET', `${pathOf('gone')}/history`)).status).toBe(404)
  })

  it('remove a model with * at any revision, and keep its history', async () => {
    const id = newId()
    await register(id)
    const removed = await send('DELETE', `${pathOf(id)}?reason=done`, undefined, { 'if-match': '*' })
    expect([removed.status, removed.body]).toEqual([204, ''])
    const { body } = await send('GET', `${pathOf(id)}/history`)
    expect(body.changes).toMatchObject([
      { operation: 'register' },
      { operation: 'remove', reason: 'done', model: null },
    ])
  })

  it('give the history a page at a time', async () => {
    const id = newId()
    await register(id)
    for (const name of ['a', 'b', 'c', 'd']) await send('PATCH', pathOf(id), { name }, { 'if-match': '*' })
    const first = await send('GET', `${pathOf(id)}/history?limit=2`)
    const second = await send('GET', `${pathOf(id)}/history?limit=3&after=${first.body.next}`)
    const all = [...first.body.changes, ...second.body.changes]
    expect(all.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5])
    expect(second.body.next).toBeUndefined()
  })
})
