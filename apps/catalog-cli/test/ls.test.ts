import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

interface Listed {
  readonly models: readonly { readonly id: string }[]
  readonly next?: string
}

async function createModels(): Promise<World> {
  const world = createWorld()
  await world.run('register', 'a', '--source', 'hf:org/a', '--size', '10', '--tag', 'chat', '--tag', 'q4')
  await world.run('register', 'b', '--source', 'https://bob:hunter2@host.example/b', '--size', '30')
  await world.run('register', 'c', '--source', 's', '--size', '20', '--tag', 'chat')
  await world.run('state', 'c', 'Retired')
  return world
}

it('finds by every option, and by all of them together', async () => {
  const world = await createModels()
  const list = async (...args: readonly string[]): Promise<string> =>
    parseJson<Listed>(await world.run('ls', '--json', ...args))
      .models.map(({ id }) => id)
      .join(' ')
  expect(await list('--state', 'retired', '--state', 'Failed')).toBe('c')
  expect(await list('--source', 'https://huggingface.co/org/a')).toBe('a')
  expect(await list('--source', 'https://HOST.example/b/')).toBe('b')
  expect(await list('--tag', 'chat')).toBe('a c')
  expect(await list('--tag', 'chat', '--tag', 'q4')).toBe('a')
  expect(await list('--text', 'ORG')).toBe('a')
  expect(await list('--text', 'hunter2')).toBe('')
  expect(await list('--digest', 'f'.repeat(64))).toBe('')
  expect(await list('--min-size', '11', '--max-size', '20')).toBe('c')
  expect(await list('--registered-from', '2020-01-01', '--registered-to', '2100-01-01')).toBe('a b c')
  expect(await list('--verified-from', '2020-01-01')).toBe('')
  expect(await list('--order', '-size')).toBe('b c a')
})

it('says where the next page begins', async () => {
  const world = await createModels()
  const first = await world.run('ls', '--order', '-size', '--limit', '2')
  const after = /^go on with --after (\S+)$/mu.exec(first.stdout)?.[1] ?? ''
  const second = await world.run('ls', '--order', '-size', '--limit', '2', '--after', after, '--json')
  expect(parseJson<Listed>(second)).toMatchObject({ models: [{ id: 'a' }], hasMore: false })
  expect(parseJson(second)).not.toHaveProperty('next')
  expect((await world.run('ls', '--limit', '2')).stdout).not.toContain('--after')
  expect(parseJson<Listed>(await world.run('ls', '--limit', '2', '--json')).next).toBe('b')
})

it('refuses what contradicts itself or is none', async () => {
  const world = await createModels()
  for (const args of [
    ['--min-size', '2', '--max-size', '1'],
    ['--order', 'age'],
    ['--order', 'name', '--after', 'a'],
    ['--verified-to', 'yesterday'],
    ['--digest', 'abc'],
  ]) {
    expect(await world.run('ls', ...args), args.join(' ')).toMatchObject({ code: 2, stdout: '' })
  }
})
