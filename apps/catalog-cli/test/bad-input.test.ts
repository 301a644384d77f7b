import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

const wrongDigest = 'ab'.repeat(32)

it.concurrent.for<[what: string, args: readonly string[], code: number, name: string]>([
  ['an id that leaves the root', ['register', '../x', '--source', 's'], 2, 'INVALID_INPUT'],
  ['a digest that is none', ['register', 'x', '--source', 's', '--digest', 'abc'], 2, 'INVALID_INPUT'],
  ['a file outside the root', ['register', 'x', '--source', 's', '--file', '../x'], 2, 'INVALID_INPUT'],
  ['an unknown state', ['ls', '--state', 'Broken'], 2, 'INVALID_INPUT'],
  ['an unknown option', ['ls', '--bogus'], 2, 'USAGE'],
  ['nothing to verify', ['verify'], 2, 'USAGE'],
  ['ids beside --all', ['verify', 'a', '--all'], 2, 'USAGE'],
  ['ids beside --stale', ['verify', 'a', '--stale'], 2, 'USAGE'],
  ['--all beside --stale', ['verify', '--all', '--stale'], 2, 'USAGE'],
  ['a path for what is stale', ['verify', '--stale', '--path', 'x'], 2, 'USAGE'],
  ['a path for two models', ['verify', 'a', 'b', '--path', 'x'], 2, 'USAGE'],
  ['an address instead of a file', ['add', 'https://me:secret@host/x.gguf'], 2, 'USAGE'],
  ['no file', ['add', 'nowhere.gguf'], 14, 'FILE_MISSING'],
  ['no file to digest', ['digest', 'nowhere.gguf'], 14, 'FILE_MISSING'],
  ['an anchor that is not there', ['register', 'x', '--source', 's', '--anchor', 'nowhere'], 2, 'USAGE'],
  ['a file as an anchor', ['ls', '--anchor', import.meta.filename], 2, 'USAGE'],
  ['an empty root', ['register', 'x', '--source', 's', '--root', ''], 2, 'USAGE'],
  ['an empty store', ['register', 'x', '--source', 's', '--store', ''], 2, 'USAGE'],
  ['an empty location', ['register', 'x', '--source', 's', '--location', ''], 2, 'USAGE'],
  ['an empty directory to import', ['import', '', '--yes'], 2, 'USAGE'],
  ['an empty place to migrate to', ['migrate', '--from', 'fs', '--to', ''], 2, 'USAGE'],
  ['an empty path to digest', ['digest', ''], 2, 'USAGE'],
  ['a file as the root', ['ls', '--root', import.meta.filename], 34, 'IO'],
  ['a node with a space', ['ls', '--node', 'my box'], 2, 'INVALID_INPUT'],
  ['no catalog', ['ls'], 22, 'CATALOG_MISSING'],
])('refuses %s and makes nothing', async ([_what, args, code, name], test) => {
  const { expect } = test
  const world = createWorld(test)
  const run = await world.run(...args)
  expect(run).toMatchObject({ code, stdout: '' })
  expect(run.stderr).toMatch(new RegExp(`^catalog: .*\\[${name}\\]\n(?:  hint: .*\n)?$`, 'u'))
  expect(run.stderr).not.toContain('secret')
  expect(existsSync(join(world.root, 'catalog.json'))).toBe(
    name === 'INVALID_INPUT' && args[0] === 'register',
  )
})

it.each<[kind: string, make: (path: string) => void]>([
  ['fifo', (path) => execFileSync('mkfifo', [path])],
  ['symbolic link', (path) => symlinkSync(import.meta.filename, path)],
])('adds no %s', async (kind, make) => {
  const world = createWorld()
  make(join(world.directory, 'model.gguf'))
  const run = await world.run('add', 'model.gguf', '--json')
  expect(run).toMatchObject({ code: 13, stdout: '' })
  expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: 'NOT_A_REGULAR_FILE', details: { kind } } })
  expect(existsSync(world.root)).toBe(false)
})

it('adds no directory without files', async () => {
  const world = createWorld()
  mkdirSync(join(world.directory, 'empty'))
  const run = await world.run('add', 'empty', '--json')
  expect(run).toMatchObject({ code: 2, stdout: '' })
  expect(existsSync(world.root)).toBe(false)
})

it('leaves a model with the wrong bytes Failed, with expected and found', async () => {
  const world = createWorld()
  world.write('model.gguf', sampleGguf('other'))
  const added = await world.run('add', 'model.gguf', '--digest', `sha256:${wrongDigest.toUpperCase()}`)
  expect(added).toMatchObject({ code: 10, stdout: '' })
  expect(added.stderr).toContain('[DIGEST_MISMATCH]')
  const shown = await world.run('show', 'model')
  expect(shown.stdout).toContain('state       Failed')
  expect(shown.stdout).toContain(`expected ${wrongDigest}`)
  expect(shown.stdout).toMatch(/^ {12}found {4}[0-9a-f]{64}$/mu)
  const noted = await world.run('path', 'model')
  expect(noted.stderr).toBe('catalog: note: model is Failed, not Active\n')
})

it('exits with another code for each kind of refusal', async () => {
  const world = createWorld()
  await world.run('register', 'llama-3.1-8b', '--source', 's', '--size', '5000')
  world.write('models/llama-3.1-8b.gguf', sampleGguf('llama'))
  const code = async (...args: readonly string[]) => (await world.run(...args)).code
  expect(await code('register', 'LLAMA-3.1-8B', '--source', 's')).toBe(5)
  expect(await code('state', 'llama-3.1-8b', 'Active')).toBe(3)
  expect(await code('verify', 'llama-3.1-8b')).toBe(11)
  expect(await world.run('show', 'llama-3.1-8')).toEqual({
    code: 4,
    stdout: '',
    stderr:
      'catalog: model "llama-3.1-8" is not in the catalog [NOT_FOUND]\n  hint: did you mean llama-3.1-8b?\n',
  })
})

it('reports damage in one line and touches nothing', async () => {
  const world = createWorld()
  world.write('models/catalog.json', '{"models": [')
  const run = await world.run('ls')
  expect(run.code).toBe(30)
  expect(run.stderr).toMatch(/^catalog: .*\[DAMAGED\]\n {2}hint: .*\n$/u)
})

it('shows the help on stdout where it was asked for', async () => {
  const world = createWorld()
  expect(await world.run('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: catalog '),
    stderr: '',
  })
  expect((await world.run('--version')).stdout).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+\n$/u)
})

it('names a file that it cannot read or write, and gives no hint of a download', async () => {
  const world = createWorld()
  await world.run('register', 'm', '--source', 's')
  for (const args of [
    ['doctor', '--save', 'nowhere/plan.json'],
    ['apply', 'nowhere.json'],
    ['register', 'n', '--source', 's', '--manifest', 'nowhere'],
  ]) {
    const { code, stderr } = await world.run(...args)
    expect(code, args.join(' ')).toBe(14)
    expect(stderr).toMatch(/^catalog: there is no [^\n]*nowhere[^\n]* \[FILE_MISSING\]\n$/u)
  }
  for (const args of [
    ['doctor', '--save', '.'],
    ['apply', '.'],
  ]) {
    expect(await world.run(...args), args.join(' ')).toMatchObject({ code: 34 })
  }
})

it('takes no directory with the catalog in it for a model', async () => {
  const world = createWorld()
  await world.run('register', 'm', '--source', 's')
  expect(await world.run('add', '.', '--id', 'n')).toMatchObject({ code: 13, stdout: '' })
})

it('--json without a command is one JSON document on stderr', async () => {
  const world = createWorld()
  for (const args of [['--json'], ['lease', '--json']]) {
    const { code, stdout, stderr } = await world.run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'USAGE', message: 'a command is missing' } })
  }
})
