import { expect, it } from 'vitest'
import { findNearestName } from './nearest-name.ts'

const names = ['ifRevision', 'wait', 'actor', 'reason', 'signal', 'onProgress', 'forMs', 'readOnly']

it.each([
  ['ifRevison', 'ifRevision'],
  ['ifrevision', 'ifRevision'],
  ['redOnly', 'readOnly'],
  ['singal', 'signal'],
  ['onprogres', 'onProgress'],
  ['wiat', 'wait'],
  ['formS', 'forMs'],
])('%s was meant to be %s', (written, meant) => {
  expect(findNearestName(written, names)).toBe(meant)
})

it.each(['', 'x', 'for', 'timeout', 'constructor', 'a'.repeat(1e6)])('%.20s is near no name', (written) => {
  expect(findNearestName(written, names)).toBeUndefined()
})
