import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createDigestStream } from '../src/index.ts'

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
  ])('holds one chunk without a reader, %s', async (_name, options) => {
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
