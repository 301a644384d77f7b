import { describe, expect, it } from 'vitest'
import { findInvalidFields } from '../../test/input-problems.ts'
import { decodeEntry } from '../adapter/entry-codec.ts'
import { LIFECYCLE_STATES } from '../entry/lifecycle-state.ts'
import { toCursor } from '../query/list-order.ts'
import { parseListQuery } from './list-query-schema.ts'
import { parseLifecycleState } from './value-schemas.ts'

const ENTRY = decodeEntry(
  {
    id: 'llama',
    name: 'Llama',
    source: 's',
    digest: null,
    state: 'Pending',
    registered_at: '2025-10-01T00:00:00Z',
    verified_at: null,
  },
  1,
)

describe('parseListQuery', () => {
  it.each([
    {},
    { state: 'Active' },
    { name: '', after: '../x', limit: 1 },
    { limit: undefined },
    { state: ['Active', 'Failed'], tag: ['a', 'b'], text: 'x', source: 'anything', file: 'a', location: 'b' },
    { sizeBytes: { min: 7, max: 7 }, verifiedAt: { from: '2025-10-01', to: '2025-10-01T02:00:00+02:00' } },
    { architecture: 'llama', quantisation: 'q4_k_m', parameters: { min: 7e9, max: 13e9 } },
    { order: '-id', after: 'llama' },
    { order: '-size', after: toCursor(ENTRY, '-size') },
    { order: 'name', after: toCursor({ ...ENTRY, name: 'n\u{1F600} "\u2028' }, 'name') },
  ])('accepts %j', (query) => {
    expect(parseListQuery(query)).toEqual(query)
  })

  it('gives a digest its one spelling', () => {
    const digest = 'AB'.repeat(32)
    expect(parseListQuery({ digest: `sha256:${digest}` })).toEqual({ digest: digest.toLowerCase() })
  })

  it.each([
    ['query', null],
    ['query', 'Active'],
    ['state', { state: 'active' }],
    ['state', { state: null }],
    ['name', { name: 7 }],
    ['after', { after: null }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 1.5 }],
    ['limit', { limit: '10' }],
    ['limit', { limit: Number.POSITIVE_INFINITY }],
    ['colour', { colour: 'x' }],
    ['state', { state: [] }],
    ['state', { state: ['Active', 'x'] }],
    ['digest', { digest: 'sha1:abc' }],
    ['tag', { tag: [] }],
    ['tag', { tag: [7] }],
    ['text', { text: '' }],
    ['sizeBytes', { sizeBytes: 7 }],
    ['sizeBytes', { sizeBytes: { min: 2, max: 1 } }],
    ['parameters', { parameters: { min: 2, max: 1 } }],
    ['parameters.min', { parameters: { min: 0.5 } }],
    ['architecture', { architecture: '' }],
    ['sizeBytes.min', { sizeBytes: { min: -1 } }],
    ['sizeBytes.most', { sizeBytes: { most: 1 } }],
    ['registeredAt', { registeredAt: { from: '2025-10-02', to: '2025-10-01T23:59:59Z' } }],
    ['registeredAt.from', { registeredAt: { from: '2025-02-30' } }],
    ['verifiedAt.to', { verifiedAt: { to: '2025-10-01T00:00:00' } }],
    ['verifiedAt.to', { verifiedAt: { to: 1759276800000 } }],
    ['order', { order: 'revision' }],
    ['order', { order: '--id' }],
    ['after', { order: 'name', after: 'llama' }],
    ['after', { order: '-name', after: toCursor(ENTRY, 'name') }],
    ['after', { order: 'size', after: btoa('["size","7","a"]') }],
  ])('names the wrong field %s in %j', (field, query) => {
    expect(findInvalidFields(() => parseListQuery(query))).toEqual([field])
  })

  it('gathers all problems at once', () => {
    const query = { state: 'x', limit: -1, sort: 'name', order: 'up' }
    expect(findInvalidFields(() => parseListQuery(query))).toEqual(['limit', 'order', 'sort', 'state'])
  })
})

describe('parseLifecycleState', () => {
  it.each(LIFECYCLE_STATES)('accepts %s', (state) => {
    expect(parseLifecycleState(state)).toBe(state)
  })

  it.each(['active', 'constructor', '', null, undefined, 0])('refuses %j', (value) => {
    expect(findInvalidFields(() => parseLifecycleState(value))).toEqual(['state'])
  })
})
