import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDigestStream, type DigestStream, type DigestStreamOptions } from './digest-stream.ts'
import type { StreamDigest } from './digest-work.ts'
import type { HashCheckpoint } from './hash-checkpoint.ts'

const ENGINES = ['native', 'wasm'] as const
const MESSAGE = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7 + (index >> 8)) % 256)

const VECTORS = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
] as const

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The bytes cut at the given places, in any order and with repetitions, which give empty chunks. */
function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((cut, index) => bytes.slice(cuts[index], cut))
}

interface Passed extends StreamDigest {
  readonly bytes: Uint8Array
}

async function pass(chunks: readonly Uint8Array[], options?: DigestStreamOptions): Promise<Passed> {
  const stream = createDigestStream(options)
  const received: Uint8Array[] = []
  const sink = new WritableStream<Uint8Array>({ write: (chunk) => void received.push(chunk) })
  await ReadableStream.from(chunks).pipeThrough(stream).pipeTo(sink)
  return { bytes: new Uint8Array(Buffer.concat(received)), ...(await stream.result) }
}

function countUnhandled(): () => number {
  let count = 0
  const onUnhandled = () => {
    count += 1
  }
  process.on('unhandledRejection', onUnhandled)
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled))
  return () => count
}

describe.each(ENGINES)('a digest stream, %s', (engine) => {
  it.each(VECTORS)('digests the vectors of FIPS 180-4, however they are cut', async (text, digest) => {
    const bytes = new TextEncoder().encode(text)
    const places = fc.array(fc.nat(), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        expect(await pass(cutAt(bytes, cuts), { engine })).toMatchObject({
          digest,
          sizeBytes: bytes.length,
        })
      }),
      { numRuns: text.length > 1000 ? 5 : 50 },
    )
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

describe('back-pressure', () => {
  /** A source that counts what is pulled from it, and never ends. */
  function createSource(): { source: ReadableStream<Uint8Array>; pulled: () => number } {
    let pulled = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          pulled += 1
          controller.enqueue(new Uint8Array(1000))
        },
      },
      { highWaterMark: 0 },
    )
    return { source, pulled: () => pulled }
  }

  async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await nextTurn()
  }

  it.each([
    ['native', {}],
    ['wasm, with checkpoints', { checkpointEveryBytes: 1000, onCheckpoint: () => undefined }],
  ])('holds one chunk where nobody reads, %s', async (_name, options) => {
    const { source, pulled } = createSource()
    const reader = source.pipeThrough(createDigestStream(options)).getReader()
    await turns(50)
    expect(pulled()).toBe(1)
    for (let taken = 1; taken <= 20; taken++) {
      await reader.read()
      await turns(10)
      expect(pulled()).toBeLessThanOrEqual(taken + 1)
    }
    await reader.cancel()
  })

  it('does not pull more than two chunks ahead of a slow sink', async () => {
    const { source, pulled } = createSource()
    const leaving = new AbortController()
    let written = 0
    let worst = 0
    const sink = new WritableStream<Uint8Array>({
      async write() {
        await turns(20)
        worst = Math.max(worst, pulled() - written)
        written += 1
        if (written === 20) leaving.abort('seen')
      },
    })
    const piping = source.pipeThrough(createDigestStream()).pipeTo(sink, { signal: leaving.signal })
    await expect(piping).rejects.toBe('seen')
    expect(worst).toBeLessThanOrEqual(2)
  })

  it('waits for what onCheckpoint returns before it passes more on', async () => {
    let release = (): void => undefined
    const saved = new Promise<void>((resolve) => {
      release = resolve
    })
    const { source, pulled } = createSource()
    const stream = createDigestStream({ checkpointEveryBytes: 1000, onCheckpoint: () => saved })
    const reader = source.pipeThrough(stream).getReader()
    await reader.read()
    let isRead = false
    const second = reader.read().then(() => {
      isRead = true
    })
    await turns(50)
    expect([isRead, pulled()]).toEqual([false, 2])
    release()
    await second
    await reader.cancel()
  })

  it('gives a checkpoint when all before it was taken, and not sooner', async () => {
    const offsets: number[] = []
    const stream = createDigestStream({
      checkpointEveryBytes: 1000,
      onCheckpoint: ({ offset }) => void offsets.push(offset),
    })
    const { source } = createSource()
    const reader = source.pipeThrough(stream).getReader()
    for (let taken = 1; taken <= 5; taken++) {
      await reader.read()
      await turns(10)
      // The chunk just read is in the reader's hands, and not known to be anywhere else.
      expect(offsets.at(-1) ?? 0).toBe((taken - 1) * 1000)
    }
    await reader.cancel()
  })
})

describe('a stream that ends early', () => {
  const reason = new Error('not wanted any more')
  const everyByte = { checkpointEveryBytes: 1, onCheckpoint: () => nextTurn() }

  it.each([
    ['native', {}],
    ['with checkpoints', everyByte],
  ])('rejects with the reason of the signal, wherever it is, %s', async (_name, options) => {
    const unhandled = countUnhandled()
    const play = async (turns: number): Promise<void> => {
      const leaving = new AbortController()
      const stream = createDigestStream(options)
      const source = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await nextTurn()
          controller.enqueue(new Uint8Array(10))
        },
      })
      const { signal } = leaving
      const ended = [
        expect(source.pipeTo(stream.writable, { signal })).rejects.toBe(reason),
        expect(stream.readable.pipeTo(new WritableStream(), { signal })).rejects.toBe(reason),
      ]
      for (let turn = 0; turn < turns; turn++) await nextTurn()
      leaving.abort(reason)
      await Promise.all(ended)
      await expect(stream.result).rejects.toBe(reason)
      expect([source.locked, stream.readable.locked, stream.writable.locked]).toEqual([false, false, false])
    }
    for (let turns = 0; turns < 60; turns++) await play(turns)
    await nextTurn()
    expect(unhandled()).toBe(0)
  })

  it('does not wait for a reader that reads no more', async () => {
    const stream = createDigestStream()
    const writer = stream.writable.getWriter()
    const writing = expect(writer.write(MESSAGE)).rejects.toBe(reason)
    await nextTurn()
    await writer.abort(reason)
    await writing
    await expect(stream.result).rejects.toBe(reason)
    await expect(stream.readable.getReader().read()).rejects.toBe(reason)
  })

  it('does not hash a huge chunk to its end', async () => {
    const stream = createDigestStream({ engine: 'wasm' })
    const writer = stream.writable.getWriter()
    let isWriting = true
    const writing = writer.write(new Uint8Array(64 * 1024 * 1024)).catch(() => {
      isWriting = false
    })
    await nextTurn()
    const aborting = writer.abort(reason)
    let turns = 0
    for (; isWriting; turns++) await nextTurn()
    await Promise.all([writing, aborting])
    // To its end it would be 256 slices, with a turn after each.
    expect(turns).toBeLessThan(10)
  })

  it('fails its writer where the reader cancels', async () => {
    const stream = createDigestStream()
    const writer = stream.writable.getWriter()
    const writing = expect(writer.write(MESSAGE)).rejects.toBe(reason)
    await stream.readable.cancel(reason)
    await writing
    await expect(writer.closed).rejects.toBe(reason)
    await expect(stream.result).rejects.toBe(reason)
  })

  it('tells its writer of a cancel also where it writes nothing', async () => {
    const stream = createDigestStream()
    const writer = stream.writable.getWriter()
    await stream.readable.cancel(reason)
    await expect(writer.closed).rejects.toBe(reason)
  })

  it('is ended only when the checkpoint under way is saved', async () => {
    const events: string[] = []
    let onSaving = (): void => undefined
    const saving = new Promise<void>((resolve) => {
      onSaving = resolve
    })
    const onCheckpoint = async () => {
      onSaving()
      for (let turn = 0; turn < 20; turn++) await nextTurn()
      events.push('saved')
    }
    const stream = createDigestStream({ checkpointEveryBytes: 1, onCheckpoint })
    const leaving = new AbortController()
    const { signal } = leaving
    const piping = ReadableStream.from([MESSAGE, MESSAGE, MESSAGE])
      .pipeThrough(stream)
      .pipeTo(new WritableStream(), { signal })
      .catch(() => events.push('ended'))
    await saving
    leaving.abort(reason)
    await piping
    expect(events).toEqual(['saved', 'ended'])
  })

  it('has an AbortError where no reason was given', async () => {
    const stream = createDigestStream()
    await stream.readable.cancel()
    await expect(stream.result).rejects.toMatchObject({ name: 'AbortError' })
  })

  it.each([
    [
      'throws',
      () => {
        throw reason
      },
    ],
    ['rejects', () => Promise.reject(reason)],
  ])('ends with the error where onCheckpoint %s', async (_name, onCheckpoint) => {
    const unhandled = countUnhandled()
    const stream = createDigestStream({ checkpointEveryBytes: 1, onCheckpoint })
    const piping = ReadableStream.from([MESSAGE, MESSAGE]).pipeThrough(stream).pipeTo(new WritableStream())
    await expect(piping).rejects.toBe(reason)
    await expect(stream.result).rejects.toBe(reason)
    await nextTurn()
    expect(unhandled()).toBe(0)
  })

  it('ends with the error of its source', async () => {
    const unhandled = countUnhandled()
    const stream: DigestStream = createDigestStream()
    const source = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(reason) })
    await expect(source.pipeThrough(stream).pipeTo(new WritableStream())).rejects.toBe(reason)
    await nextTurn()
    expect(unhandled()).toBe(0)
    await expect(stream.result).rejects.toBe(reason)
  })
})

describe('a stream that is taken up again', () => {
  async function collectCheckpoints(
    chunks: readonly Uint8Array[],
    options: DigestStreamOptions,
  ): Promise<readonly HashCheckpoint[]> {
    const checkpoints: HashCheckpoint[] = []
    await pass(chunks, { ...options, onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint) })
    return checkpoints
  }

  it('gives the digest of the whole from every checkpoint, however the bytes are cut', async () => {
    const places = fc.array(fc.nat(), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(places, places, fc.integer({ min: 1, max: 2000 }), async (cuts, later, every) => {
        const checkpoints = await collectCheckpoints(cutAt(MESSAGE, cuts), { checkpointEveryBytes: every })
        for (const { offset, ...checkpoint } of checkpoints) {
          const resumeFrom = JSON.parse(JSON.stringify({ offset, ...checkpoint })) as HashCheckpoint
          const found = await pass(cutAt(MESSAGE.subarray(offset), later), { resumeFrom })
          expect(found).toMatchObject({ digest: digestOf(MESSAGE), sizeBytes: MESSAGE.length })
          expect(digestOf(found.bytes)).toBe(digestOf(MESSAGE.subarray(offset)))
        }
      }),
    )
  })

  it('gives checkpoints that far apart, between chunks, and none at the end', async () => {
    const offsetsOf = async (sizes: readonly number[], resumeFrom?: HashCheckpoint) => {
      const chunks = sizes.map((size) => new Uint8Array(size))
      const checkpoints = await collectCheckpoints(chunks, { checkpointEveryBytes: 100, resumeFrom })
      return checkpoints.map(({ offset }) => offset)
    }
    expect(await offsetsOf([60, 60, 60, 60, 60])).toEqual([120, 240])
    expect(await offsetsOf([100, 100, 0])).toEqual([100])
    expect(await offsetsOf([100, 0, 100, 100])).toEqual([100, 200])
    expect(await offsetsOf([1000, 1000, 1])).toEqual([1000, 2000])
    const [resumeFrom] = await collectCheckpoints([new Uint8Array(90), MESSAGE], { checkpointEveryBytes: 90 })
    expect(await offsetsOf([60, 60, 60], resumeFrom)).toEqual([210])
  })

  it('names the last mebibyte of what came, however it came', async () => {
    const MIB = 1024 * 1024
    const bytes = Uint8Array.from({ length: 3 * MIB + 5 }, (_, index) => (index * 31 + (index >> 12)) % 256)
    for (const cuts of [[], [5], [MIB], [MIB - 1, MIB + 1], [1000, 2 * MIB, 2 * MIB + 7]]) {
      const chunks = [...cutAt(bytes, cuts), MESSAGE]
      const checkpoints = await collectCheckpoints(chunks, { checkpointEveryBytes: 1 })
      for (const { offset, tail } of checkpoints) {
        expect(tail.sizeBytes).toBe(Math.min(offset, MIB))
        expect(tail.digest).toBe(digestOf(bytes.subarray(offset - tail.sizeBytes, offset)))
      }
      expect(checkpoints.at(-1)?.offset).toBe(bytes.length)
    }
  })
})
