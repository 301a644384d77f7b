import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

it('--if-revision changes and removes only the revision that was seen', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  for (const command of [
    ['state', 'a', 'Retired'],
    ['rm', 'a'],
  ]) {
    expect(await world.run(...command, '--if-revision', '7')).toMatchObject({ code: 6, stdout: '' })
  }
  expect(await world.run('state', 'a', 'Retired', '--if-revision', '1')).toMatchObject({ code: 0 })
  expect(await world.run('rm', 'a', '--if-revision', '2')).toMatchObject({ code: 0 })
})

it('collect leaves the kinds of files that it is told to leave', async () => {
  const world = createWorld()
  world.write('models/a.gguf', sampleGguf('a'))
  await world.run('add', 'models/a.gguf')
  await world.run('state', 'a', 'Retired')
  world.write('models/x.gguf.partial', 'half')
  const left = await world.run('collect', '--no-retired', '--no-quarantined', '--no-partials')
  expect(left.stdout).toBe('nothing to do\n')
  await world.run('collect', '--no-retired', '--yes')
  const exists = (name: string): boolean => existsSync(join(world.root, name))
  expect([exists('a.gguf'), exists('x.gguf.partial')]).toEqual([true, false])
})

it('prune-history takes a time to keep from', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  const prune = ['prune-history', '--keep', '2', '--before']
  expect(await world.run(...prune, '2025-10-01')).toMatchObject({ code: 0 })
  expect(await world.run(...prune, 'yesterday')).toMatchObject({ code: 2 })
})
