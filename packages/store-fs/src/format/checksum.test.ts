import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { checksumOf, extendPrefix, FIRST_PREFIX } from './checksum.ts'

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

it('a checksum is the first 32 hexadecimal characters of the SHA-256, of a string as of its bytes', () => {
  // FIPS 180-2, appendix B.1.
  expect(checksumOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223')
  expect(checksumOf(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223')
  expect(checksumOf('né')).toBe(sha256('né').slice(0, 32))
})

it('a prefix digest is the checksum of the digest before it and the line', () => {
  const line = Buffer.from('a line of some bytes: é')
  expect(extendPrefix(FIRST_PREFIX, line)).toBe(
    sha256(Buffer.concat([Buffer.from(FIRST_PREFIX), line])).slice(0, 32),
  )
})

it('a prefix digest changes with every byte of the line, and with the digest before it', () => {
  const line = Buffer.from('line')
  const digests = [extendPrefix(FIRST_PREFIX, line), extendPrefix('1'.padStart(32, '0'), line)]
  for (const index of line.keys()) {
    const other = Buffer.from(line)
    other[index] = (other[index] ?? 0) ^ 1
    digests.push(extendPrefix(FIRST_PREFIX, other))
  }
  expect(new Set(digests).size).toBe(digests.length)
})
