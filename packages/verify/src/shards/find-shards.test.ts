import { describe, expect, it } from 'vitest'
import { findShards, isShardName } from './find-shards.ts'

function nameShards(total: number, extension = '.safetensors'): readonly string[] {
  const pad = (number: number): string => String(number).padStart(5, '0')
  return Array.from({ length: total }, (_, index) => `model-${pad(index + 1)}-of-${pad(total)}${extension}`)
}

describe('a set of shards', () => {
  it.each(['.safetensors', '.gguf', '.bin', '.fp16.safetensors', ''])(
    'is found with the extension %j',
    (extension) => {
      const paths = nameShards(5, extension)
      expect(findShards(paths)).toEqual([{ name: `model${extension}`, totals: [5], paths, problems: [] }])
    },
  )

  it('is kept apart from those of other directories, names and extensions', () => {
    const paths = ['a/m', 'b/m', 'm', 'n'].flatMap((name) => [
      `${name}-00001-of-00001.gguf`,
      `${name}-00001-of-00001.bin`,
    ])
    expect(findShards(paths)).toHaveLength(8)
  })

  it('takes the last numbers of a name that has two', () => {
    const [set] = findShards(['a-00001-of-00002-00001-of-00001.gguf'])
    expect(set).toMatchObject({ name: 'a-00001-of-00002.gguf', problems: [] })
  })

  it.each([
    ['any number of digits', ['m-1-of-2.gguf', 'm-2-of-2.gguf'], 'm.gguf'],
    ['another separator', ['m_1-of-2.bin', 'm_2-of-2.bin'], 'm.bin'],
    ['parts to be joined', ['m.gguf.part1of2', 'm.gguf.part2of2'], 'm.gguf'],
    ['splits to be joined', ['m.gguf-split-a', 'm.gguf-split-b', 'm.gguf-split-c'], 'm.gguf'],
    ['checkpoints', ['d/consolidated.00.pth', 'd/consolidated.01.pth'], 'd/consolidated.pth'],
    ['one checkpoint', ['consolidated.00.pth'], 'consolidated.pth'],
  ])('may be named with %s', (_what, paths, name) => {
    expect(findShards(paths)).toMatchObject([{ name, paths, problems: [] }])
  })

  it('tolerates other files, and paths that are named twice', () => {
    const paths = [...nameShards(2), ...nameShards(2), 'config.json', 'model.safetensors.index.json']
    expect(findShards(paths)).toEqual([
      { name: 'model.safetensors', totals: [2], paths: nameShards(2), problems: [] },
    ])
  })

  it.each([
    'model.gguf',
    'model-00001-of-00002/config.json',
    'train-00000-of-00001.parquet',
    'variables.data-00000-of-00001',
    '',
  ])('%j is not a shard', (path) => {
    expect(isShardName(path)).toBe(false)
  })
})

describe('a wrong set', () => {
  it('names the shards that are missing', () => {
    const [first = '', second = '', third = '', fourth = ''] = nameShards(4)
    const [set] = findShards([third, first])
    expect(set?.problems).toEqual([{ kind: 'missing-shards', paths: [second, fourth], count: 2 }])
  })

  it.each([
    [['m-1-of-3.gguf', 'm-3-of-3.gguf'], ['m-2-of-3.gguf']],
    [['m.gguf.part2of2'], ['m.gguf.part1of2']],
    [['m.gguf-split-a'], ['m.gguf-split-b']],
    [
      ['m.gguf-split-b', 'm.gguf-split-d'],
      ['m.gguf-split-a', 'm.gguf-split-c'],
    ],
    [['consolidated.00.pth', 'consolidated.02.pth'], ['consolidated.01.pth']],
    [['consolidated.01.pth'], ['consolidated.00.pth']],
  ])('of %j misses %j', (present, missing) => {
    const [set] = findShards(present)
    expect(set?.problems).toEqual([{ kind: 'missing-shards', paths: missing, count: missing.length }])
  })

  it('names the totals that are mixed, and what is missing of each', () => {
    const [set] = findShards([...nameShards(3), 'model-00001-of-00002.safetensors'])
    expect(set).toMatchObject({ totals: [2, 3] })
    expect(set?.problems).toEqual([
      { kind: 'mixed-totals', totals: [2, 3] },
      { kind: 'missing-shards', paths: ['model-00002-of-00002.safetensors'], count: 1 },
    ])
  })

  it.each([0, 3, 99_999])('names the number %i of 2', (number) => {
    const path = `model-${String(number).padStart(5, '0')}-of-00002.safetensors`
    const [set] = findShards([...nameShards(2), path])
    expect(set?.problems).toEqual([{ kind: 'bad-number', path, number, total: 2 }])
  })

  it('of no shards at all is only a bad number', () => {
    const [set] = findShards(['model-00000-of-00000.gguf'])
    expect(set?.problems).toMatchObject([{ kind: 'bad-number', number: 0, total: 0 }])
  })

  it('names no more than a hundred of 99,999, and counts them all', () => {
    const [set] = findShards(['model-00001-of-99999.gguf'])
    const [problem] = set?.problems ?? []
    expect(problem).toMatchObject({ kind: 'missing-shards', count: 99_998 })
    expect(problem?.kind === 'missing-shards' && problem.paths).toHaveLength(100)
  })

  it.each([undefined, 'a', [5]])('%j is refused', (paths) => {
    const invalid = expect.objectContaining({ code: 'INVALID_INPUT' })
    expect(() => findShards(paths as unknown as readonly string[])).toThrow(invalid)
  })
})

it('a long hostile name costs no time that matters', () => {
  expect(findShards([`${'-00001-of-'.repeat(1e5)}x`])).toEqual([])
})
