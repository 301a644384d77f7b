import { existsSync, readFileSync } from 'node:fs'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

const source = 'https://bob:hunter2@host.example/llama.gguf?token=hunter2#hunter2'

it('prints no credentials, unless the source is asked for', async () => {
  const world = createWorld()
  for (const id of ['llama', 'other']) world.write(`models/${id}.gguf`, sampleGguf(id))
  const writes = [
    ['register', 'llama', '--source', source],
    ['register', 'llama', '--source', source, '--json'],
    ['add', 'models/other.gguf', '--source', source, '--json'],
    ['verify', '--all'],
    ['state', 'llama', 'Retired', '--json'],
  ]
  const reads = [
    ['ls'],
    ['ls', '--json'],
    ['show', 'llama'],
    ['show', 'llama', '--json'],
    ['register', 'bad', `--sourze=${source}`],
    ['register', 'bad/', '--source', source],
    ['register', source, '--source', source],
    ['show', source],
    ['show', source, '--json'],
    ['history', source],
    ['history', '--at', source],
    ['ls', '--order', 'name', '--after', source],
    ['ls', '--state', source],
  ]
  const runs = []
  for (const args of writes) runs.push(await world.run(...args))
  runs.push(...(await Promise.all(reads.map((args) => world.run(...args)))))
  for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain('hunter2')
  expect(runs.filter(({ code }) => code === 0)).toHaveLength(writes.length - 1 + 4)
  const asked = await world.run('show', 'other', '--show-source', '--json')
  expect(parseJson(asked)['source']).toBe(source)
  const removed = await world.run('rm', 'other', '--json')
  expect(removed).toMatchObject({ code: 0, stdout: expect.not.stringContaining('hunter2') })
})

it('is one JSON document with the entry as the library has it', async () => {
  const world = createWorld()
  const registered = await world.run(
    '--json',
    'register',
    'a',
    '--source',
    'hf:a',
    '--size',
    '3',
    '--actor',
    'me',
  )
  expect(registered.stderr).toBe('')
  const entry = {
    id: 'a',
    name: 'a',
    source: 'hf:a',
    digest: null,
    state: 'Pending',
    registeredAt: expect.any(String),
    verifiedAt: null,
    sizeBytes: 3,
    revision: 1,
  }
  expect(parseJson(registered)).toEqual(entry)
  expect(parseJson(await world.run('show', 'a', '--json'))).toEqual({
    ...entry,
    path: `${world.root}/a.gguf`,
    standing: { kind: 'unread' },
    copies: [],
  })
  expect(parseJson(await world.run('ls', '--json'))).toEqual({
    models: [entry],
    counts: { Pending: 1 },
    hasMore: false,
  })
  const missing = await world.run('show', 'b', '--json')
  expect(missing).toMatchObject({ code: 4, stdout: '' })
  expect(JSON.parse(missing.stderr)).toEqual({
    error: {
      code: 'NOT_FOUND',
      message: 'model "b" is not in the catalog',
      details: { id: 'b' },
      hint: 'did you mean a?',
    },
  })
  const usage = await world.run('ls', '--json', '--bogus')
  expect(JSON.parse(usage.stderr)).toMatchObject({ error: { code: 'USAGE' } })
  expect(parseJson(await world.run('rm', 'a', '--json'))).toMatchObject({ removed: entry, fileExists: false })
})

it('takes the root from the option before CATALOG_ROOT, before or after the command', async () => {
  const world = createWorld()
  await world.run('--root', 'other', 'register', 'a', '--source', 's')
  expect((await world.run('path', 'a', '--root', 'other')).stdout).toBe(`${world.directory}/other/a.gguf\n`)
  expect((await world.run('ls')).code).toBe(22)
})

it.skipIf(lacks('sha256sum'))('digests as sha256sum does, and sha256sum can check it', async () => {
  const world = createWorld()
  const names = ['plain.gguf', 'two words.gguf', 'back\\slash.gguf', 'line\nbreak.gguf']
  for (const name of names) world.write(name, sampleGguf(name))
  const digested = await world.run('digest', ...names)
  expect(digested.code).toBe(0)
  world.write('SHA256SUMS', digested.stdout)
  const checked = await world.runShell('sha256sum --strict --check SHA256SUMS')
  expect(checked.code).toBe(0)
  expect(checked.stdout.match(/: OK$/gmu)).toHaveLength(names.length)
})

it('digests what it can, and ends as the first failure did', async () => {
  const world = createWorld()
  world.write('a', 'a')
  const digested = await world.run('digest', 'nowhere', '.', 'a')
  expect(digested.code).toBe(14)
  expect(digested.stdout).toMatch(/^[0-9a-f]{64} {2}a\n$/u)
  expect(digested.stderr).toContain('[NOT_A_REGULAR_FILE]')
})

it('keeps a catalog.json that people can read', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  const view = JSON.parse(readFileSync(`${world.root}/catalog.json`, 'utf8'))
  expect(view.models).toMatchObject([{ id: 'a', state: 'Pending' }])
})

it.skipIf(lacks('jq'))('keeps a catalog.json that jq can read', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  expect((await world.runShell('jq -r ".models[].id" models/catalog.json')).stdout).toBe('a\n')
})

it.skipIf(!existsSync('/dev/full'))(
  'an output on a full disk is NO_SPACE, and no error of the program',
  async () => {
    const world = createWorld()
    await world.run('register', 'a', '--source', 's')
    for (const [options, told] of [
      ['', /^catalog: the output could not be written: ENOSPC.* \[NO_SPACE\]\n$/u],
      ['--json', /"code": "NO_SPACE"/u],
    ] as const) {
      const { code, stderr } = await world.runShell(`catalog ls ${options} > /dev/full`)
      expect(code).toBe(33)
      expect(stderr).toMatch(told)
    }
  },
)
