import { once } from 'node:events'
import { truncateSync } from 'node:fs'
import { sampleGgufHead } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const SIZE_BYTES = 40 * 1024 ** 3

/** Takes no space on the disk. */
function writeHugeModel(world: World, name: string): void {
  truncateSync(world.write(name, sampleGgufHead('huge', { sizeBytes: SIZE_BYTES })), SIZE_BYTES)
}

it.each([
  ['SIGINT', 130, 'INTERRUPTED'],
  ['SIGTERM', 143, 'TERMINATED'],
] as const)('%s while 40 GiB are read leaves the model Pending', async (signal, code, name) => {
  const world = createWorld()
  writeHugeModel(world, 'models/big.gguf')
  await world.run('register', 'big', '--source', 's')
  const { child, ended } = await world.spawn(['verify', 'big'])
  // The first line on stderr: the reading has begun.
  await once(child.stderr, 'data')
  child.kill(signal)
  expect(await ended).toEqual({
    code,
    stdout: '',
    stderr: `big: reading 40.0 GiB\nbig was not read to its end and is unchanged\ncatalog: ${name.toLowerCase()} [${name}]\n`,
  })
  const { state, revision } = parseJson(await world.run('show', 'big', '--json'))
  expect({ state, revision }).toEqual({ state: 'Pending', revision: 1 })
})

it('an add that is interrupted says how to go on', async () => {
  const world = createWorld()
  writeHugeModel(world, 'big.gguf')
  const running = world.start('add', 'big.gguf')
  await once(running.stderr, 'data')
  running.interrupt()
  const { code, stderr } = await running.ended
  expect(code).toBe(130)
  expect(stderr).toContain('big is registered and stays Pending; catalog verify big goes on with it\n')
})

it('an output that is not read ends the program quietly', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  const { child, ended } = await world.spawn(['ls'])
  child.stdout.destroy()
  const stderr: string[] = []
  child.stderr.on('data', (text) => stderr.push(String(text)))
  await Promise.allSettled([ended])
  const code = child.exitCode ?? (await once(child, 'exit'))[0]
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] })
})
