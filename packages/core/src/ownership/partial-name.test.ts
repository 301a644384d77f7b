import { expect, it } from 'vitest'
import { parseLeftover, partialPathOf, quarantinePathOf } from './partial-name.ts'

const FILE = 'org/llama.gguf'

it('finds in a name what made it', () => {
  expect(parseLeftover(partialPathOf(FILE))).toEqual({ kind: 'partial', file: FILE })
  expect(parseLeftover(quarantinePathOf(FILE, 12))).toEqual({ kind: 'quarantined', file: FILE, n: 12 })
  const checkpoint = { kind: 'checkpoint', file: FILE, partial: 'org/llama.gguf.partial' }
  expect(parseLeftover('org/llama.gguf.partial.checkpoint')).toEqual(checkpoint)
  expect(parseLeftover('org/llama.gguf.partial.checkpoint.new')).toEqual(checkpoint)
})

it.each([
  FILE,
  'org/.partial',
  '.partial',
  '',
  'org/.partial.checkpoint',
  'llama.gguf.checkpoint',
  'llama.gguf.quarantined-0',
  'llama.gguf.quarantined-01',
  'llama.gguf.quarantined-',
  'org/.quarantined-1',
  'llama.partial.gguf',
])('takes %j for no leftover', (name) => {
  expect(parseLeftover(name)).toBeUndefined()
})

it('names the last that was done to a file', () => {
  expect(parseLeftover('m.gguf.partial.quarantined-1')).toEqual({
    kind: 'quarantined',
    file: 'm.gguf.partial',
    n: 1,
  })
})
