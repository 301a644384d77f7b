import { describe, expect, it } from 'vitest'
import { findInvalidFields } from '../test/input-problems.ts'
import { LIFECYCLE_STATES } from './lifecycle-state.ts'
import { parseLifecycleState, parseListQuery } from './list-query.ts'

describe('parseListQuery', () => {
  it.each([{}, { state: 'Active' }, { name: '', after: '../x', limit: 1 }, { limit: undefined }])(
    'accepts %j',
    (query) => {
      expect(parseListQuery(query)).toEqual(query)
    },
  )

  it.each([
    ['query', undefined],
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
    ['tag', { tag: 'x' }],
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
