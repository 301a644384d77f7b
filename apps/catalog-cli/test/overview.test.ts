import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

/** The commands that `catalog` alone names. */
async function listCommands(world: World): Promise<readonly string[]> {
  const { code, stdout, stderr } = await world.run()
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  return Array.from(stderr.matchAll(/^ {2}catalog (\S.*?) {2}/gmu), ([, command = '']) => command)
}

it('a newcomer gets the two next commands, and no catalog', async () => {
  const world = createWorld()
  expect(await listCommands(world)).toEqual(['import', 'add FILE'])
  expect((await world.run()).stderr).toContain(`There is no catalog in ${world.root} yet.`)
  expect(existsSync(world.root)).toBe(false)
})

it('a catalog without models is like none', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  await world.run('rm', 'a')
  expect(await listCommands(world)).toEqual(['import', 'add FILE'])
  expect((await world.run()).stderr).toContain('has no models.')
})

it('says how the catalog stands, and what is useful then', async () => {
  const world = createWorld()
  world.write('a.gguf', sampleGguf('a'))
  await world.run('add', 'a.gguf')
  expect(await listCommands(world)).toEqual(['ls', 'resolve ID', 'doctor'])
  world.write('models/b.gguf', sampleGguf('b'))
  await world.run('register', 'b', '--source', 's', '--digest', '0'.repeat(64))
  expect(await listCommands(world)).toContain('verify --all')
  await world.run('verify', 'b')
  expect(await listCommands(world)).toContain('ls --state Failed')
  expect((await world.run()).stderr).toContain('has 2 models: 1 Active, 1 Failed.\n')
})

it('damage is reported as every command reports it', async () => {
  const world = createWorld()
  world.write('models/catalog.json', '{"models": [')
  expect(await world.run()).toMatchObject({ code: 30, stderr: expect.stringContaining('[DAMAGED]') })
})

it('options without a command say where the catalog is, and nothing else is a command', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's', '--root', 'other')
  const { code, stdout, stderr } = await world.run('--root', 'other', '--anchor', world.directory)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`The catalog in ${join(world.directory, 'other')} has 1 model: 1 Pending.`)
  expect((await world.run('--root', 'other', 'lss')).stderr).toContain('Did you mean ls?')
  expect((await world.run('--root', 'other', '--bogus')).stderr).toContain("unknown option '--bogus'")
  expect((await world.run('--root')).stderr).toContain('argument missing')
  expect(await world.run('--root', 'other', '--version')).toMatchObject({ code: 0 })
})
