import type { FileHandle } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { countUnhandled } from '../../test/streams.ts'
import { createNativeSha256 } from '../hashing/native-sha256.ts'
import { hashInSlices, SLICE_BYTES } from './hash-in-slices.ts'

it('ends only when no read is in flight', async () => {
  const endings: ((result: { bytesRead: number }) => void)[] = []
  const read = () => new Promise((resolve) => endings.push(resolve))
  const controller = new AbortController()
  const hashing = hashInSlices({
    handle: { read } as unknown as FileHandle,
    sizeBytes: 12 * SLICE_BYTES,
    sha256: createNativeSha256(),
    signal: controller.signal,
    onDoneBytes: () => undefined,
  })
  let isEnded = false
  const ending = hashing.catch((error) => {
    isEnded = true
    return error
  })
  endings[0]?.({ bytesRead: SLICE_BYTES })
  controller.abort('not wanted')
  await new Promise((resolve) => setImmediate(resolve))
  expect([endings.length, isEnded]).toEqual([2, false])
  endings[1]?.({ bytesRead: SLICE_BYTES })
  expect(await ending).toBe('not wanted')
})

it('takes the failure of a read ahead for its own, not for an unhandled rejection', async () => {
  const failure = new Error('lost')
  let reads = 0
  const read = async (_buffer: Uint8Array, _offset: number, length: number) => {
    reads += 1
    if (reads > 1) throw failure
    return { bytesRead: length }
  }
  const unhandled = countUnhandled()
  const hashing = hashInSlices({
    handle: { read } as unknown as FileHandle,
    sizeBytes: 12 * SLICE_BYTES,
    sha256: createNativeSha256(),
    signal: new AbortController().signal,
    onDoneBytes: () => undefined,
  })
  await expect(hashing).rejects.toBe(failure)
  expect(unhandled()).toBe(0)
})

it('reads into two buffers of a mebibyte, however large the file is', async () => {
  const buffers = new Set<ArrayBufferLike>()
  const read = async ({ buffer }: Uint8Array, _offset: number, length: number) => {
    buffers.add(buffer)
    expect(buffer.byteLength).toBeLessThanOrEqual(4 * SLICE_BYTES + 64)
    return { bytesRead: length }
  }
  const { doneBytes } = await hashInSlices({
    handle: { read } as unknown as FileHandle,
    sizeBytes: 50 * SLICE_BYTES,
    sha256: createNativeSha256(),
    signal: new AbortController().signal,
    onDoneBytes: () => undefined,
  })
  expect(doneBytes).toBe(50 * SLICE_BYTES)
  expect(buffers.size).toBe(2)
})
