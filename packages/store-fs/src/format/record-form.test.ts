import { describe, expect, it } from 'vitest'
import {
  findChangeProblem,
  findContentProblem,
  findRecordProblem,
  findSettingsContentProblem,
  findTotalsFormProblem,
  isChainPoint,
  isModelId,
} from './record-form.ts'

/** A problem is told in words. */
const SAID = /\w/u
const point = [7, '0'.repeat(32)]
const change = { id: 'm', if: 0, entry: { id: 'm', state: 'Pending' } }
const commit = { operation: 'register', changes: [change] }
const record = {
  ...{ after: point, synced: point, writer: 'w', seq: 1, at: '2025-10-01T00:00:00.000Z' },
  commits: [commit],
}
const settings = { if: 0, content: { policy: {}, volumes: {} } }
const verification = { id: 'm', outcome: 'success', bytes: 1, duration_ms: 1 }

describe('a record', () => {
  it.each<[string, object]>([
    ['a commit', {}],
    ['no commits', { commits: undefined }],
    ['a seal', { seal: true }],
    ['the prefix of what it takes the place of', { mended: 'a'.repeat(32) }],
  ])('is well formed with %s', (_, fields) => {
    expect(findRecordProblem({ ...record, ...fields })).toBeUndefined()
  })

  it.each<[string, object]>([
    ['no place in the chain', { after: undefined }],
    ['a place of three parts', { after: [...point, 1] }],
    ['a place with a negative position', { after: [-1, point[1]] }],
    ['a place with a prefix that is too short', { after: [7, '0'.repeat(31)] }],
    ['a place with a prefix that is too long', { synced: [7, '0'.repeat(33)] }],
    ['a place that is not a list', { synced: { length: 2, 0: 7, 1: point[1] } }],
    ['a writer that is not a string', { writer: 7 }],
    ['a sequence number of zero', { seq: 0 }],
    ['a time that is not one', { at: 'yesterday' }],
    ['a time that is a number', { at: 0 }],
    ['a seal that is not true', { seal: false }],
    ['a mended prefix that is not one', { mended: 'a' }],
    ['commits that are not a list', { commits: {} }],
    ['a commit that is not an object', { commits: [commit, null] }],
  ])('is not well formed with %s', (_, fields) => {
    expect(findRecordProblem({ ...record, ...fields })).toMatch(SAID)
  })

  it.each([null, 7, 'record', [record]])('is not well formed if it is %j', (value) => {
    expect(findRecordProblem(value)).toMatch(SAID)
  })
})

describe('a commit', () => {
  it.each<[string, object]>([
    ['who and why', { actor: 'ada', reason: 'a trial' }],
    ['settings', { changes: [], settings }],
    ['a verification', { verification }],
    ['a verification that failed', { verification: { ...verification, outcome: 'unreadable', code: 'IO' } }],
  ])('is well formed with %s', (_, fields) => {
    expect(findContentProblem({ commits: [{ ...commit, ...fields }] })).toBeUndefined()
  })

  it.each<[string, object]>([
    ['no operation', { operation: undefined }],
    ['an actor that is not a string', { actor: 7 }],
    ['a reason that is not a string', { reason: null }],
    ['changes that are not a list', { changes: {} }],
    ['a second change that is wrong', { changes: [change, { ...change, if: -1 }] }],
    ['settings beside changes', { settings }],
    ['settings that are not an object', { changes: [], settings: 7 }],
    ['settings that are null', { changes: [], settings: null }],
    ['settings of no revision', { changes: [], settings: { ...settings, if: -1 } }],
    ['settings without a content', { changes: [], settings: { if: 0 } }],
    ['a verification that is not an object', { verification: 7 }],
    ['a verification of no model', { verification: { ...verification, id: '..' } }],
    ['a verification of no known outcome', { verification: { ...verification, outcome: 'perhaps' } }],
    ['a verification of less than no bytes', { verification: { ...verification, bytes: -1 } }],
  ])('is not well formed with %s', (_, fields) => {
    expect(findContentProblem({ commits: [{ ...commit, ...fields }] })).toMatch(/^commits\[0\]: \S/u)
  })
})

it('a commit that is not an object is told with its place', () => {
  expect(findContentProblem({ commits: [commit, null] })).toMatch(/^commits\[1\]: \S/u)
})

describe('a change', () => {
  it('is well formed with an entry, and with null for one that is gone', () => {
    expect(findChangeProblem(change)).toBeUndefined()
    expect(findChangeProblem({ ...change, entry: null })).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['it is not an object', null],
    ['its id is not one', { ...change, id: '..', entry: null }],
    ['its revision is missing', { ...change, if: undefined, entry: null }],
    ['its entry is missing', { id: 'm', if: 0 }],
    ['its entry has another id', { ...change, entry: { id: 'n', state: 'Pending' } }],
    ['its entry has a state that is not known', { ...change, entry: { id: 'm', state: 'Perhaps' } }],
  ])('is not well formed if %s', (_, value) => {
    expect(findChangeProblem(value)).toMatch(SAID)
  })
})

it('a place in the chain is a position and a prefix of 32 lower-case hexadecimal digits', () => {
  expect(isChainPoint(point)).toBe(true)
  expect(isChainPoint([7, 'A'.repeat(32)])).toBe(false)
  expect(isChainPoint([7, 7])).toBe(false)
  expect(isChainPoint([7, [point[1]]])).toBe(false)
  expect(isChainPoint([1.5, point[1]])).toBe(false)
})

it('a model id has at most 200 characters, and segments that begin with a letter or a digit', () => {
  expect(['m', 'org/m-1.gguf', 'm'.repeat(200)].map(isModelId)).toEqual([true, true, true])
  const wrong = ['', '/m', 'm/', 'a//b', '.m', 'm m', 'm\n', 'm'.repeat(201), 7, ['m']]
  expect(wrong.map(isModelId)).toEqual(wrong.map(() => false))
})

it('totals may be missing, and what is wrong with them is told', () => {
  expect(findTotalsFormProblem(undefined)).toBeUndefined()
  expect(findTotalsFormProblem({ since: 0, operations: { register: 1 } })).toBeUndefined()
  expect(findTotalsFormProblem({ since: -1, operations: {} })).toMatch(/"totals" \w/u)
})

it('the first field that is wrong in settings is told', () => {
  expect(findSettingsContentProblem({ policy: {}, volumes: {} })).toBeUndefined()
  expect(findSettingsContentProblem({ policy: { ctime_change: 7 }, volumes: 7 })).toMatch(
    /^settings\.policy\.ctime_change \w/u,
  )
})
