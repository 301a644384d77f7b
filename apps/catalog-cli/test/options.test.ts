import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

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

it('update --clear removes what is declared, and not what another option sets', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's', '--digest', 'a'.repeat(64), '--size', '5')
  expect(await world.run('update', 'a', '--clear', 'digest,size')).toMatchObject({ code: 0 })
  expect(parseJson(await world.run('show', 'a', '--json'))).toMatchObject({ digest: null })
  for (const args of [
    ['--clear', 'source'],
    ['--clear', 'size', '--size', '4'],
    ['--clear', ''],
  ]) {
    expect(await world.run('update', 'a', ...args)).toMatchObject({ code: 2 })
  }
})

it('a lease is taken for a time or until one, and one of them is required', async () => {
  const world = createWorld()
  world.write('models/a.gguf', sampleGguf('a'))
  await world.run('add', 'models/a.gguf')
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const taken = parseJson<{ until: string }>(
    await world.run('lease', 'take', 'a', '--until', until, '--json'),
  )
  expect(Math.abs(Date.parse(taken.until) - Date.parse(until))).toBeLessThan(60_000)
  for (const args of [
    [],
    ['--for', '1h', '--until', until],
    ['--until', 'tomorrow'],
    ['--until', '2001-01-01'],
  ]) {
    expect(await world.run('lease', 'take', 'a', ...args)).toMatchObject({ code: 2, stdout: '' })
  }
})

it('ls finds a model by its file, or by its location from the user’s directory', async () => {
  const world = createWorld()
  world.write('outside/a.gguf', sampleGguf('a'))
  world.write('models/b.gguf', sampleGguf('b'))
  await world.run('add', 'outside/a.gguf', 'models/b.gguf')
  expect((await world.run('ls', '-q', '--location', 'outside/a.gguf')).stdout).toBe('a\n')
  expect((await world.run('ls', '-q', '--file', 'b.gguf')).stdout).toBe('b\n')
})

it('--search-root finds a file that is not in the root', async () => {
  const world = createWorld()
  world.write('library/a.gguf', sampleGguf('a'))
  await world.run('register', 'a', '--source', 's', '--file', 'a.gguf')
  expect(await world.run('verify', 'a')).toMatchObject({ code: 14 })
  expect(await world.run('verify', 'a', '--search-root', 'library')).toMatchObject({ code: 0 })
})

it('--intact-prefix reads a damaged catalog as it was before the damage, and changes nothing', async () => {
  const world = createWorld()
  for (const id of ['a', 'b', 'c']) await world.run('register', id, '--source', 's')
  const path = join(world.root, '.catalog/journal-000001.jsonl')
  const text = readFileSync(path, 'latin1')
  writeFileSync(path, text.replace('"b"', '"x"'), 'latin1')
  expect(await world.run('ls')).toMatchObject({ code: 30 })
  const { code, stdout, stderr } = await world.run('ls', '-q', '--intact-prefix')
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'a\n' })
  expect(stderr).toContain('what was recorded after the damage is not shown')
  expect(await world.run('rm', 'a', '--intact-prefix')).toMatchObject({ code: 21 })
  const dryRun = await world.run('repair', '--dry-run')
  expect(dryRun).toMatchObject({ code: 30, stderr: expect.stringContaining('is damaged') })
  expect(readFileSync(path, 'latin1')).not.toBe(text)
})

it.each([
  ['verify', '--all', '--parallel', '0'],
  ['verify', '--all', '--parallel', '65'],
  ['import', '--parallel', 'many'],
  ['rm', 'a', '--yes', '--dry-run'],
  ['download', 'finish', 'a', '--holder', 'h', '--for', 'ever'],
  ['download', 'begin', 'a', '--holder', 'h', '--if-revision', '0'],
])('wrong input is refused: %j', async (...args) => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  const { code, stderr } = await world.run(...args)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^catalog: .*\[USAGE\]$/mu) })
})
