import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { damageModel, sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import type { ModelEntry } from 'model-catalog'
import { expect, it, onTestFinished } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const BYTES = sampleGguf('m')
const DIGEST = createHash('sha256').update(BYTES).digest('hex')

async function createWorldWithModel(): Promise<World> {
  const world = createWorld()
  const added = await world.run(
    'register',
    'm',
    '--source',
    'https://models.example/m.gguf',
    '--digest',
    DIGEST,
  )
  expect(added.code).toBe(0)
  return world
}

it('a script downloads a model: one holder, checked, Active', async () => {
  const world = await createWorldWithModel()
  const path = join(world.root, 'm.gguf')
  const begun = await world.run('download', 'begin', 'm', '--holder', 'nightly', '--for', '2h')
  expect(begun).toMatchObject({ code: 0, stdout: `fetch ${path}.partial\n` })
  expect(begun.stderr).toContain('m: nightly downloads it until ')
  const other = await world.run('download', 'begin', 'm', '--holder', 'other')
  expect(other).toMatchObject({ code: 8, stderr: expect.stringContaining('nightly') })
  expect((await world.run('rm', 'm')).code).toBe(8)
  writeFileSync(`${path}.partial`, damageModel(BYTES, 'flipped-bit'))
  const wrong = await world.run('download', 'finish', 'm', '--holder', 'nightly')
  expect(wrong).toMatchObject({ code: 10, stderr: expect.stringContaining('was quarantined') })
  const failed = await world.run('show', 'm')
  expect(failed.stdout).toContain(`quarantined  ${path}.quarantined-1`)
  await world.run('download', 'begin', 'm', '--holder', 'nightly')
  expect((await world.run('show', 'm')).stdout).toMatch(/^download {3,}by nightly on /mu)
  writeFileSync(`${path}.partial`, BYTES)
  const renewed = await world.run('download', 'renew', 'm', '--holder', 'nightly', '--for', '10m')
  expect(renewed.stdout).toContain('m: nightly downloads it until ')
  const finished = await world.run('download', 'finish', 'm', '--holder', 'nightly')
  expect(finished).toMatchObject({ code: 0, stdout: expect.stringContaining('m: Active') })
  expect(existsSync(path)).toBe(true)
  const again = await world.run('download', 'begin', 'm', '--holder', 'other')
  expect(again).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('nothing to download') })
  expect((await world.run('download', 'finish', 'm', '--holder', 'nightly')).code).toBe(16)
})

it('what is there already is only to be verified, and JSON says from which byte a file goes on', async () => {
  const world = await createWorldWithModel()
  const path = world.write('models/m.gguf', BYTES)
  const begun = await world.run('download', 'begin', 'm', '--holder', 'a', '--json')
  expect(parseJson(begun)).toMatchObject({
    needed: true,
    files: [{ path, isPresent: true, start: { resume: false, fromByte: 0 } }],
  })
  const text = await world.run('download', 'begin', 'm', '--holder', 'a')
  expect(text.stdout).toBe(`verify ${path}\n`)
  expect(await world.run('download', 'abandon', 'm', '--holder', 'a')).toMatchObject({ code: 0 })
  const failing = ['download', 'abandon', 'm', '--holder', 'a', '--retry-after', '10m']
  expect(await world.run(...failing)).toMatchObject({ code: 2, stderr: expect.stringContaining('--problem') })
  await world.run(...failing, '--problem', 'HTTP 503')
  expect((await world.run('show', 'm')).stdout).toMatch(
    /^downloads +1 failed, the last at \S+ by a on \S+\n +HTTP 503\n +next attempt from \S+ on$/mu,
  )
  expect((await world.run('download', 'begin', 'm', '--holder', 'b')).code).toBe(0)
})

it('a lease keeps a model, and rm --wait waits for its end', async () => {
  const world = await createWorldWithModel()
  world.write('models/m.gguf', BYTES)
  const take = ['lease', 'take', 'm', '--for', '1h', '--holder', 'llama-server']
  expect((await world.run(...take)).code).toBe(7)
  await world.run('verify', 'm')
  const taken = await world.run(...take)
  expect(taken).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36}\n$/u) })
  const lease = taken.stdout.trim()
  expect((await world.run('rm', 'm')).code).toBe(8)
  const refused = await world.run('state', 'm', 'Retired')
  expect(refused).toMatchObject({ code: 8, stderr: expect.stringContaining('--wait') })
  expect((await world.run('lease', 'renew', 'm', lease, '--for', '2h')).code).toBe(0)
  expect((await world.run('lease', 'ls')).stdout).toMatch(
    new RegExp(`m +llama-server .*${lease}\n1 lease\n`, 'su'),
  )
  expect((await world.run('show', 'm')).stdout).toContain(lease)
  const waiting = world.start('rm', 'm', '--wait')
  await once(waiting.stderr, 'data')
  const typed = await world.run('lease', 'release', 'm', 'another')
  expect(typed).toMatchObject({
    code: 0,
    stdout: 'm: has no active lease another, so nothing was released\n',
  })
  const released = await world.run('lease', 'release', 'm', lease)
  expect(released).toMatchObject({ code: 0, stdout: 'm: released\n' })
  expect(await waiting.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('removed') })
  const again = await world.run('lease', 'release', 'm', lease)
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was released') })
  expect(parseJson(await world.run('lease', 'ls', '--json'))).toEqual({ leases: [] })
})

it('waiting ends with Ctrl-C', async () => {
  const world = await createWorldWithModel()
  world.write('models/m.gguf', BYTES)
  await world.run('verify', 'm')
  await world.run('lease', 'take', 'm', '--for', '1h')
  const waiting = world.start('state', 'm', 'Retired', '--wait')
  waiting.stderr.on('data', (text) => {
    if (String(text).includes('waiting')) waiting.interrupt()
  })
  expect((await waiting.ended).code).toBe(130)
  expect(parseJson(await world.run('show', 'm', '--json'))).toMatchObject({ state: 'Active' })
})

it.each([
  [['download', 'begin', 'm'], '--holder'],
  [['lease', 'take', 'm'], '--for'],
  [['lease', 'take', 'm', '--for', '10'], 'such as 30d'],
  [['lease', 'take', 'm', '--for', '31d'], '30 days'],
])('%j is wrong usage', async (args, problem) => {
  const world = await createWorldWithModel()
  expect(await world.run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
})

type Answer = (range: number | undefined, response: ServerResponse) => void

const whole: Answer = (_, response) => void response.end(BYTES)
const ranged: Answer = (from, response) => {
  if (from === undefined) return whole(from, response)
  const size = BYTES.length
  if (from >= size) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
  response.writeHead(206, { 'content-range': `bytes ${from}-${size - 1}/${size}` }).end(BYTES.subarray(from))
}
const rangedWithoutSize: Answer = (from, response) =>
  from !== undefined && from >= BYTES.length ? void response.writeHead(416).end() : ranged(from, response)

async function serve(answer: Answer): Promise<string> {
  const server = createServer(({ headers }, response) => {
    const from = /^bytes=([0-9]+)-/u.exec(headers.range ?? '')?.[1]
    answer(from === undefined ? undefined : Number(from), response)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') return expect.unreachable('the server has no port')
  return `http://127.0.0.1:${address.port}`
}

async function readExample(answer: Answer): Promise<string> {
  const docs = readFileSync(new URL('../../../docs/provisioning.md', import.meta.url), 'utf8')
  const example = /```sh\n(.*?)```/su.exec(docs)?.[1] ?? expect.unreachable('the docs have no example')
  return example.replace('https://models.example', await serve(answer))
}

it.skipIf(lacks('curl'))('the shell example of the docs runs, with curl', async () => {
  const script = await readExample(whole)
  const world = createWorld()
  await world.run('register', 'llama-3.1-8b', '--source', 'https://models.example/x', '--digest', DIGEST)
  expect(await world.runShell(script)).toMatchObject({ code: 0, stdout: expect.stringContaining('Active') })
  expect(readFileSync(join(world.root, 'llama-3.1-8b.gguf'))).toEqual(BYTES)
  expect(await world.runShell(script)).toMatchObject({ code: 0, stdout: '' })
})

it.skipIf(lacks('curl')).each<[string, Uint8Array, Answer]>([
  ['half of the file', BYTES.subarray(0, BYTES.length / 2), ranged],
  ['half of the file, and a server without ranges', BYTES.subarray(0, BYTES.length / 2), whole],
  ['all of the file', BYTES, ranged],
  ['all of the file, and a server without ranges', BYTES, whole],
  ['all of the file, whose size is not told', BYTES, rangedWithoutSize],
  ['more than the file', Buffer.concat([BYTES, BYTES]), ranged],
  ['more than the file, and a server without ranges', Buffer.concat([BYTES, BYTES]), whole],
])('the shell example of the docs goes on from %s', async (_name, present, answer) => {
  const script = await readExample(answer)
  const world = createWorld()
  await world.run('register', 'llama-3.1-8b', '--source', 'https://models.example/x')
  world.write('models/llama-3.1-8b.gguf.partial', present)
  expect(await world.runShell(script)).toMatchObject({ code: 0, stdout: expect.stringContaining('Active') })
  expect(readFileSync(join(world.root, 'llama-3.1-8b.gguf'))).toEqual(BYTES)
})

it.skipIf(lacks('curl'))('the shell example of the docs keeps what it has if the server fails', async () => {
  const script = await readExample((_, response) => void response.writeHead(503).end('busy'))
  const world = createWorld()
  await world.run('register', 'llama-3.1-8b', '--source', 'https://models.example/x', '--digest', DIGEST)
  const half = BYTES.subarray(0, BYTES.length / 2)
  const partial = world.write('models/llama-3.1-8b.gguf.partial', half)
  expect(await world.runShell(script)).toMatchObject({ code: 22 })
  expect(readFileSync(partial)).toEqual(half)
})

it('a hint fits what is missing', async () => {
  const world = createWorld()
  world.write('models/m.gguf', BYTES)
  await world.run('add', 'models/m.gguf')
  const renewed = await world.run('lease', 'renew', 'm', 'gone', '--for', '1h')
  expect(renewed).toMatchObject({ code: 15 })
  expect(renewed.stderr).toContain('catalog lease take takes a new one')
  const finished = await world.run('download', 'finish', 'm', '--holder', 'nightly')
  expect(finished).toMatchObject({ code: 16 })
  expect(finished.stderr).toContain('catalog download begin begins again')
})

it('a holder goes on under another label of the machine, and what it finishes is served under a third', async () => {
  const world = await createWorldWithModel()
  const path = join(world.root, 'm.gguf')
  const download = async (command: string, node: string) =>
    world.run('download', command, 'm', '--holder', 'nightly', '--node', node)
  expect(await download('begin', 'pod-1')).toMatchObject({ code: 0, stdout: `fetch ${path}.partial\n` })
  expect(await download('begin', 'pod-2')).toMatchObject({ code: 0, stdout: `fetch ${path}.partial\n` })
  writeFileSync(`${path}.partial`, BYTES)
  expect(await download('finish', 'pod-3')).toMatchObject({ code: 0 })
  expect(await world.run('resolve', 'm', '--node', 'pod-4')).toMatchObject({ code: 0, stdout: `${path}\n` })
  const { evidence } = parseJson<ModelEntry>(await world.run('show', 'm', '--json'))
  expect(Object.values(evidence ?? {})).toMatchObject([{ node: 'pod-3' }])
})
