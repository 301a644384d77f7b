import { describe, expect, it } from 'vitest'
import { isShardIndexName, parseShardIndex } from './shard-index.ts'

const parse = (text: string) => parseShardIndex(new TextEncoder().encode(text))
const index = (weightMap: unknown, metadata?: unknown): string =>
  JSON.stringify({ metadata, weight_map: weightMap })

describe('an index', () => {
  it('names its distinct shards and the bytes of its tensors', () => {
    const text = index({ a: 's2', b: 's1', c: 's2' }, { total_size: 5 })
    expect(parse(text)).toEqual({ shards: ['s1', 's2'], totalBytes: 5 })
    expect(parse(`\uFEFF${index({ a: 's' })}`)).toEqual({ shards: ['s'], totalBytes: undefined })
  })

  it('may call a tensor __proto__ or constructor, which does nothing', () => {
    expect(parse('{"weight_map":{"__proto__":"s1","constructor":"s2"}}')).toMatchObject({
      shards: ['s1', 's2'],
    })
    expect({}).not.toHaveProperty('weight_map')
  })

  it.each([
    'a/model.safetensors.index.json',
    'pytorch_model.bin.index.json',
    'm.safetensors.index.fp16.json',
  ])('has the name %s', (path) => expect(isShardIndexName(path)).toBe(true))

  it.each(['index.json', 'faiss.index.json', 'model.safetensors.index.json.bak', 'model.safetensors.json'])(
    'has not the name %s',
    (path) => expect(isShardIndexName(path)).toBe(false),
  )
})

describe('a hostile or broken index is refused', () => {
  it.each([
    ['no JSON', '{"weight_map":'],
    ['nothing', ''],
    ['no object', '5'],
    ['null', 'null'],
    ['no weight_map', '{}'],
    ['a weight_map of the prototype', '{"__proto__":{"weight_map":{"a":"s"}}}'],
    ['a list', index(['s'])],
    ['an empty weight_map', index({})],
    ['a shard that is not a string', index({ a: 5 })],
    ['a shard that is an object', index({ a: { b: 's' } })],
    ['an absolute path', index({ a: '/etc/passwd' })],
    ['a path out of the directory', index({ a: '../s' })],
    ['a path out of the directory further on', index({ a: 'a/../../s' })],
    ['a Windows path', index({ a: 'C:\\s' })],
    ['a NUL', index({ a: 's\0' })],
    ['an empty path', index({ a: '' })],
    ['a path of 2,000 characters', index({ a: 's'.repeat(2000) })],
    ['a size that is not a number', index({ a: 's' }, { total_size: '5' })],
    ['a size below zero', index({ a: 's' }, { total_size: -5 })],
    ['a size of many', '{"weight_map":{"a":"s"},"metadata":{"total_size":1e300}}'],
    ['depth 20', `{"weight_map":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`],
    [
      'too many shards',
      index(Object.fromEntries(Array.from({ length: 100_001 }, (_, at) => [at, `s${at}`]))),
    ],
  ])('%s', (_name, text) => {
    expect(parse(text)).toEqual({ problem: expect.any(String) })
  })

  it('a million levels deep, also behind a quoted bracket', () => {
    expect(parse('['.repeat(1e6))).toEqual({ problem: expect.stringContaining('deeper') })
    expect(parse(`["\\"]",${'{"a":'.repeat(1e6)}`)).toEqual({ problem: expect.stringContaining('deeper') })
  })

  it('brackets within strings do not count as depth', () => {
    expect(parse(index({ [`${'['.repeat(100)}"`]: 's' }))).toMatchObject({ shards: ['s'] })
  })

  it('that is not UTF-8', () => {
    expect(parseShardIndex(Uint8Array.of(0xff, 0xfe))).toEqual({ problem: 'is not UTF-8' })
  })

  it('without quoting a byte of it', () => {
    expect(JSON.stringify(parse('root:secret:0:0'))).not.toContain('secret')
  })
})
