import { expect, it } from 'vitest'
import {
  collectingDirectoriesOf,
  collectingNameOf,
  parseLeftover,
  partialPathOf,
  quarantinePathOf,
} from './partial-name.ts'

const FILE = 'org/llama.gguf'

it('finds in a name what made it', () => {
  expect(parseLeftover(partialPathOf(FILE))).toEqual({ kind: 'partial', file: FILE })
  expect(parseLeftover(quarantinePathOf(FILE, 12))).toEqual({ kind: 'quarantined', file: FILE, n: 12 })
  const checkpoint = { kind: 'checkpoint', file: FILE, partial: 'org/llama.gguf.partial' }
  expect(parseLeftover('org/llama.gguf.partial.checkpoint')).toEqual(checkpoint)
  expect(parseLeftover('org/llama.gguf.partial.checkpoint.new')).toEqual(checkpoint)
})

it('finds in the path of what is collected beside a directory the file that it is to be', () => {
  const [parts, whole] = ['org/m.partial/.parts/sub/a.bin', 'org/m.partial/.whole/sub/a.bin']
  const file = 'org/m/sub/a.bin'
  const partial = `${parts}.partial`
  for (const end of ['', '/', '//']) expect(collectingNameOf(`/srv/m${end}`)).toBe('/srv/m.partial')
  expect(parseLeftover(whole)).toEqual({ kind: 'partial', file })
  expect(parseLeftover(partial)).toEqual({ kind: 'partial', file })
  expect(parseLeftover(`${partial}.etag`)).toEqual({ kind: 'checkpoint', file, partial })
  expect(parseLeftover(parts)).toBeUndefined()
  for (const path of [parts, whole]) {
    expect(quarantinePathOf(path, 2)).toBe(`${parts}.quarantined-2`)
    expect(parseLeftover(quarantinePathOf(path, 2))).toEqual({ kind: 'quarantined', file, n: 2 })
  }
  expect(parseLeftover('C:\\m.partial\\.whole\\a.bin')).toEqual({ kind: 'partial', file: 'C:\\m\\a.bin' })
})

it('names the directories that were made to collect a file, the deepest first', () => {
  const made = ['org/m.partial/.parts/sub', 'org/m.partial/.parts', 'org/m.partial']
  expect(collectingDirectoriesOf('org/m.partial/.parts/sub/a.partial')).toEqual(made)
  expect(collectingDirectoriesOf('org/m/a.partial')).toEqual([])
  expect(collectingDirectoriesOf('org/.partial/.parts/a')).toEqual([])
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

it('quarantines a file below a directory that only looks like a collecting one beside itself', () => {
  expect(quarantinePathOf('org/.partial/.whole/a', 1)).toBe('org/.partial/.whole/a.quarantined-1')
})
