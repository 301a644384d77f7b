import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

it('shows the models that an id, a source or a path means', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 'hf:org/model')
  await world.run('register', 'b', '--source', 'https://huggingface.co/org/model')
  const path = join(world.root, 'b.gguf')
  const both = await world.run('locate', 'hf://org/model')
  expect(both.stdout.split('\n').map((line) => line.split(/\s+/u))).toEqual([
    ['ID', 'STATE', 'PATH'],
    ['a', 'Pending', join(world.root, 'a.gguf')],
    ['b', 'Pending', path],
    [''],
  ])
  for (const reference of ['b', path, `file://${path}`, 'models/b.gguf']) {
    const found = parseJson(await world.run('locate', reference, '--json'))
    expect(found, reference).toMatchObject({ models: [{ id: 'b', paths: [path], entry: { id: 'b' } }] })
  }
})

it('ends with NOT_FOUND where nothing is meant, and quotes no credentials', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 'hf:org/model')
  const { code, stdout, stderr } = await world.run('locate', 'https://bob:hunter2@host.example/m')
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
  expect(stderr).toContain('https://host.example/m')
  expect(stderr).not.toContain('hunter2')
})

it('resolve takes a reference too', async () => {
  const world = createWorld()
  const path = world.write('models/a.gguf', sampleGguf('a'))
  await world.run('add', path, '--source', 'hf:org/model')
  for (const reference of ['https://huggingface.co/org/model', path, './models/a.gguf']) {
    expect(await world.run('resolve', reference), reference).toMatchObject({ code: 0, stdout: `${path}\n` })
  }
})
