import { describe, expect, it } from 'vitest'
import { addCommitExtra, findCommitExtra } from './commit-extra.ts'

const known = {
  ...{ at: '2026-01-01T00:00:00.000Z', operation: 'verify', actor: 'ann', reason: 'why' },
  changes: [{ id: 'm', if: 0, entry: null }],
  verification: { id: 'm', outcome: 'success', bytes: 1, duration_ms: 2, code: 'IO' },
}
/** As JSON has it: `__proto__` is a field like any other. */
const newer = JSON.parse(`{
  "request": {"id": 12345, "__proto__": 1}, "__proto__": {"polluted": 1},
  "changes": [{"id": "m", "if": 0, "entry": null, "hint": "x"}],
  "verification": {"id": "m", "outcome": "success", "bytes": 1, "duration_ms": 2, "code": "IO", "engine": "fast"},
  "at": "2026-01-01T00:00:00.000Z", "operation": "verify", "actor": "ann", "reason": "why"
}`)

describe('findCommitExtra', () => {
  it('finds nothing in a commit of this version', () => {
    expect(findCommitExtra(known, 'm')).toBeUndefined()
    expect(findCommitExtra({}, 'm')).toBeUndefined()
  })

  it('finds the fields of a newer version where they are stored', () => {
    const extra = findCommitExtra(newer, 'm')
    expect(JSON.stringify(extra)).toBe(
      '{"request":{"id":12345,"__proto__":1},"__proto__":{"polluted":1},"changes":[{"hint":"x"}],"verification":{"engine":"fast"}}',
    )
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('leaves out those of the change and the verification of another model', () => {
    expect(Object.keys(findCommitExtra(newer, 'other') ?? {})).toEqual(['request', '__proto__'])
  })
})

describe('addCommitExtra', () => {
  it('gives the commit back', () => {
    const written = JSON.stringify(addCommitExtra(known, findCommitExtra(newer, 'm')))
    expect(JSON.parse(written)).toEqual(newer)
    expect(Object.keys(JSON.parse(written))).toContain('__proto__')
    expect(addCommitExtra(known, undefined)).toBe(known)
  })

  it('lets no unknown field stand in for a known one', () => {
    const extra = { actor: 'eve', changes: [{ if: 9, entry: 1 }], verification: { bytes: 9 } }
    expect(addCommitExtra(known, extra)).toEqual(known)
    expect(addCommitExtra({}, extra)).toEqual({})
  })
})
