import { describe, expect, it } from 'vitest'
import { findListedDigest } from './find-listed-digest.ts'
import { parseManifest } from './parse-manifest.ts'

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string]

describe('the digest of one file in a list of many', () => {
  const files = parseManifest(
    `${A}  m-Q4.gguf\n${B}  m-Q8.gguf\n${C}  sub/m-Q4.gguf\n${B}  x/w.bin\n${B}  y/w.bin\n`,
  )

  it.each([
    ['m-Q4.gguf', A],
    ['/data/m-Q4.gguf', A],
    ['/data/sub/m-Q4.gguf', C],
    ['C:\\data\\sub\\m-Q4.gguf', C],
    ['/data/am-Q4.gguf', undefined],
    ['/data/w.bin', B],
    ['/data/m-Q5.gguf', undefined],
  ])('of %s is %s', (path, digest) => {
    expect(findListedDigest(files, path)).toBe(digest)
  })

  it('is refused where directories differ, and the path does not say which', () => {
    const list = parseManifest(`${A}  x/w.bin\n${B}  y/w.bin\n`)
    expect(findListedDigest(list, '/data/y/w.bin')).toBe(B)
    expect(() => findListedDigest(list, '/data/w.bin')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  })
})
