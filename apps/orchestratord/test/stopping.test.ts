import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleProgram } from '@catalog/testkit/running'
import { openCatalog } from 'model-catalog'
import { expect, it } from 'vitest'
import { HELP } from '../src/options.ts'
import { MODELS, makeRoot, readEvents, startService, stopService, take, useOwnService } from './world.ts'

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends streams and idle connections, and the exit code is 0',
  async (signal) => {
    const service = await useOwnService()
    await service.send('POST', MODELS, { id: 'm', source: 'hf:o/m' })
    const events = readEvents(service)
    await take(events, 1)
    const idle = connect(Number(new URL(service.url).port), '127.0.0.1')
    idle.on('error', () => undefined)
    await once(idle, 'connect')
    service.process.kill(signal)
    expect(await events.next()).toEqual({ value: undefined, done: true })
    expect(await service.ended).toEqual({ code: 0, signal: null })
    await using catalog = await openCatalog({ root: service.root })
    expect(await catalog.get('m')).toBeDefined()
  },
)

it('a request whose body does not come is cut after the time to stop', async () => {
  const service = await useOwnService(undefined, '--stop-ms', '200')
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
  const closed = once(socket, 'close')
  socket.on('error', () => undefined).resume()
  socket.write(
    `POST ${MODELS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  )
  // Once a later request is answered, this one is under way.
  expect((await service.send('GET', '/healthz')).status).toBe(200)
  service.process.kill('SIGTERM')
  await closed
  expect(await service.ended).toEqual({ code: 0, signal: null })
})

it.each([
  [['--port', 'x'], 'ended with 2: orchestratord: --port must be a non-negative integer'],
  [['--port', '65536'], 'ended with 2: orchestratord: --port must be from 0 to 65535'],
  [['--prot', '1'], "ended with 2: orchestratord: Unknown option '--prot'"],
  [['--max-streams', '0'], 'ended with 2: orchestratord: --max-streams must be from 1 to 1000000'],
])('wrong options %j end it with 2 and one line', async (args, message) => {
  await expect(startService('unused', ...args)).rejects.toThrow(message)
})

it('--help prints the options, and ends it with 0 whatever else is given', async () => {
  const { node, path } = await bundleProgram(new URL('../src/main.ts', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(node, [path, '--port', 'x', '--help'])
  expect([stdout, stderr]).toEqual([HELP, ''])
})

it('a store that no program could open ends it with 2 and one line', async () => {
  const service = await useOwnService(undefined, '--store', 'mysql://me:secret@host/m')
  expect(await service.ended).toEqual({ code: 2, signal: null })
  expect(service.errors()).toBe(
    'orchestratord: store must be a URL such as postgresql://user@host:5432/database\n',
  )
})

it('the log says that the catalog cannot be opened before a client asks', async () => {
  const root = await makeRoot()
  await writeFile(join(root, 'file'), '')
  const service = await startService(join(root, 'file'))
  await expect.poll(() => service.log.join('\n')).toContain('ENOTDIR')
  await stopService(service)
  await rm(root, { recursive: true })
})

it('a port that is taken ends it with 1 and one line', async () => {
  const service = await useOwnService()
  const { port } = new URL(service.url)
  await expect(startService(service.root, '--port', port)).rejects.toThrow(
    /^ended with 1: orchestratord: listen EADDRINUSE: .*\n$/u,
  )
})

it('it starts from its sources by the command of its README', async () => {
  const app = fileURLToPath(new URL('..', import.meta.url))
  const root = await makeRoot()
  const { scripts } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
  const [node = '', ...program] = scripts.start.split(' ')
  const environment = { ...process.env, ORCHESTRATORD_PORT: '0', CATALOG_ROOT: root }
  const child = spawn(node, program, { cwd: app, env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    if (JSON.parse(line).msg === 'listening') child.kill('SIGTERM')
  }
  expect(await ended).toEqual([0, null])
  await rm(root, { recursive: true })
})
