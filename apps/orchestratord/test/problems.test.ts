import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillDisk, lacks, mountMemory } from '@catalog/testkit/running'
import { CATALOG_ERROR_CODES, CatalogError, type CatalogErrorCode, repairCatalog } from 'model-catalog'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CATALOG_PROBLEMS } from '../src/problems/catalog-problems.ts'
import { SERVICE_PROBLEMS } from '../src/problems/service-problem.ts'
import { toProblem } from '../src/problems/to-problem.ts'
import { problemSchema } from '../src/schemas/answers.ts'
import { curl, MODELS, makeRoot, pathOf, type Service, useOwnService, useService } from './world.ts'

const DETAILS = {
  id: 'm',
  at: '2025-10-01T00:00:00Z',
  from: 'Pending',
  to: 'Active',
  existingId: 'M',
  path: '/secret/m.gguf',
  problems: [{ field: 'id', problem: 'is wrong' }],
  problem: 'secret problem',
  expectedRevision: 1,
  foundRevision: 2,
  state: 'Pending',
  users: [{ use: 'lease', holder: 'secret', until: '2025-10-01T00:00:00Z' }],
  heldBy: { use: 'lease', holder: 'secret', until: '2025-10-01T00:00:00Z' },
  holder: 'secret',
  leaseId: 'secret',
  places: [{ line: 1, column: 1, entry: 'secret', problem: 'secret' }],
  diagnosis: [{ kind: 'html', text: 'secret' }],
  changed: ['secret'],
  operation: 'secret',
  errno: 'EACCES',
  what: 'secret',
  fileSystem: 'secret',
  kind: 'secret',
  outcome: 'none',
}

describe('the table', () => {
  it('has every code of the catalog, and none twice', () => {
    expect(Object.keys(CATALOG_PROBLEMS)).toEqual(CATALOG_ERROR_CODES)
    const codes = [...Object.keys(CATALOG_PROBLEMS), ...Object.keys(SERVICE_PROBLEMS)]
    expect(new Set(codes).size).toBe(codes.length)
  })

  it.each(CATALOG_ERROR_CODES)('answers %s with nothing of the machine', (code: CatalogErrorCode) => {
    const details = code === 'NOT_USABLE' ? { ...DETAILS, problem: 'state' } : DETAILS
    const message = code === 'INVALID_INPUT' ? 'id is wrong' : 'secret message'
    const problem = toProblem(new CatalogError(code, message, details as never, { cause: 'secret' }), 'r')
    const { status, title } = CATALOG_PROBLEMS[code]
    expect(problemSchema.parse(problem)).toMatchObject({ status, title, code, requestId: 'r' })
    expect(JSON.stringify(problem)).not.toMatch(/secret|EACCES/u)
  })

  it('answers what it does not know with 500, and says nothing of it', () => {
    for (const error of [
      new Error('secret'),
      'secret',
      undefined,
      { statusCode: 400 },
      new TypeError('secret'),
    ]) {
      const problem = toProblem(error, 'r')
      expect(problem).toMatchObject({ status: 500, code: 'INTERNAL' })
      expect(JSON.stringify(problem)).not.toContain('secret')
    }
  })
})

describe('a request', async () => {
  const service = await useService()

  it.each([
    ['{', 'application/json', 400, 'BAD_REQUEST'],
    ['', 'application/json', 400, 'BAD_REQUEST'],
    ['nul', 'application/json', 400, 'BAD_REQUEST'],
    ['null', 'application/json', 400, 'INVALID_INPUT'],
    ['[]', 'application/json', 400, 'INVALID_INPUT'],
    ['"x"', 'application/json', 400, 'INVALID_INPUT'],
    ['[[[[', 'application/merge-patch+json', 400, 'BAD_REQUEST'],
    ['id=m', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['{}', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['{}', 'nonsense', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('with the body %j of %s is answered with %i', async (body, type, status, code) => {
    const answer = await service.send('POST', MODELS, body, { 'content-type': type })
    expect(answer.body).toMatchObject({ status, code })
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it.each([
    ['GET', '/', 404],
    ['GET', '/v2/catalog/models/org/m', 404],
    ['PUT', MODELS, 404],
    ['DELETE', MODELS, 404],
    ['GET', '/healthz?x=1', 400],
    ['GET', `${pathOf('m')}?x=1`, 400],
  ] as const)('%s %s is answered with %i', async (method, path, status) => {
    const answer = await service.send(method, path)
    expect(answer.status).toBe(status)
    expect(problemSchema.parse(answer.body)).toMatchObject({ status })
  })

  it('has the id that it gives itself, or a new one, in the answer and in the log', async () => {
    const given = await service.send('GET', pathOf('gone'), undefined, { 'x-request-id': 'request-7' })
    expect(given.headers['x-request-id']).toBe('request-7')
    expect(given.body.requestId).toBe('request-7')
    await expect.poll(() => service.log.join()).toContain('request-7')
    const wrong = await service.send('GET', pathOf('gone'), undefined, { 'x-request-id': 'a b"}' })
    expect(wrong.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/u)
  })

  it.skipIf(lacks('curl'))('with a body of 100 MB is answered with 413, however it is sent', async () => {
    const file = join(service.root, 'body')
    await writeFile(file, '')
    await truncate(file, 100 * 2 ** 20)
    const headers = ['-H', 'content-type: application/json', '-o', '/dev/null', '-w', '%{http_code}']
    const url = `${service.url}${MODELS}`
    expect(await curl('-T', file, '-X', 'POST', ...headers, url)).toBe('413')
    expect(await curl('-T', file, '-X', 'POST', '-H', 'transfer-encoding: chunked', ...headers, url)).toBe(
      '413',
    )
    expect(await curl('-T', file, '-X', 'PATCH', ...headers, `${url}/m`)).toBe('413')
  })
})

describe('a catalog that is damaged', () => {
  async function damage(root: string): Promise<void> {
    const names = await readdir(join(root, '.catalog'))
    const journal = join(root, '.catalog', names.find((name) => name.startsWith('journal')) ?? '')
    const text = await readFile(journal, 'utf8')
    await writeFile(journal, text.replace('"id":"b"', '"id":"x"'))
  }

  async function registerSome(service: Service): Promise<void> {
    for (const id of ['a', 'b', 'c', 'd']) await service.send('POST', MODELS, { id, source: 'hf:o/m' })
  }

  it('is 503 on every route but /healthz, for a service that starts, until it is repaired', async () => {
    const before = await useOwnService()
    await registerSome(before)
    before.process.kill('SIGTERM')
    await before.ended
    await damage(before.root)
    const service = await useOwnService(before.root)
    for (const path of ['/readyz', MODELS, pathOf('a'), `${pathOf('a')}/history`, '/v2/catalog/events']) {
      const answer = await service.send('GET', path)
      expect(problemSchema.parse(answer.body)).toMatchObject({ status: 503, code: 'DAMAGED' })
      expect(JSON.stringify(answer)).not.toContain(before.root)
    }
    const post = await service.send('POST', MODELS, { id: 'e', source: 'hf:o/m' })
    expect(post).toMatchObject({ status: 503, body: { code: 'DAMAGED' } })
    expect((await service.send('GET', '/healthz')).status).toBe(200)
    await repairCatalog(before.root)
    expect((await service.send('GET', '/readyz')).status).toBe(200)
    expect((await service.send('GET', pathOf('a'))).status).toBe(200)
  })

  it('is 503 for one that has it open, and it goes on once it is repaired', async () => {
    const service = await useOwnService()
    await registerSome(service)
    await damage(service.root)
    const history = await service.send('GET', `${pathOf('a')}/history`)
    expect(history).toMatchObject({ status: 503, body: { code: 'DAMAGED' } })
    expect((await service.send('GET', '/readyz')).status).toBe(503)
    await repairCatalog(service.root)
    expect((await service.send('GET', '/readyz')).status).toBe(200)
  })
})

describe.skipIf(lacks('tmpfs'))('a disk that is full', () => {
  it('is 507 for what would change the catalog, and over once there is room', async () => {
    const root = await makeRoot()
    const disk = await mountMemory(root, 1 << 20)
    onTestFinished(async () => {
      await disk.release()
      await rm(root, { recursive: true })
    })
    const service = await useOwnService(root)
    expect((await service.send('POST', MODELS, { id: 'a', source: 'hf:o/m' })).status).toBe(201)
    const filler = join(root, 'filler')
    fillDisk(filler, 0)
    // What is left of the last page may still take a line or two.
    let refused = await service.send('PATCH', pathOf('a'), { name: 'b' }, { 'if-match': '*' })
    for (let n = 0; n < 100 && refused.status === 200; n += 1) {
      refused = await service.send('PATCH', pathOf('a'), { name: `n${n}` }, { 'if-match': '*' })
    }
    expect(problemSchema.parse(refused.body)).toMatchObject({ status: 507, code: 'NO_SPACE' })
    expect((await service.send('GET', pathOf('a'))).status).toBe(200)
    await rm(filler)
    const again = await service.send('PATCH', pathOf('a'), { name: 'c' }, { 'if-match': '*' })
    expect(again).toMatchObject({ status: 200, body: { name: 'c' } })
  })
})
