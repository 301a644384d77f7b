import { expect, it } from 'vitest'
import { readAt, writeAt } from '../src/index.ts'

const CONTENT = Buffer.from('the bytes of a file')

it.each([1, 3, 100])('reads to the end though each call gives at most %d bytes', async (most) => {
  const read = (buffer: Buffer, position: number): number =>
    CONTENT.copy(buffer, 0, position, Math.min(position + most, position + buffer.length))
  expect(await readAt(read, 4, 5)).toEqual(CONTENT.subarray(4, 9))
  expect(await readAt(read, 4, 1000)).toEqual(CONTENT.subarray(4))
})

it.each([1, 3, 100])('writes all though each call takes at most %d bytes', async (most) => {
  const file = Buffer.alloc(CONTENT.length + 4)
  const write = (bytes: Uint8Array, position: number): number => {
    const taken = bytes.subarray(0, most)
    file.set(taken, position)
    return taken.length
  }
  await writeAt(write, 4, CONTENT)
  expect(file.subarray(4)).toEqual(CONTENT)
})
