import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type CatalogErrorCode, isCatalogError, parseSha256Digest, type Sha256Digest } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { CHUNK_BYTES, type ChunkMap, createChunkMap } from './chunk-map.ts'
import { formatChunkMap, parseChunkMap } from './chunk-map-format.ts'

const SIZE_BYTES = 2 * CHUNK_BYTES + 5
const MAP = createChunkMap(toDigest('file'), SIZE_BYTES, ['a', 'b', 'c'].map(toDigest))
const EXPECTED = { digest: MAP.digest, sizeBytes: SIZE_BYTES, path: 'chunks/a' }

function toDigest(text: string): Sha256Digest {
  return parseSha256Digest(createHash('sha256').update(text).digest('hex'))
}

function codeOf(run: () => unknown): CatalogErrorCode | undefined {
  try {
    run()
  } catch (error) {
    if (isCatalogError(error)) return error.code
    throw error
  }
  return undefined
}

/** Gives a text a right checksum, as another program that writes chunk maps would. */
function reseal(text: string): string {
  const content = text.slice(0, text.indexOf('checksum '))
  return `${content}checksum ${createHash('sha256').update(content).digest('hex')}\n`
}

describe('the stored form of a chunk map', () => {
  it('is text that tells whose map it is', () => {
    const content = [
      'catalog-chunk-map 1',
      `digest ${MAP.digest}`,
      `size ${SIZE_BYTES}`,
      `chunk ${CHUNK_BYTES}`,
      ...MAP.chunks,
      '',
    ].join('\n')
    const checksum = createHash('sha256').update(content).digest('hex')
    expect(formatChunkMap(MAP)).toBe(`${content}checksum ${checksum}\n`)
  })

  it('is the one of its documentation', () => {
    const page = readFileSync(new URL('../../../../docs/verification.md', import.meta.url), 'utf8')
    const example = /```\n(catalog-chunk-map .*?)```/su.exec(page)?.[1]
    expect(example).toBe(formatChunkMap(createChunkMap(toDigest('abc'), 3)))
  })

  it.each([
    ['of several chunks', MAP],
    ['of one chunk', createChunkMap(toDigest('one'), 5)],
    ['of an empty file', createChunkMap(toDigest(''), 0)],
  ])('%s is read as it was written, as text, as bytes and through JSON', (_name, map) => {
    const stored = formatChunkMap(map)
    const expected = { ...map, path: 'a' }
    expect(parseChunkMap(stored, expected)).toEqual(map)
    expect(parseChunkMap(new TextEncoder().encode(stored), expected)).toEqual(map)
    expect(parseChunkMap(formatChunkMap(JSON.parse(JSON.stringify(map))), expected)).toEqual(map)
  })

  it('is taken for a digest written in upper case', () => {
    const digest = `sha256:${MAP.digest.toUpperCase()}`
    expect(parseChunkMap(formatChunkMap(MAP), { ...EXPECTED, digest })).toEqual(MAP)
  })
})

describe('a stored map that is not believed', () => {
  const stored = formatChunkMap(MAP)

  it('cut at any byte', () => {
    for (let length = 0; length < stored.length; length++) {
      expect(codeOf(() => parseChunkMap(stored.slice(0, length), EXPECTED))).toBe('DAMAGED')
    }
  })

  it('with any bit flipped', () => {
    const bytes = new TextEncoder().encode(stored)
    const codes = new Set<CatalogErrorCode | undefined>()
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const index = bit >> 3
      const flipped = bytes.with(index, (bytes[index] ?? 0) ^ (1 << (bit & 7)))
      codes.add(codeOf(() => parseChunkMap(flipped, EXPECTED)))
    }
    expect([...codes].sort()).toEqual(['DAMAGED', 'UNSUPPORTED_FORMAT'])
  })

  it.each([
    ['of another file', stored, { digest: 'f'.repeat(64) }],
    ['of another size', stored, { sizeBytes: SIZE_BYTES + 1 }],
    ['with more behind it', `${stored}\n`, {}],
    ['with something before it', `\n${stored}`, {}],
    ['with other line ends', stored.replaceAll('\n', '\r\n'), {}],
    ['of other content', '{"digest":"a"}', {}],
    ['empty', '', {}],
    ['sealed, with a chunk too few', reseal(stored.replace(`${MAP.chunks[1]}\n`, '')), {}],
    ['sealed, with other chunks', reseal(stored.replace(`chunk ${CHUNK_BYTES}`, 'chunk 1024')), {}],
    ['sealed, with its size written otherwise', reseal(stored.replace('size 3', 'size 03')), {}],
    [
      'sealed, with a digest in upper case',
      reseal(stored.replace(MAP.chunks[2] ?? '', (it) => it.toUpperCase())),
      {},
    ],
  ])('%s', (_name, text, expected) => {
    const parsing = () => parseChunkMap(text, { ...EXPECTED, ...expected })
    expect(parsing).toThrow(expect.objectContaining({ code: 'DAMAGED' }))
    expect(parsing).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ path: 'chunks/a' }) }),
    )
  })

  it('of another version', () => {
    const parsing = () => parseChunkMap(reseal(stored.replace('map 1', 'map 2')), EXPECTED)
    const details = { path: 'chunks/a', found: '2', supported: '1' }
    expect(parsing).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_FORMAT', details }))
  })
})

describe('what is not a chunk map', () => {
  it.each([
    ['nothing', undefined],
    ['no digest', { ...MAP, digest: 'abc' }],
    ['no size', { ...MAP, sizeBytes: -1 }],
    ['other chunks', { ...MAP, chunkBytes: 1024 }],
    ['too few chunks', { ...MAP, chunks: MAP.chunks.slice(1) }],
    ['a chunk that is not a digest', { ...MAP, chunks: ['a', 'b', 'c'] }],
    ['one chunk with another digest than the file', { ...MAP, sizeBytes: 5, chunks: [toDigest('a')] }],
  ])('%s is not stored', (_name, map) => {
    expect(codeOf(() => formatChunkMap(map as ChunkMap))).toBe('INVALID_INPUT')
  })

  it('is not read from anything but text and bytes', () => {
    expect(codeOf(() => parseChunkMap(7 as never, EXPECTED))).toBe('INVALID_INPUT')
  })
})
