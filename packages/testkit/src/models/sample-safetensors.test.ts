import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lacks, realFile } from '../running/index.ts'
import { sampleSafetensors } from './sample-safetensors.ts'

const ELEMENT_BYTES: Readonly<Record<string, number>> = { I8: 1, I64: 8 }

interface Tensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [start: number, end: number]
}

/** Reads a file as strictly as the safetensors library does: the tensors fill the data, without holes. */
function read(bytes: Buffer): { metadata: unknown; tensors: readonly Tensor[] } {
  const headerBytes = Number(bytes.readBigUInt64LE())
  expect(headerBytes % 8).toBe(0)
  const header = bytes.subarray(8, 8 + headerBytes).toString()
  expect(header).toMatch(/^\{.*\} *$/su)
  const { __metadata__: metadata, ...named } = JSON.parse(header)
  const tensors: readonly Tensor[] = Object.values(named)
  let offset = 0
  for (const {
    dtype,
    shape,
    data_offsets: [start, end],
  } of tensors) {
    expect(start).toBe(offset)
    expect(end - start).toBe(shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype] ?? 0))
    offset = end
  }
  expect(8 + headerBytes + offset).toBe(bytes.length)
  return { metadata, tensors }
}

describe('sampleSafetensors', () => {
  it.skipIf(lacks('shared-data'))('is read here as a real file is', () => {
    const { tensors } = read(readFileSync(realFile('candle-jfk-codes.safetensors')))
    expect(tensors).toMatchObject([{ dtype: 'I64', shape: [1, 2, 828] }])
  })

  it('creates a file of 1 KiB', () => {
    const bytes = sampleSafetensors('wren')
    expect(bytes).toHaveLength(1024)
    expect(read(bytes).metadata).toEqual({ format: 'pt', name: 'sample wren' })
  })

  it.each([
    [200, 1],
    [1025, 3],
    [100_003, 7],
    [3 * 1024 * 1024, 40],
  ])('creates a file of exactly %d bytes and %d tensors', (sizeBytes, tensors) => {
    const bytes = sampleSafetensors(1, { sizeBytes, tensors, metadata: { x: 'y' } })
    expect(bytes).toHaveLength(sizeBytes)
    expect(read(bytes).tensors).toHaveLength(tensors)
    expect(read(bytes).metadata).toMatchObject({ x: 'y' })
  })

  it('creates equal files for equal seeds, and other weights for others', () => {
    expect(sampleSafetensors(1)).toEqual(sampleSafetensors('1'))
    expect(sampleSafetensors(1).subarray(-100)).not.toEqual(sampleSafetensors(2).subarray(-100))
  })

  it('throws a RangeError if the size is too small for the header and the tensors', () => {
    expect(() => sampleSafetensors(1, { sizeBytes: 100 })).toThrow(RangeError)
  })
})
