import { createHash } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

const content = sampleGguf('llama')
const digest = createHash('sha256').update(content).digest('hex')

it('takes a model from its registration to its removal', async () => {
  const world = createWorld()
  const registered = await world.run('register', 'llama', '--source', 'hf:org/llama', '--digest', digest)
  expect(registered).toMatchObject({ code: 0, stderr: '' })
  expect(registered.stdout).toBe(
    `llama: registered, Pending; its file belongs at ${join(world.root, 'llama.gguf')}\n`,
  )
  world.write('models/llama.gguf', content)
  const verified = await world.run('verify', 'llama')
  expect(verified.code).toBe(0)
  expect(verified.stdout).toMatch(/^llama: Active, 1\.00 KiB read in /u)
  const listed = await world.run('ls')
  expect(listed.stdout.split('\n')).toEqual([
    'ID     STATE       SIZE  VERIFIED    SOURCE',
    expect.stringMatching(/^llama {2}Active {2}1\.00 KiB {2}[0-9]{4}-[0-9]{2}-[0-9]{2} {2}hf:org\/llama$/u),
    '1 model: 1 Active',
    '',
  ])
  const shown = await world.run('show', 'llama')
  expect(shown.stdout).toContain(`digest        ${digest} (caller)`)
  expect(shown.stdout).toContain(
    `evidence      match on the volume of ${join(world.root, '.catalog/volume')} (`,
  )
  const retired = await world.run('state', 'llama', 'retired', '--reason', 'replaced')
  expect(retired).toEqual({ code: 0, stdout: 'llama: Retired\n', stderr: '' })
  const removed = await world.run('rm', 'llama')
  const path = join(world.root, 'llama.gguf')
  expect(removed.stdout).toBe(`llama: removed from the catalog; its file stays at ${path}\n`)
  expect(existsSync(path)).toBe(true)
  expect((await world.run('ls')).stdout).toBe('no models\n')
})

it('adds a file outside the root where it is, and one inside by its path there', async () => {
  const world = createWorld()
  const outside = world.write('elsewhere/My Model.gguf', content)
  world.write('models/org/inside.gguf', content)
  const added = parseJson(
    await world.run('add', 'elsewhere/My Model.gguf', '--tag', 'a', '--tag', 'b', '--json'),
  )
  expect(added).toMatchObject({
    id: 'My-Model',
    state: 'Active',
    location: outside,
    source: `file:${outside}`,
    digest,
    digestOrigin: 'computed',
    tags: ['a', 'b'],
  })
  const inside = parseJson(await world.run('add', 'models/org/inside.gguf', '--id', 'org/inside', '--json'))
  expect(inside).toMatchObject({ id: 'org/inside', file: 'org/inside.gguf' })
  expect(inside).not.toHaveProperty('location')
})

it('verifies another path, and the model refers to it from then on', async () => {
  const world = createWorld()
  await world.run('register', 'llama', '--source', 'hf:org/llama', '--digest', digest)
  const path = world.write('download/llama.gguf', content)
  expect((await world.run('verify', 'llama', '--path', 'download/llama.gguf')).code).toBe(0)
  expect(await world.run('path', 'llama')).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' })
})

it('verifies all models but the Retired ones, goes on after a failure, and ends as the first one did', async () => {
  const world = createWorld()
  const add = (name: string) => world.run('add', world.write(`models/${name}.gguf`, sampleGguf(name)))
  await Promise.all(['a', 'b', 'c', 'd'].map(add))
  renameSync(join(world.root, 'a.gguf'), join(world.root, 'gone'))
  world.write('models/b.gguf', sampleGguf('x'))
  renameSync(join(world.root, 'd.gguf'), join(world.root, 'gone too'))
  await world.run('state', 'd', 'Retired')
  const all = await world.run('verify', '--all', '--json')
  expect(all).toMatchObject({ code: 14, stderr: '' })
  expect(parseJson(all)).toMatchObject({
    verified: 1,
    failed: 2,
    results: [
      { id: 'a', ok: false, error: { code: 'FILE_MISSING' } },
      { id: 'b', ok: false, error: { code: 'DIGEST_MISMATCH', details: { id: 'b' } } },
      { id: 'c', ok: true, model: { id: 'c', state: 'Active' } },
    ],
  })
  const asText = await world.run('verify', 'c', 'b', 'c')
  expect(asText).toMatchObject({
    code: 10,
    stdout: expect.stringMatching(/\n1 of 2 models verified, 1 failed\n$/u),
  })
  expect(asText.stderr).toContain('[DIGEST_MISMATCH]')
})

it('lists by state, by name and page by page', async () => {
  const world = createWorld()
  const register = (id: string) => world.run('register', id, '--source', 's', '--name', `Model ${id}`)
  await Promise.all(['a', 'b', 'c'].map(register))
  await world.run('state', 'b', 'Retired')
  const ids = async (...args: readonly string[]) => {
    const found = parseJson<{ models: { id: string }[]; hasMore: boolean }>(
      await world.run('ls', '--json', ...args),
    )
    return [found.models.map(({ id }) => id), found.hasMore]
  }
  expect(await ids('--state', 'pending')).toEqual([['a', 'c'], false])
  expect(await ids('--name', 'Model b')).toEqual([['b'], false])
  expect(await ids('--limit', '2')).toEqual([['a', 'b'], true])
  expect(await ids('--after', 'b')).toEqual([['c'], false])
  expect((await world.run('ls', '--limit', '2')).stdout).toMatch(
    /\nfirst 2 models: 1 Pending, 1 Retired; there are more\n$/u,
  )
})
