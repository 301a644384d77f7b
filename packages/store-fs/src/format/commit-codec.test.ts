import { sampleEntry } from '@catalog/testkit'
import type { Commit } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { encodeCommit } from './commit-codec.ts'
import { DECODED } from './record.ts'
import { findContentProblem } from './record-form.ts'

const entry = sampleEntry({ id: 'm' })
const { id } = entry
const refuses = (commit: Commit, field: string) =>
  expect(() => encodeCommit(commit)).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      details: { problems: [expect.objectContaining({ field })] },
    }),
  )

describe('a commit', () => {
  it('is written with its changes, and no more', () => {
    const { wire, text } = encodeCommit({
      operation: 'update',
      changes: [
        { id, ifRevision: 2, entry },
        { id: sampleEntry({ id: 'n' }).id, ifRevision: 1, entry: null },
      ],
    })
    const { revision: _, ...written } = encodeEntry({ ...entry, revision: 3 })
    expect(JSON.parse(text)).toStrictEqual({
      operation: 'update',
      changes: [
        { id: 'm', if: 2, entry: written },
        { id: 'n', if: 1, entry: null },
      ],
    })
    expect(Object.keys(wire)).toEqual(['operation', 'changes'])
    expect(wire.changes[0]?.[DECODED]).toEqual({ ...entry, revision: 3 })
    expect(wire.changes[1]).toStrictEqual({ id: 'n', if: 1, entry: null })
    expect(findContentProblem({ commits: [wire] })).toBeUndefined()
  })

  it('is written with who, why and a verification', () => {
    const verification = { id, outcome: 'success', bytes: 7, durationMs: 5 } as const
    const { text } = encodeCommit({
      operation: 'verify',
      actor: 'ada',
      reason: 'a trial',
      changes: [],
      verification,
    })
    expect(JSON.parse(text)).toStrictEqual({
      operation: 'verify',
      actor: 'ada',
      reason: 'a trial',
      changes: [],
      verification: { id: 'm', outcome: 'success', bytes: 7, duration_ms: 5 },
    })
  })

  it('is INVALID_INPUT if no store could read it back', () => {
    const removal = { id, ifRevision: 2 ** 52 + 1, entry: null }
    refuses({ operation: 'remove', changes: [removal] }, 'commits')
    refuses({ operation: 7 as unknown as string, changes: [{ ...removal, ifRevision: 1 }] }, 'commits')
  })

  it('is refused for what is wrong with it, not for its depth, if that is what is wrong', () => {
    refuses({ operation: 'register', changes: [{ id, ifRevision: -1, entry }] }, 'ifRevision')
  })
})
