import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createDigestStream, type DigestStream } from '../src/index.ts'
import { countUnhandled, MESSAGE } from './streams.ts'

describe('a stream that ends early', () => {
  const reason = new Error('no longer wanted')
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
    for (let turns = 0; turns < 20; turns++) await play(turns)
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

  it('reports a cancel to its writer even if that writes nothing', async () => {
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
