import { isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { parsePath } from '../file/parse-path.ts'
import { parseDigestRequest } from './digest-request.ts'

function problemFields(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems.map(({ field }) => field)
    throw error
  }
  return []
}

describe('a request for a digest', () => {
  it('takes the native engine and no symbolic links where nothing else is said', () => {
    expect(parseDigestRequest('/a', {})).toEqual({
      path: '/a',
      engine: 'native',
      followSymlink: false,
      expectedSizeBytes: undefined,
      chunkMap: false,
      bytesPerSecond: undefined,
    })
  })

  it.each([[''], ['a\0b'], [undefined], [7], [null], [new URL('file:///a')]])(
    'refuses %s as a path',
    (path) => {
      expect(problemFields(() => parseDigestRequest(path, {}))).toEqual(['path'])
      expect(problemFields(() => parsePath(path))).toEqual(['path'])
    },
  )

  it.each([-1, 0.5, Number.NaN, 2 ** 53, '5'])('refuses %s as a size', (expectedSizeBytes) => {
    const options = { expectedSizeBytes } as { expectedSizeBytes: number }
    expect(problemFields(() => parseDigestRequest('/a', options))).toEqual(['expectedSizeBytes'])
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5'])('refuses %s as a rate', (bytesPerSecond) => {
    const options = { bytesPerSecond } as { bytesPerSecond: number }
    expect(problemFields(() => parseDigestRequest('/a', options))).toEqual(['bytesPerSecond'])
  })

  it('refuses a rate for the engine that cannot keep it', () => {
    const options = { bytesPerSecond: 1000, engine: 'wasm' } as const
    expect(problemFields(() => parseDigestRequest('/a', options))).toEqual(['bytesPerSecond'])
  })

  it('names all that is wrong at once', () => {
    const options = { engine: 'md5' as never, expectedSizeBytes: -1 }
    expect(problemFields(() => parseDigestRequest('', options))).toEqual([
      'path',
      'engine',
      'expectedSizeBytes',
    ])
  })
})
