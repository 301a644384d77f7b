import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const WEIGHTS = sampleGguf('m')
const DIGEST = createHash('sha256').update(WEIGHTS).digest('hex')

const idsIn = async (world: World): Promise<readonly string[]> =>
  parseJson<{ models: readonly { id: string }[] }>(await world.run('ls', '--json')).models.map(({ id }) => id)

it('an add that is refused because of a link on the way leaves no entry behind', async () => {
  const world = createWorld()
  world.write('mine/m.gguf', WEIGHTS)
  mkdirSync(world.root)
  symlinkSync(join(world.directory, 'mine'), join(world.root, 'link'))
  expect(await world.run('add', 'models/link/m.gguf')).toMatchObject({ code: 13, stdout: '' })
  expect(await idsIn(world)).toEqual([])
  expect(await world.run('add', 'mine/m.gguf')).toMatchObject({ code: 0 })
})

it('an add by a list with a file that is missing registers nothing, and names the file', async () => {
  const world = createWorld()
  world.write('d/m.gguf', WEIGHTS)
  world.write('list', `${DIGEST}  m.gguf\n${DIGEST}  gone.gguf\n`)
  const refused = await world.run('add', 'd', '--manifest', 'list')
  expect(refused).toMatchObject({ code: 14, stdout: '' })
  expect(refused.stderr).toContain(join(world.directory, 'd/gone.gguf'))
  expect(existsSync(world.root)).toBe(false)
  const added = await world.run('add', 'd', '--manifest', 'list', '--ignore-missing')
  expect(added).toMatchObject({ code: 0, stderr: expect.not.stringContaining('gone') })
  expect((await world.run('resolve', 'd', '--files')).stdout).toBe(`${join(world.directory, 'd/m.gguf')}\n`)
})

it('a list of files of which none is there is refused, also if missing ones are ignored', async () => {
  const world = createWorld()
  world.write('d/m.gguf', WEIGHTS)
  world.write('list', `${DIGEST}  gone.gguf\n`)
  expect(await world.run('add', 'd', '--manifest', 'list', '--ignore-missing')).toMatchObject({ code: 14 })
})

it('an add whose bytes are wrong leaves what was found', async () => {
  const world = createWorld()
  world.write('m.gguf', WEIGHTS)
  expect(await world.run('add', 'm.gguf', '--digest', '0'.repeat(64))).toMatchObject({ code: 10 })
  expect(parseJson(await world.run('show', 'm', '--json'))).toMatchObject({ state: 'Failed' })
})

it('takes the digest of one file from a list of many', async () => {
  const world = createWorld()
  world.write('q/m-Q4.gguf', WEIGHTS)
  world.write('q/SHA256SUMS', `${'0'.repeat(64)}  m-Q8.gguf\n${DIGEST}  m-Q4.gguf\n`)
  const added = await world.run('add', 'q/m-Q4.gguf', '--manifest', 'q/SHA256SUMS', '--json')
  expect(parseJson(added)).toMatchObject({ id: 'm-Q4', digest: DIGEST, digestOrigin: 'list' })
  const given = await world.run('update', 'm-Q4', '--digest', DIGEST, '--digest-origin', 'signature')
  expect(given).toMatchObject({ code: 0 })
  expect((await world.run('show', 'm-Q4')).stdout).toContain(`${DIGEST} (signature)`)
  const wrong = await world.run('update', 'm-Q4', '--digest', DIGEST, '--digest-origin', 'computed')
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('caller, hub, registry') })
  world.write('q/other.gguf', sampleGguf('other'))
  const refused = await world.run('add', 'q/other.gguf', '--manifest', 'q/SHA256SUMS')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain(`must name ${join(world.directory, 'q/other.gguf')}`)
  expect(await idsIn(world)).toEqual(['m-Q4'])
})

it('adds what it can of several paths, and ends as the first failure did', async () => {
  const world = createWorld()
  for (const id of ['a', 'b']) world.write(`${id}.gguf`, sampleGguf(id))
  const added = await world.run('add', 'a.gguf', 'gone.gguf', '.', 'b.gguf', 'a.gguf')
  expect(added.code).toBe(14)
  expect(added.stdout).toContain('2 of 4 models added, 2 failed')
  expect(added.stderr).toContain(`${join(world.directory, 'gone.gguf')} [FILE_MISSING]`)
  expect(await idsIn(world)).toEqual(['a', 'b'])
  const again = await world.run('add', 'a.gguf', 'b.gguf', '--json')
  expect(again.code).toBe(5)
  expect(parseJson(again)).toMatchObject({
    added: 0,
    failed: 2,
    results: [
      { path: join(world.directory, 'a.gguf'), ok: false, error: { code: 'ALREADY_EXISTS' } },
      { path: join(world.directory, 'b.gguf'), ok: false },
    ],
  })
  const missing = await world.run('add', 'gone.gguf', 'https://me:secret@host/x.gguf', '--json')
  expect(parseJson(missing)).toMatchObject({
    results: [
      { path: join(world.directory, 'gone.gguf'), error: { code: 'FILE_MISSING' } },
      { path: 'https://host/x.gguf', error: { code: 'USAGE' } },
    ],
  })
})

it('makes no catalog for several paths that are not there, and gives no name to several', async () => {
  const world = createWorld()
  expect(await world.run('add', 'a.gguf', 'b.gguf')).toMatchObject({ code: 14 })
  expect(existsSync(world.root)).toBe(false)
  for (const option of ['--id', '--source', '--digest', '--name']) {
    const refused = await world.run('add', 'a.gguf', 'b.gguf', option, 'x')
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${option} goes with one path`),
    })
  }
})

const shard = (number: number): string => `models/big-0000${number}-of-00003.gguf`

it('add of one shard takes its whole set, however many of its shards are named', async () => {
  const world = createWorld()
  for (const number of [1, 2, 3]) world.write(shard(number), sampleGguf(`${number}`))
  const added = parseJson(await world.run('add', shard(2), shard(1), '--json'))
  const files = [1, 2, 3].map((number) => ({ path: shard(number).slice('models/'.length) }))
  expect(added).toMatchObject({ id: 'big', state: 'Active', files })
  const resolved = parseJson(await world.run('resolve', 'big', '--json'))
  const loadPath = expect.stringContaining('big-00001-of-00003.gguf')
  expect(resolved).toMatchObject({ path: expect.stringMatching(/models$/u), loadPath })
})

it('add of a shard whose set is not whole says what is missing, and leaves no entry', async () => {
  const world = createWorld()
  for (const number of [1, 3]) world.write(`set/big-0000${number}-of-00003.gguf`, sampleGguf(`${number}`))
  const stderr = expect.stringContaining('big-00002-of-00003.gguf is missing')
  expect(await world.run('add', 'set/big-00001-of-00003.gguf')).toMatchObject({ code: 18, stderr })
  expect(await world.run('add', 'set')).toMatchObject({ code: 18, stderr })
  expect((await world.run('ls', '--json')).code).toBe(22)
})

it('add of a shard with a declared digest takes that file alone', async () => {
  const world = createWorld()
  const bytes = sampleGguf('1')
  world.write(shard(1), bytes)
  const digest = createHash('sha256').update(bytes).digest('hex')
  const added = parseJson(await world.run('add', shard(1), '--digest', digest, '--json'))
  expect(added).toMatchObject({ id: 'big-00001-of-00003', state: 'Active', digest })
})
