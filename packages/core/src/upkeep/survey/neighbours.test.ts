import { FakeFiles } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { isControlFile, Neighbours } from './neighbours.ts'

function neighboursOf(...names: readonly string[]): Neighbours {
  const neighbours = new Neighbours({ files: new FakeFiles() })
  for (const name of names) neighbours.add({ path: `/models/${name}` })
  return neighbours
}

it.each([
  ['m.v1.onnx', ['m.v1.json', 'm.v1.onnx_data', 'm.v1..json'], ['m.v1-other.gguf', 'm.json', 'm.v1']],
  ['model', ['model_data', 'model.json'], ['model2', 'mode.json', 'modelx.json']],
])('in the root, what has the name of %s and more belongs to it', (named, its, others) => {
  const neighbours = neighboursOf(named)
  expect(its.filter((name) => !neighbours.has(name))).toEqual([])
  expect(others.filter((name) => neighbours.has(name))).toEqual([])
})

it('a file has its own name for no neighbour, and no directory above the one that its path in the model says', () => {
  expect(neighboursOf('model').has('model')).toBe(false)
  const neighbours = new Neighbours({ files: new FakeFiles() })
  neighbours.add({ path: '/models/set/x/abcdef', part: { path: '12345678' } })
  expect(neighbours.has('set/other/y.txt')).toBe(false)
})

it('a file outside the root has no neighbours in it', () => {
  const neighbours = new Neighbours({ files: new FakeFiles() })
  neighbours.add({ path: '/srv/m.gguf' })
  expect(neighbours.has('m.gguf.json')).toBe(false)
})

it('only what lies beside a partial file is a control file of it', () => {
  const asked: string[] = []
  const isPartial = (partial: string): boolean => asked.push(partial) > 0
  const names = ['m.gguf.partial.aria2', '.partial.aria2', 'partial', 'x.partial']
  expect(names.filter((name) => isControlFile(name, isPartial))).toEqual(['m.gguf.partial.aria2'])
  expect(asked).toEqual(['m.gguf.partial'])
  expect(isControlFile('m.gguf.partial.aria2', () => false)).toBe(false)
})
