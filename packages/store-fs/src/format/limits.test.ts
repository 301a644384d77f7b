import { writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { assertFitsRecord, MAX_LINE_BYTES, readWithin } from './limits.ts'

const MAX_CALL_BYTES = 14 << 20

describe('the commits of one call', () => {
  const commitOf = (text: string) => ({ wire: { operation: 'register', changes: [] }, text })
  const check = (...texts: string[]) => assertFitsRecord(texts.map(commitOf))

  it('may have 14 MiB of JSON together, which is less than a line may have', () => {
    expect(() => check('x'.repeat(MAX_CALL_BYTES - 1), 'x')).not.toThrow()
    expect(MAX_CALL_BYTES).toBeLessThan(MAX_LINE_BYTES)
  })

  it.each([
    ['a byte more', ['x'.repeat(MAX_CALL_BYTES), 'x']],
    ['a character of two bytes at the end', ['x'.repeat(MAX_CALL_BYTES - 1), 'é']],
  ])('are INVALID_INPUT with %s', (_, texts) => {
    const isRefused = (error: unknown) =>
      isCatalogError(error, 'INVALID_INPUT') && error.details.problems[0]?.field === 'commits'
    expect(() => check(...texts)).toThrow(expect.toSatisfy(isRefused))
  })
})

describe('a file that may have so many bytes', () => {
  const directory = useTemporaryDirectory()

  it('is read whole if it is as long as that, and is UNSUPPORTED_FORMAT if it is longer', async () => {
    const path = directory.at('file')
    await writeFile(path, 'four')
    const file = await nodeFileSystem.open(path, 'read')
    try {
      expect(String(await readWithin(file, path, 4))).toBe('four')
      await expect(readWithin(file, path, 3)).rejects.toMatchObject({
        code: 'UNSUPPORTED_FORMAT',
        details: { path, found: '4 bytes', supported: 'at most 3 bytes' },
      })
    } finally {
      await file.close()
    }
  })
})
