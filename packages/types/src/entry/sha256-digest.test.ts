import { describe, expect, it } from 'vitest'
import { findInvalidFields } from '../../test/input-problems.ts'
import { sha256DigestSchema } from '../schema/value-schemas.ts'
import { parseSha256Digest } from './sha256-digest.ts'

const hex = '0123456789abcdef'.repeat(4)

const good = [hex, hex.toUpperCase(), `sha256:${hex}`, `SHA256:${hex}`, `sha256:${hex.toUpperCase()}`]

const bad: readonly [what: string, value: unknown][] = [
  ['63 characters', hex.slice(1)],
  ['65 characters', `${hex}0`],
  ['no characters', ''],
  ['a prefix only', 'sha256:'],
  ['two prefixes', `sha256:sha256:${hex}`],
  ['another algorithm', `md5:${hex}`],
  ['a prefix with a letter that folds to s', `\u017Fha256:${hex}`],
  ['a letter beyond f', `${hex.slice(1)}g`],
  ['a space before it', ` ${hex}`],
  ['a newline behind it', `${hex}\n`],
  ['wide digits', '\uFF10'.repeat(64)],
  ['1 MB of characters', 'a'.repeat(2 ** 20)],
  ['a number', 12],
  ['null', null],
  ['undefined', undefined],
]

describe('parseSha256Digest', () => {
  it.each(good)('gives %s its one spelling', (text) => {
    expect(parseSha256Digest(text)).toBe(hex)
  })

  it.each(bad)('refuses a digest with %s', (_what, value) => {
    expect(findInvalidFields(() => parseSha256Digest(value))).toEqual(['digest'])
    expect(sha256DigestSchema.safeParse(value).success).toBe(false)
  })

  it('names the field that the caller gives', () => {
    expect(findInvalidFields(() => parseSha256Digest('', 'expected'))).toEqual(['expected'])
  })
})
