import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCatalogError } from '../error/catalog-error.ts'
import { ModelRef } from './model-ref.ts'

const HEX = 'AB'.repeat(32)
/** These are quick: twenty times as many as of others. */
const RUNS = 20 * (fc.readConfigureGlobal()?.numRuns ?? 100)

describe('any text', () => {
  // Pieces that mean something, put together without sense.
  const pieces = fc.constantFrom(
    ...[
      'hf:',
      'file:',
      'https:',
      'HTTP:',
      's3:',
      'oci:',
      'C:',
      '//',
      '/',
      '\\',
      '@',
      ':',
      '?',
      '#',
      '%',
      '%2F',
    ],
    ...[
      '%2e',
      '%ff',
      '..',
      '.',
      '.git',
      'main',
      'huggingface.co',
      'resolve',
      'tree',
      'org',
      'repo',
      'localhost',
    ],
    ...[
      '[::1]',
      ':80',
      ':443',
      'ä',
      'ſ',
      '%c3%a4',
      ' ',
      '1',
      'x.gguf',
      'refs/pr/1',
      `@sha256:${HEX}`,
      'Ⅷ',
      '\u202e',
    ],
  )
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string({ unit: 'binary' }),
  )

  it('is refused with INVALID_INPUT, or has one spelling', () => {
    const property = fc.property(texts, (text) => {
      const ref = parseOrRefuse(text)
      if (ref !== undefined) expect(ModelRef.parse(ref.text)).toEqual(ref)
    })
    fc.assert(property, { numRuns: RUNS })
  })

  it('keeps no credential, in any surroundings', () => {
    const secret = 'hunter2'
    const extra = fc
      .array(fc.oneof(pieces, fc.constant(secret)), { maxLength: 4 })
      .map((parts) => parts.join(''))
    const urls = fc.tuple(fc.constantFrom('https', 'HTTP', 's3', 'hf', 'oci', 'file'), extra, extra, extra)
    const property = fc.property(urls, ([scheme, user, path, query]) => {
      const clean = path.replaceAll(secret, '').replace(/[\\@?#]/gu, '')
      const text = `${scheme}://bob:${user}${secret}@host.example/org/${clean}?${query}${secret}`
      expect(JSON.stringify(parseOrRefuse(text) ?? '').toLowerCase()).not.toContain(secret)
    })
    fc.assert(property, { numRuns: RUNS })
  })
})

function parseOrRefuse(text: string): ModelRef | undefined {
  try {
    return ModelRef.parse(text)
  } catch (error) {
    if (!isCatalogError(error, 'INVALID_INPUT')) throw error
    expect(error.message).not.toContain('hunter2')
    return undefined
  }
}
