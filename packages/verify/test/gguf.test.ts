import { readFileSync } from 'node:fs'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, realFile } from '@catalog/testkit/running'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readGgufHeader } from '../src/format/gguf-header.ts'
import { createFileVerifier, diagnoseFile } from '../src/index.ts'
import { write } from './diagnose-models.ts'

const whole = sampleGguf('m', { sizeBytes: 20_000, tensors: 3 })
const verifier = createFileVerifier()

/** What the first look finds in a file called `model.gguf`. */
async function lookAt(bytes: Uint8Array): Promise<readonly string[]> {
  const { refusals } = await verifier.takeFirstLook(write(bytes), { name: 'model.gguf', isPart: false })
  return refusals.map(({ kind, text }) => `${kind}: ${text}`)
}

/** A GGUF file with this metadata, of which each part is its bytes. */
function ggufOf(version: number, counts: readonly bigint[], ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8)
  head.write('GGUF')
  head.writeUInt32LE(version, 4)
  return Buffer.concat([head, ...counts.map(uint64), ...parts])
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(BigInt(value.length)), Buffer.from(value)])
}

function tensor(type: number, shape: readonly bigint[], offset: bigint): Buffer {
  return Buffer.concat([
    ...[text('t'), uint32(shape.length), ...shape.map(uint64)],
    ...[uint32(type), uint64(offset)],
  ])
}

/** The bytes with an insertion before each of a kind. */
function insertBefore(bytes: Uint8Array, isBefore: (byte: number) => boolean, inserted: number): Buffer {
  return Buffer.from([...bytes].flatMap((byte) => (isBefore(byte) ? [inserted, byte] : [byte])))
}

describe('a GGUF file', () => {
  it('that is cut anywhere is refused, and nothing is found in the whole one', async () => {
    expect(await lookAt(whole)).toEqual([])
    for (let length = 1; length < whole.length; length += 97)
      expect(await lookAt(whole.subarray(0, length))).toHaveLength(1)
    const [last] = await diagnoseFile(write(whole.subarray(0, -1)))
    const sizes = { neededBytes: whole.length, foundBytes: whole.length - 1 }
    expect(last).toEqual({ kind: 'truncated-format', format: 'gguf', ...sizes, tensorCount: 3 })
    const [head] = await diagnoseFile(write(whole.subarray(0, 100)))
    expect(head).not.toHaveProperty('tensorCount')
  })

  it.each([
    ['written twice', Buffer.concat([whole, whole]), 'written twice'],
    ['a part of it and the whole', Buffer.concat([whole.subarray(0, 9999), whole]), 'written twice'],
    ['with CRLF for line feeds', insertBefore(whole, (byte) => byte === 0x0a, 0x0d), 'CRLF'],
    ['taken for UTF-8', Buffer.from(whole.toString('utf8')), 'EF BF BD'],
    [
      'for big-endian machines',
      Buffer.concat([Buffer.from('GGUF\0\0\0\x03'), whole.subarray(8)]),
      'big-endian',
    ],
    ['of version 0', ggufOf(0, [0n, 0n]), 'version is 0'],
    ['of version 4', ggufOf(4, [0n, 0n]), 'version is 4'],
    ['of too many tensors to be true', ggufOf(3, [1n << 60n, 0n]), 'number of tensors'],
    ['of more metadata than it has', ggufOf(3, [0n, 5n]), 'needs at least'],
    ['with a key that is too long', ggufOf(3, [0n, 1n], uint64(70_000n)), '70000 bytes'],
    ['with an unknown value', ggufOf(3, [0n, 1n], text('a'), uint32(13)), 'type 13'],
    [
      'with alignment 0',
      ggufOf(3, [0n, 1n], text('general.alignment'), uint32(4), uint32(0)),
      'alignment is 0',
    ],
    [
      'with a tensor of nine dimensions',
      ggufOf(3, [1n, 0n], tensor(0, Array(9).fill(1n), 0n)),
      '9 dimensions',
    ],
    ['with an offset beyond all files', ggufOf(3, [1n, 0n], tensor(0, [1n], 1n << 62n)), 'end of a tensor'],
    [
      'with arrays in arrays in arrays',
      ggufOf(3, [0n, 1n], text('a'), uint32(9), ...Array(9).fill(nested())),
      'deeper',
    ],
  ])('%s is named as such', async (_name, bytes, says) => {
    expect(await lookAt(bytes)).toEqual([expect.stringContaining(says)])
  })

  it('may have bytes after its last tensor, and texts with CRLF', async () => {
    expect(await lookAt(Buffer.concat([whole, Buffer.alloc(64)]))).toEqual([])
    const template = ggufOf(3, [0n, 1n], text('chat'), uint32(8), text('\r\n'.repeat(50)))
    expect(await lookAt(template)).toEqual([])
  })

  it('of version 1 has counts and lengths of 32 bits', async () => {
    const pair = [uint32(1), Buffer.from('a'), uint32(8), uint32(2), Buffer.from('bc')]
    const bytes = ggufOf(1, [], uint32(0), uint32(1), ...pair)
    expect(await lookAt(bytes)).toEqual([])
    expect(await lookAt(bytes.subarray(0, -1))).toEqual([expect.stringContaining(`${bytes.length} bytes`)])
  })

  it('with tensors of a later type is as long as their offsets say', async () => {
    const bytes = ggufOf(3, [1n, 0n], tensor(200, [1n << 20n], 0n))
    expect(await lookAt(bytes)).toEqual([])
  })

  it('needs the blocks of its tensors', async () => {
    const head = ggufOf(3, [1n, 0n], tensor(12, [512n, 3n], 32n))
    const dataOffset = Math.ceil(head.length / 32) * 32
    const bytes = Buffer.concat([head, Buffer.alloc(dataOffset - head.length + 32 + 6 * 144, 1)])
    expect(await lookAt(bytes)).toEqual([])
    expect(await lookAt(bytes.subarray(0, -1))).toEqual([expect.stringContaining('truncated-format')])
  })

  it('with endless strings is neither read to its end nor held in memory', async () => {
    const head = ggufOf(3, [0n, 1n], text('a'), uint32(9), uint32(8), uint64(1n << 40n))
    let readBytes = 0
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      readBytes += length
      const bytes = Buffer.alloc(length)
      head.subarray(offset).copy(bytes)
      return bytes
    }
    expect(await readGgufHeader(read, { sizeBytes: 2 ** 43 })).toEqual({ outcome: 'unknown' })
    expect(readBytes).toBeLessThan(64 * 1024 * 1024)
  })

  it('never rejects, with any bytes after its magic', async () => {
    const anything = fc.uint8Array({ maxLength: 300 })
    const damaged = fc
      .tuple(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 16 }))
      .map(([at, bytes]) => Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)]))
    const heads = anything.map((bytes) => Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), bytes]))
    await fc.assert(
      fc.asyncProperty(fc.oneof(heads, damaged), async (bytes) => {
        expect((await lookAt(bytes)).length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 50 },
    )
  })

  it.skipIf(lacks('shared-data'))('a real one ends where it says', async () => {
    const bytes = readFileSync(realFile('ggml-vocab-gpt-2.gguf'))
    const read = async (offset: number, length: number): Promise<Uint8Array> =>
      bytes.subarray(offset, offset + length)
    expect(await readGgufHeader(read, { sizeBytes: bytes.length })).toMatchObject({
      outcome: 'parsed',
      endBytes: bytes.length,
    })
  })
})

/** The head of an array of one array. */
function nested(): Buffer {
  return Buffer.concat([uint32(9), uint64(1n)])
}
