import { sampleEntry } from '@catalog/testkit'
import type { Commit } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { encodeCommit } from '../src/format/commit-codec.ts'

const entry = sampleEntry({ id: 'm' })
const { id } = entry
const commitOf = (extra: Readonly<Record<string, unknown>>): Commit => ({
  operation: 'register',
  changes: [{ id, ifRevision: 0, entry: { ...entry, extra } }],
})

function nest(levels: number): unknown {
  let nested: unknown = 1
  for (let level = 0; level < levels; level += 1) nested = [nested]
  return nested
}

const refuses = (commit: Commit, field: string) =>
  expect(() => encodeCommit(commit)).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      details: { problems: [expect.objectContaining({ field })] },
    }),
  )

// Apart from the other tests of a commit, as they are quick.
describe('a commit', () => {
  it('may have an entry nested to 62 levels, and is INVALID_INPUT beyond, however deep', () => {
    expect(encodeCommit(commitOf({ deep: nest(61) })).text).toContain('['.repeat(61))
    refuses(commitOf({ deep: nest(62) }), 'changes')
    // What is too deep for the stack is that here or there, by how deep it is.
    for (let levels = 500; levels < 12_000; levels += 500)
      refuses(commitOf({ deep: nest(levels) }), 'changes')
  })

  it('may have 4 Mi characters of JSON, and is INVALID_INPUT beyond', () => {
    const around = encodeCommit(commitOf({ long: '' })).text.length
    const longest = 'é'.padEnd((4 << 20) - around, 'x')
    expect(encodeCommit(commitOf({ long: longest })).text).toHaveLength(4 << 20)
    refuses(commitOf({ long: `${longest}x` }), 'changes')
  })
})
