import { expect, it } from 'vitest'
import type { EntryContent } from '../entry/model-entry.ts'
import { parseModelId } from '../entry/model-id.ts'
import {
  assertCallBytes,
  assertCommitLength,
  assertSettingsBytes,
  checkCommitWithinLimits,
} from './commit-limits.ts'

const id = parseModelId('m')
const entry: EntryContent = {
  ...{ id, name: 'm', source: 'hf:m', digest: null, state: 'Pending', verifiedAt: null },
  registeredAt: '2025-10-01T00:00:00.000Z',
}

function check(extra: unknown): unknown {
  const change = { id, ifRevision: 0, entry: { ...entry, extra: { extra } } }
  return checkCommitWithinLimits({ operation: 'register', changes: [change] })
}

function nest(levels: number): unknown {
  let nested: unknown = 1
  for (let level = 0; level < levels; level += 1) nested = level % 2 === 0 ? [nested] : { a: nested }
  return nested
}

it('an entry may be nested to 62 levels, and is INVALID_INPUT beyond, however deep', () => {
  expect(check(nest(61))).toMatchObject({ operation: 'register' })
  const refused = expect.objectContaining({
    code: 'INVALID_INPUT',
    details: { problems: [{ field: 'changes', problem: expect.stringContaining('62 levels') }] },
  })
  expect(() => check(nest(62))).toThrow(refused)
  for (let levels = 500; levels < 12_000; levels += 500) expect(() => check(nest(levels))).toThrow(refused)
})

it.each([
  ['a commit', assertCommitLength, 4 << 20, 'changes'],
  ['a call', assertCallBytes, 14 << 20, 'commits'],
  ['settings', assertSettingsBytes, 2 << 20, 'settings'],
])('%s may be as long as its limit, and is INVALID_INPUT beyond', (_what, assertLength, limit, field) => {
  expect(() => assertLength(limit)).not.toThrow()
  expect(() => assertLength(limit + 1)).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      details: { problems: [{ field, problem: expect.stringContaining(`${limit}`) }] },
    }),
  )
})
