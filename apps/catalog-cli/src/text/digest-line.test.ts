import { expect, it } from 'vitest'
import { formatDigestLine } from './digest-line.ts'

it.each([
  ['model.gguf', 'abc  model.gguf'],
  ['with space.gguf', 'abc  with space.gguf'],
  ['back\\slash', '\\abc  back\\\\slash'],
  ['line\nbreak', '\\abc  line\\nbreak'],
  ['carriage\rreturn', '\\abc  carriage\\rreturn'],
])('writes %j as sha256sum does', (path, line) => {
  expect(formatDigestLine('abc', path)).toBe(line)
})
