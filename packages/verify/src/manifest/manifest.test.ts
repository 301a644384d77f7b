import { createHash } from 'node:crypto'
import { isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { digestManifest, formatManifest, type ManifestFile } from './manifest.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)

function fieldsOf(files: unknown): readonly string[] {
  try {
    digestManifest(files as readonly ManifestFile[])
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems.map(({ field }) => field)
    throw error
  }
  return expect.unreachable('it was taken')
}

describe('a manifest', () => {
  it('is sorted in the order of bytes, not of UTF-16', () => {
    // UTF-8 puts U+FF5E before U+1F600, UTF-16 puts it after.
    const paths = ['b', 'a/b', 'a-b', 'B', '\u{1F600}', '\uFF5E', 'é', 'a']
    const files = paths.map((path) => ({ path, digest: A }))
    const order = ['B', 'a', 'a-b', 'a/b', 'b', 'é', '\uFF5E', '\u{1F600}']
    expect(formatManifest(files)).toBe(order.map((path) => `${A}  ${path}\n`).join(''))
  })

  it('has the digest of its text, whatever the order and the spelling', () => {
    const files = [
      { path: 'b', digest: B, sizeBytes: 5 },
      { path: 'a', digest: `sha256:${A.toUpperCase()}` },
    ]
    const digest = createHash('sha256').update(`${A}  a\n${B}  b\n`).digest('hex')
    expect(digestManifest(files)).toBe(digest)
    expect(digestManifest(files.toReversed())).toBe(digest)
  })
})

describe('no manifest', () => {
  const good = { path: 'a', digest: A }
  it.each<[string, unknown, readonly string[]]>([
    ['no list', undefined, ['files']],
    ['no files', [], ['files']],
    ['no file', [null], ['files.0']],
    ['a path twice', [good, good], ['files.1.path']],
    ['a path out of the root', [{ path: '../a', digest: A }], ['files.0.path']],
    ['an absolute path', [{ path: '/a', digest: A }], ['files.0.path']],
    ['a backslash', [{ path: 'a\\b', digest: A }], ['files.0.path']],
    ['a newline', [{ path: 'a\nb', digest: A }], ['files.0.path']],
    ['a path that is not a string', [{ path: 5, digest: A }], ['files.0.path']],
    ['a wrong digest', [{ path: 'a', digest: 'abc' }], ['files.0.digest']],
    ['a wrong size', [{ ...good, sizeBytes: -1 }], ['files.0.sizeBytes']],
    ['wrong in each', [good, {}], ['files.1.path', 'files.1.digest']],
  ])('%s', (_name, files, fields) => {
    expect(fieldsOf(files)).toEqual(fields)
  })

  it('says how many more problems there are', () => {
    expect(fieldsOf(Array.from({ length: 1000 }, () => null))).toHaveLength(21)
  })
})
