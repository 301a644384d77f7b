import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GGMLQuantizationType, gguf } from '@huggingface/gguf'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sampleGguf, sampleGgufHead } from './sample-gguf.ts'

const KIB = 1024
const GIB = 1024 ** 3

function write(bytes: Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'sample-gguf-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'sample.gguf')
  writeFileSync(path, bytes)
  return path
}

/** What another reader of the format finds in a file: its metadata, and from where to where each tensor reaches. */
async function read(path: string): Promise<{ metadata: object; spans: readonly (readonly number[])[] }> {
  const { metadata, tensorInfos, tensorDataOffset } = await gguf(path, { allowLocalFile: true })
  const spans = tensorInfos.map(({ dtype, shape, offset }) => {
    expect(dtype).toBe(GGMLQuantizationType.I8)
    expect(offset % 32n).toBe(0n)
    const start = Number(tensorDataOffset + offset)
    return [start, start + shape.reduce((product, size) => product * Number(size), 1)]
  })
  return { metadata, spans }
}

describe('sampleGguf', () => {
  it('creates a file of 1 KiB that another reader understands', async () => {
    const bytes = sampleGguf('wren')
    expect(bytes).toHaveLength(KIB)
    const { metadata, spans } = await read(write(bytes))
    expect(metadata).toMatchObject({
      version: 3,
      tensor_count: 1n,
      kv_count: 3n,
      'general.architecture': 'llama',
      'general.alignment': 32,
      'general.name': 'sample wren',
    })
    expect(spans).toEqual([[sampleGgufHead('wren').length, KIB]])
  })

  it.each([
    [300, 1],
    [KIB + 1, 3],
    [100_003, 7],
    [3 * KIB * KIB, 40],
  ])('creates a file of exactly %d bytes whose %d tensors fill it', async (sizeBytes, tensors) => {
    const bytes = sampleGguf(1, { sizeBytes, tensors })
    expect(bytes).toHaveLength(sizeBytes)
    const { spans } = await read(write(bytes))
    expect(spans).toHaveLength(tensors)
    for (const [index, [, end]] of spans.entries()) expect(end).toBe(spans[index + 1]?.[0] ?? sizeBytes)
  })

  it('creates equal files for equal seeds, and other weights for others', () => {
    expect(sampleGguf(1)).toEqual(sampleGguf('1'))
    const [first, second] = [sampleGguf(1, { sizeBytes: 20 * KIB }), sampleGguf(2, { sizeBytes: 20 * KIB })]
    expect(first.subarray(-KIB)).not.toEqual(second.subarray(-KIB))
    expect(new Set(first).size).toBe(256)
  })

  it('adds metadata, as large as that of a real tokenizer', async () => {
    const metadata = { 'general.license': 'MIT', 'tokenizer.chat_template': 'x'.repeat(100 * KIB) }
    const { metadata: found } = await read(write(sampleGguf(1, { metadata, sizeBytes: 200 * KIB })))
    expect(found).toMatchObject(metadata)
  })

  it('throws a RangeError if the size is too small for the header and the tensors', () => {
    expect(() => sampleGguf(1, { sizeBytes: 100 })).toThrow(RangeError)
    expect(() => sampleGguf(1, { tensors: 100 })).toThrow(RangeError)
  })
})

describe('sampleGgufHead', () => {
  it('is the beginning of the file of that size', () => {
    const options = { sizeBytes: 5000, tensors: 2 }
    const head = sampleGgufHead('a', options)
    expect(sampleGguf('a', options).subarray(0, head.length)).toEqual(head)
  })

  it('begins a file of 40 GiB, which may be sparse', async () => {
    const path = write(sampleGgufHead('huge', { sizeBytes: 40 * GIB }))
    truncateSync(path, 40 * GIB)
    const { spans } = await read(path)
    expect(spans.at(-1)?.[1]).toBe(40 * GIB)
  })
})
