import { stripVTControlCharacters } from 'node:util'
import { sampleGguf } from '@catalog/testkit/models'
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
  expect(await list('--min-size', '0.011kB', '--max-size', '1GiB')).toBe('b c')
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

it('shows and finds what the headers of the files say', async () => {
  const world = createWorld()
  const metadata = { 'general.file_type': 15, 'llama.context_length': 4096, 'general.license': 'apache-2.0' }
  world.write('llama.gguf', sampleGguf('llama', { metadata, sizeBytes: 8_000_000 }))
  world.write('plain', 'no header')
  await world.run('add', 'llama.gguf', 'plain')
  const list = async (...args: readonly string[]): Promise<string> =>
    parseJson<Listed>(await world.run('ls', '--json', ...args))
      .models.map(({ id }) => id)
      .join(' ')
  expect(await list('--arch', 'LLAMA', '--quant', 'q4_k_m', '--min-params', '7.9M')).toBe('llama')
  expect(await list('--max-params', '7M')).toBe('')
  expect(await list('--arch', 'qwen2')).toBe('')
  const { stdout } = await world.run('ls', '--long')
  expect(stdout).toMatch(/^ID +STATE +SIZE +ARCH +PARAMS +QUANT +CONTEXT +VERIFIED +SOURCE$/mu)
  expect(stdout).toMatch(/^llama +Active +7\.63 MiB +llama +8M +Q4_K_M +4096 /mu)
  expect(stdout).toMatch(/^plain +Active +9 B +- +- +- +- /mu)
  expect((await world.run('ls')).stdout).not.toContain('Q4_K_M')
  const shown = await world.run('show', 'llama')
  expect(shown.stdout).toMatch(/^format +gguf, 1 tensor$/mu)
  expect(shown.stdout).toMatch(/^parameters +8M \(79\d{5}\)$/mu)
  expect(shown.stdout).toMatch(/^context +4096 tokens$/mu)
  expect(shown.stdout).toMatch(/^licence +apache-2\.0$/mu)
  expect(parseJson(await world.run('show', 'llama', '--json'))).toMatchObject({
    facts: { architecture: 'llama', quantisation: 'Q4_K_M', contextLength: 4096 },
  })
  expect((await world.run('show', 'plain')).stdout).not.toContain('format')
  expect(await world.run('ls', '--min-params', '7GB')).toMatchObject({ code: 2 })
})

it('-q prints the ids alone, for a loop of a shell', async () => {
  const world = await createModels()
  expect(await world.run('ls', '-q')).toMatchObject({ code: 0, stdout: 'a\nb\nc\n', stderr: '' })
  expect(await world.run('ls', '--quiet', '--sort', '-size', '--limit', '2')).toMatchObject({
    stdout: 'b\nc\n',
    stderr: expect.stringContaining('go on with --after '),
  })
  expect(await world.run('ls', '-q', '--state', 'Failed')).toMatchObject({ code: 0, stdout: '' })
})

it('--columns prints exactly these, whole', async () => {
  const world = await createModels()
  const { stdout } = await world.run('ls', '--columns', 'size,id,tags,name,digest')
  expect(stdout.split('\n')[0]?.split(/ +/u)).toEqual(['SIZE', 'ID', 'TAGS', 'NAME', 'DIGEST'])
  expect(stdout).toMatch(/^ ?10 B +a +chat,q4 +a +-$/mu)
  expect((await world.run('ls', '--columns', 'id,disk')).stdout).toMatch(/^a +unread$/mu)
  for (const wrong of ['', 'id,age', 'ID']) {
    expect(await world.run('ls', '--columns', wrong), wrong).toMatchObject({ code: 2, stdout: '' })
  }
  expect(await world.run('ls', '-q', '--columns', 'id')).toMatchObject({ code: 2, stdout: '' })
})

it.each([40, 80, 200])('fits %d columns, and shows every id whole', async (columns) => {
  const world = createWorld()
  const ids = ['llama-3.1-8b-instruct-q4_k_m', 'a']
  for (const id of ids) await world.run('register', id, '--source', `https://example.com/models/${id}.gguf`)
  const stdout = stripVTControlCharacters((await world.runIn(columns, 'ls')).stdout)
  const lines = stdout.split('\n')
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns)
  for (const id of ids) expect(lines.some((line) => line.split(' ').includes(id))).toBe(true)
  expect(stdout).toMatch(/^ID +STATE/mu)
  expect(stdout.includes('SOURCE')).toBe(columns > 40)
})
