import { truncateSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type Running } from './world.ts'

const GIB = 1024 ** 3

/** The first line on stderr: the reading has begun. */
function untilReading({ child }: Running): Promise<void> {
  return new Promise((resolve) => child.stderr?.once('data', () => resolve()))
}

it.each([
  ['SIGINT', 130, 'INTERRUPTED'],
  ['SIGTERM', 143, 'TERMINATED'],
] as const)('%s while 40 GiB are read leaves the model Pending', async (signal, code, name) => {
  const world = createWorld()
  truncateSync(world.write('models/big.gguf', ''), 40 * GIB)
  await world.run('register', 'big', '--source', 's')
  const running = world.start('verify', 'big')
  await untilReading(running)
  running.child.kill(signal)
  expect(await running.ended).toEqual({
    code,
    stdout: '',
    stderr: `big: reading 40.0 GiB\nbig was not read to its end and is unchanged\ncatalog: ${name.toLowerCase()} [${name}]\n`,
  })
  const { state, revision } = parseJson(await world.run('show', 'big', '--json'))
  expect({ state, revision }).toEqual({ state: 'Pending', revision: 1 })
})

it('an add that is interrupted says how to go on', async () => {
  const world = createWorld()
  truncateSync(world.write('big.gguf', ''), 40 * GIB)
  const running = world.start('add', 'big.gguf')
  await untilReading(running)
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  expect(code).toBe(130)
  expect(stderr).toContain('big is registered and stays Pending; catalog verify big goes on with it\n')
})

it('an output that nobody reads ends the program quietly', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  const running = world.start('ls')
  running.child.stdout?.destroy()
  const stderr: string[] = []
  running.child.stderr?.on('data', (text) => stderr.push(String(text)))
  await Promise.allSettled([running.ended])
  const code = running.child.exitCode ?? (await new Promise((resolve) => running.child.once('exit', resolve)))
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] })
})
