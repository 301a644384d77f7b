import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createDigestStream, type DigestStreamOptions } from '../src/index.ts'
import { cutAt, digestOf, MESSAGE, pass, VECTORS } from './streams.ts'

const ENGINES = ['native', 'wasm'] as const

describe.each(ENGINES)('a digest stream, %s', (engine) => {
  it.each(VECTORS)('digests the vectors of FIPS 180-4', async (text, digest) => {
    const bytes = new TextEncoder().encode(text)
    expect(await pass([bytes], { engine })).toMatchObject({ digest, sizeBytes: bytes.length })
  })

  it('passes every chunk on as the object it was given', async () => {
    const stream = createDigestStream({ engine })
    const chunks = cutAt(MESSAGE, [7, 7, 100, 3000])
    const received: Uint8Array[] = []
    for await (const chunk of ReadableStream.from(chunks).pipeThrough(stream)) received.push(chunk)
    expect(received).toHaveLength(chunks.length)
    received.forEach((chunk, index) => {
      expect(chunk).toBe(chunks[index])
    })
  })

  it('lets the event loop run while it hashes one huge chunk, or many small ones', async () => {
    const countTurns = async (chunks: readonly Uint8Array[]): Promise<number> => {
      const stream = createDigestStream({ engine })
      const passing = ReadableStream.from(chunks).pipeThrough(stream).pipeTo(new WritableStream())
      let turns = 0
      let isDone = false
      const done = passing.then(() => {
        isDone = true
      })
      while (!isDone) {
        await nextTurn()
        turns += 1
      }
      await done
      return turns
    }
    const sizeBytes = 8 * 1024 * 1024
    const few = engine === 'wasm' ? 25 : 3
    expect(await countTurns([new Uint8Array(sizeBytes)])).toBeGreaterThan(few)
    expect(await countTurns(cutAt(new Uint8Array(sizeBytes), [1e6, 2e6, 3e6, 5e6]))).toBeGreaterThan(few)
  })

  it('resolves where the digest is the expected one, in any spelling', async () => {
    const expected = `sha256:${digestOf(MESSAGE).toUpperCase()}`
    await expect(pass([MESSAGE], { engine, expected })).resolves.toMatchObject({ sizeBytes: 5000 })
  })

  it('fails the pipe where it is another one, and closes nothing', async () => {
    const expected = digestOf(MESSAGE)
    const stream = createDigestStream({ engine, expected, path: '/models/a.part' })
    let isClosed = false
    let abortedWith: unknown
    const sink = new WritableStream<Uint8Array>({
      close: () => {
        isClosed = true
      },
      abort: (reason) => {
        abortedWith = reason
      },
    })
    const found = digestOf(MESSAGE.subarray(1))
    const details = { path: '/models/a.part', expected, found, sizeBytes: 4999 }
    const mismatch = expect.objectContaining({ code: 'DIGEST_MISMATCH', details })
    const source = ReadableStream.from([MESSAGE.subarray(1)])
    await expect(source.pipeThrough(stream).pipeTo(sink)).rejects.toEqual(mismatch)
    await expect(stream.result).rejects.toEqual(mismatch)
    expect(abortedWith).toEqual(mismatch)
    expect(isClosed).toBe(false)
  })

  it.each([['text'], [undefined], [null], [[1, 2]], [new Uint16Array(2)], [new ArrayBuffer(2)]])(
    'refuses %s as a chunk',
    async (chunk) => {
      const stream = createDigestStream({ engine })
      const writer = stream.writable.getWriter()
      const invalid = expect.objectContaining({ code: 'INVALID_INPUT' })
      const reading = stream.readable.getReader().read()
      await Promise.all([
        expect(writer.write(chunk as never)).rejects.toEqual(invalid),
        expect(reading).rejects.toEqual(invalid),
        expect(writer.closed).rejects.toEqual(invalid),
        expect(stream.result).rejects.toEqual(invalid),
      ])
    },
  )
})

describe('the options of a digest stream', () => {
  it.each<[string, unknown]>([
    ['expected', { expected: 'abc' }],
    ['engine', { engine: 'md5' }],
    ['engine', { engine: 'native', onCheckpoint: () => undefined }],
    ['checkpointEveryBytes', { checkpointEveryBytes: 0 }],
    ['checkpointEveryBytes', { checkpointEveryBytes: 1.5 }],
    ['onCheckpoint', { onCheckpoint: 'save' }],
    ['resumeFrom', { resumeFrom: {} }],
    ['resumeFrom', { resumeFrom: null }],
  ])('refuse at once a bad %s', (field, options) => {
    const details = { problems: [expect.objectContaining({ field })] }
    expect(() => createDigestStream(options as DigestStreamOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', details }),
    )
  })
})
