import { connect } from 'node:net'
import { type Catalog, openCatalog } from 'model-catalog'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { changeSchema } from '../src/schemas/answers.ts'
import {
  MODELS,
  makeRoot,
  pathOf,
  readEvents,
  type Service,
  stopService,
  take,
  useOwnService,
} from './world.ts'

async function openBeside(root: string): Promise<Catalog> {
  const catalog = await openCatalog({ root })
  onTestFinished(() => catalog.close())
  return catalog
}

const registerMany = (catalog: Catalog, from: number, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      catalog.register({ id: `m-${from + index}`, source: 'hf:o/m' }),
    ),
  )

/** What a stream says next of changes, as `id@revision`. */
async function takeChanges(
  service: Service,
  lastEventId: string,
  count: number,
): Promise<readonly { id: string; change: string }[]> {
  const events = readEvents(service, lastEventId)
  const taken = await take(events, count)
  await events.return()
  return taken.map(({ id, event, data }) => {
    const change = changeSchema.parse(data)
    expect(event).toBe('change')
    return { id, change: `${change.id}@${change.revision}` }
  })
}

it('a client that comes for the first time is told to list, and then of every change by any process', async () => {
  const service = await useOwnService()
  const catalog = await openBeside(service.root)
  await registerMany(catalog, 0, 3)
  const events = readEvents(service)
  const [reset] = await take(events, 1)
  expect(reset).toMatchObject({ event: 'reset', data: { position: Number(reset?.id) } })
  await catalog.register({ id: 'beside', source: 'https://user:secret@host.example/m' })
  await service.send('POST', MODELS, { id: 'here', source: 'hf:o/m' })
  await service.send('DELETE', pathOf('beside'), undefined, { 'if-match': '*' })
  const changes = await take(events, 3)
  expect(changes).toMatchObject([
    {
      event: 'change',
      data: { id: 'beside', operation: 'register', model: { source: 'https://host.example/m' } },
    },
    { event: 'change', data: { id: 'here', actor: 'orchestratord' } },
    { event: 'change', data: { id: 'beside', operation: 'remove', model: null } },
  ])
  expect(JSON.stringify(changes)).not.toContain('secret')
  await events.return()
})

it('a stream that is resumed anywhere, also after a restart, loses and doubles nothing', async () => {
  const first = await useOwnService()
  const catalog = await openBeside(first.root)
  // Committed at once: several of them share a position.
  for (let from = 0; from < 60; from += 20) await registerMany(catalog, from, 20)
  const all = await takeChanges(first, '0', 60)
  const positions = new Set(all.map(({ id }) => id.split('.')[0]))
  expect(positions.size).toBeLessThan(60)
  await stopService(first)
  const second = await useOwnService(first.root)
  for (const at of [0, 1, 7, 19, 20, 38, 58]) {
    const rest = await takeChanges(second, all[at]?.id ?? '', 59 - at)
    expect(rest).toEqual(all.slice(at + 1))
  }
  await registerMany(catalog, 60, 1)
  expect(await takeChanges(second, all.at(-1)?.id ?? '', 1)).toMatchObject([{ change: 'm-60@1' }])
})

it('a position alone means all that was committed there', async () => {
  const service = await useOwnService()
  const catalog = await openBeside(service.root)
  await registerMany(catalog, 0, 20)
  const position = await catalog.refresh()
  await registerMany(catalog, 20, 1)
  expect(await takeChanges(service, String(position), 1)).toMatchObject([{ change: 'm-20@1' }])
})

it('a client whose place is ahead of the catalog is told to list anew, and goes on from there', async () => {
  const service = await useOwnService()
  const catalog = await openBeside(service.root)
  await registerMany(catalog, 0, 1)
  const position = await catalog.refresh()
  for (const place of ['999999999', '999.3']) {
    const events = readEvents(service, place)
    expect(await take(events, 1)).toEqual([{ event: 'reset', id: String(position), data: { position } }])
    await events.return()
  }
})

it('a Last-Event-ID that is none is refused with 400', async () => {
  const service = await useOwnService()
  for (const id of ['x', '-1', '1.', '1.2.3', '9'.repeat(30), '%00', '1 2', '1.0x']) {
    const answer = await service.send('GET', '/v2/catalog/events', undefined, { 'last-event-id': id })
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } })
  }
})

it('of many streams that are opened at once, those too many are refused', async () => {
  const service = await useOwnService(undefined, '--max-streams', '5')
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => request(`${service.url}/v2/catalog/events`, { bodyTimeout: 0 })),
  )
  const statuses = answers.map(({ statusCode }) => statusCode).sort()
  expect(statuses).toEqual([
    ...Array.from({ length: 5 }, () => 200),
    ...Array.from({ length: 35 }, () => 503),
  ])
  for (const { body } of answers) body.on('error', () => undefined).destroy()
  expect(service.log.filter((line) => line.includes('"err"'))).toEqual([])
})

it('a stream too many is refused with 503, and there is room again once one is closed', async () => {
  const service = await useOwnService(undefined, '--max-streams', '2')
  const open = [readEvents(service), readEvents(service)]
  for (const events of open) await take(events, 1)
  const refused = await service.send('GET', '/v2/catalog/events')
  expect(refused).toMatchObject({ status: 503, body: { code: 'TOO_MANY_STREAMS', limit: 2 } })
  expect(refused.headers['retry-after']).toBeDefined()
  await open[0]?.return()
  for (;;) {
    // The service hears of the end as soon as the system tells it.
    const answer = await request(`${service.url}/v2/catalog/events`, { bodyTimeout: 0 })
    const { statusCode } = answer
    answer.body.on('error', () => undefined).destroy()
    if (statusCode === 200) break
  }
})

/** Together more than what the system buffers for a connection. */
const COUNT = 750

it('a client that stops reading is closed, costs no memory, and disturbs no other', async () => {
  const service = await useOwnService(undefined, '--stalled-ms', '300', '--max-streams', '2')
  const catalog = await openBeside(service.root)
  const { port } = new URL(service.url)
  const socket = connect(Number(port), '127.0.0.1')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => undefined)
  socket.write('GET /v2/catalog/events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\n\r\n')
  await new Promise((resolve) => socket.once('readable', resolve))
  // It reads no more from here on. What it would get is more than the buffers of the system hold.
  const tags = Array.from({ length: 64 }, (_, index) => `${index}`.padEnd(128, 'x'))
  const models = Array.from({ length: COUNT }, (_, index) => ({ id: `m-${index}`, source: 'hf:o/m', tags }))
  await Promise.all(models.map((model) => catalog.register(model)))
  const other = readEvents(service, '0')
  expect(await take(other, COUNT)).toHaveLength(COUNT)
  await other.return()
  socket.resume()
  await closed
  expect((await service.send('GET', '/healthz')).status).toBe(200)
})

it('two services on one root see the changes of each other', async () => {
  const root = await makeRoot()
  const [one, two] = await Promise.all([useOwnService(root), useOwnService(root)])
  if (one === undefined || two === undefined) throw new Error('not started')
  const events = readEvents(two)
  await take(events, 1)
  const body = { id: 'm', source: 'hf:o/m' }
  expect((await one.send('POST', MODELS, body)).status).toBe(201)
  expect((await two.send('POST', MODELS, body)).status).toBe(200)
  expect((await take(events, 1))[0]).toMatchObject({ data: { id: 'm' } })
  await events.return()
  const patches = [one, two].map((each) =>
    each.send('PATCH', pathOf('m'), { name: each.url }, { 'if-match': '"1"' }),
  )
  expect((await Promise.all(patches)).map(({ status }) => status).sort()).toEqual([200, 412])
})
