import { describe, expect, it } from 'vitest'
import { toSaidText } from './page-text.ts'

describe('what a page says', () => {
  it('is one line of visible characters', () => {
    expect(toSaidText('  Entry\r\n\tnot\u0000 found\u001b[31m \u202e!\u2028 ')).toBe('Entry not found [31m !')
  })

  it('has at most 200 characters, cut between characters', () => {
    expect(toSaidText('ab '.repeat(1000))).toHaveLength(200)
    expect(toSaidText(`${'a b '.repeat(49)}abc\u{1F600}\u{1F600}`)).toBe(`${'a b '.repeat(49)}abc…`)
  })

  it.each([
    'Invalid username or password.',
    'Invalid credentials in Authorization header',
    'Access to model a/b is restricted. You must be authenticated to access it.',
  ])('stays as it is without a secret: %s', (text) => {
    expect(toSaidText(text)).toBe(text)
  })

  it.each([
    [
      'a URL',
      'see https://user:SECRET@host.example/a?token=SECRET#SECRET now',
      'see https://host.example/a now',
    ],
    ['a header', 'Authorization: Bearer SECRET', 'Authorization: …'],
    ['a bearer', 'with bearer SECRET.', 'with bearer …'],
    ['a JSON field', '{"access_token": "SECRET and SECRET", "a": 1}', '{"access_token": …, "a": 1}'],
    ['a query', 'X-Amz-Signature=SECRET&X-Amz-Date=5', 'X-Amz-Signature=…&X-Amz-Date=5'],
    ['a password', 'password=SECRET;', 'password=…;'],
    ['a user', 'at user:SECRET@host', 'at …@host'],
    ['a token', 'token hf_SECRET is wrong', 'token … is wrong'],
    ['a long key', `key ${'SECRET0123456789/+'.repeat(3)}== bad`, 'key … bad'],
  ])('never has a secret: %s', (_name, text, said) => {
    expect(toSaidText(text)).toBe(said)
  })

  it('never has half a secret, where the text is cut', () => {
    expect(toSaidText(`a${' '.repeat(3990)}user:SECRET${'x'.repeat(100)}@host`)).toBe('a')
  })

  it.each(['a:', 'a', '://', '"', 'key="', 'key ', '@', 'bearer '])(
    'takes no time over many of %j',
    (part) => {
      expect(toSaidText(part.repeat(1e6)).length).toBeLessThanOrEqual(200)
    },
  )
})
