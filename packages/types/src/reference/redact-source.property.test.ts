import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactSource } from './redact-source.ts'

const secret = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => `s3cr3t${text}t3rc3s`)
const bareSecret = secret.map((text) => text.replaceAll('/', '_'))

describe('redactSource', () => {
  it.each<[where: string, secrets: fc.Arbitrary<string>, toSource: (text: string) => string]>([
    ['password', secret, (text) => `https://user:${text}@host.example/a/b?c=d`],
    ['password of a user with a dot', secret, (text) => `https://first.last:${text}@host.example/a`],
    ['password before a revision', secret, (text) => `https://user:${text}@host.example/org/repo@rev`],
    [
      'password before an address in the query',
      secret,
      (text) => `https://user:${text}@host.example/?to=a@b`,
    ],
    ['password that starts with digits', secret, (text) => `https://user:12${text}@host.example/a`],
    ['password that starts with a slash', secret, (text) => `s3://key:/${text}@bucket/a`],
    [
      'password behind a mirror',
      secret,
      (text) => `https://mirror.example/https://user:${text}@host.example/a`,
    ],
    ['password without a scheme', secret, (text) => `user:${text}@host.example:a/b`],
    ['user', bareSecret, (text) => `https://${text}@host.example/a/b`],
    ['query', secret, (text) => `https://host.example/a?token=${text}`],
    ['query of a hub', secret, (text) => `hf:org/repo@rev?token=${text}`],
    ['parameter', secret, (text) => `https://host.example/a;token=${text}`],
    ['parameter behind &', secret, (text) => `https://host.example/a&X-Amz-Signature=${text}`],
    ['encoded query', secret, (text) => `https://host.example/a%3Ftoken=${text}`],
    ['encoded fragment', secret, (text) => `https://host.example/a%23${text}`],
    ['encoded parameter', secret, (text) => `https://host.example/a%3Btoken%3D${text}`],
    ['full-width query', secret, (text) => `https://host.example/a\uFF1Ftoken=${text}`],
    ['full-width parameter', secret, (text) => `https://host.example/a\uFF06sig\uFF1D${text}`],
    ['pasted header', secret, (text) => `https://host.example/a Authorization: Bearer ${text}`],
    ['header before the address', secret, (text) => `Authorization: Bearer ${text} https://host.example/a`],
    ['named path', secret, (text) => `https://host.example/access_token=${text}/a`],
    ['fragment', secret, (text) => `https://user:x@host.example:8443/a#${text}`],
  ])('never shows the beginning or the end of a secret in the %s', (_where, secrets, toSource) => {
    fc.assert(
      fc.property(secrets, (text) => {
        const shown = redactSource(toSource(text))
        expect(shown).not.toContain('s3cr3t')
        expect(shown).not.toContain('t3rc3s')
      }),
    )
  })

  it('redacts what it has redacted no further where it shows a whole URL', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const shown = redactSource(url)
        expect(redactSource(shown)).toBe(shown)
      }),
    )
  })
})
