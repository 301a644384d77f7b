import type { ModelEntry } from '@catalog/types'
import { expect, it } from 'vitest'
import { EntryCache } from './entry-cache.ts'

function createCounting() {
  const cache = new EntryCache()
  const decoded: string[] = []
  const get = (text: string): ModelEntry =>
    cache.get(text, (name) => {
      decoded.push(name)
      return Object.freeze({ name }) as ModelEntry
    })
  return { get, decoded }
}

it('decodes the same text once', () => {
  const { get, decoded } = createCounting()
  expect(get('a')).toBe(get('a'))
  expect(get('b')).toMatchObject({ name: 'b' })
  expect(decoded).toEqual(['a', 'b'])
})

it('forgets what was not read for long, and keeps what is read over and over', () => {
  const { get, decoded } = createCounting()
  const often = get('often')
  for (let number = 0; number < 300; number += 1) {
    get(`${number}`.padEnd(100_000))
    expect(get('often')).toBe(often)
  }
  expect(decoded.filter((text) => text === 'often')).toHaveLength(1)
  get('0'.padEnd(100_000))
  expect(decoded.filter((text) => text === '0'.padEnd(100_000))).toHaveLength(2)
})

it('does not keep a very long text', () => {
  const { get, decoded } = createCounting()
  get('x'.repeat(1 << 20))
  get('x'.repeat(1 << 20))
  expect(decoded).toHaveLength(2)
})
