import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createBytes } from '../../test/workspace.ts'
import * as browser from '../browser.ts'
import * as node from './node-content.ts'

const BYTES = createBytes(1_000_003)
const DIGEST = createHash('sha256').update(BYTES).digest('hex')
const ALL = { digest: DIGEST, sizeBytes: BYTES.length }

describe.each([
  ['node', node],
  ['browser', browser],
])('the %s build', (_, { digestContent, verifyContent }) => {
  it.each([
    ['a Blob', () => new Blob([BYTES])],
    ['a Response', () => new Response(BYTES)],
    ['a stream', () => new Blob([BYTES]).stream()],
    ['a stream of one large chunk', () => streamOf(BYTES)],
  ])('digests %s', async (_name, create) => {
    expect(await digestContent(create())).toEqual(ALL)
    expect(await verifyContent(create(), `sha256:${DIGEST.toUpperCase()}`)).toEqual(ALL)
  })

  it('digests an answer without a body', async () => {
    const { digest, sizeBytes } = await digestContent(new Response(null))
    expect([digest, sizeBytes]).toEqual([createHash('sha256').digest('hex'), 0])
  })

  it('refuses what has another digest, and says both', async () => {
    const expected = '0'.repeat(64)
    await expect(verifyContent(new Blob([BYTES]), expected)).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { expected, found: DIGEST, sizeBytes: BYTES.length },
    })
  })

  it('refuses what cannot be read, was read, or is the page of an error', async () => {
    const read = new Response(BYTES)
    await read.arrayBuffer()
    const locked = new Blob([BYTES]).stream()
    locked.getReader()
    const bad = [undefined, null, 'text', {}, BYTES, read, locked, new Response('gone', { status: 404 })]
    for (const content of bad) {
      await expect(digestContent(content as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
    await expect(digestContent(streamOf('text' as never))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('tells how far it has come, of how much where that is known', async () => {
    const seen: unknown[] = []
    await digestContent(new Blob([BYTES]), { onProgress: (progress) => seen.push(progress) })
    await digestContent(streamOf(BYTES), { onProgress: (progress) => seen.push(progress) })
    expect(seen).toContainEqual({ doneBytes: BYTES.length, totalBytes: BYTES.length })
    expect(seen.at(-1)).toEqual({ doneBytes: BYTES.length, totalBytes: undefined })
  })

  it('ends with what the callback throws, and cancels the source', async () => {
    // A clock that goes on by 60 ms at each look.
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 60
      return now
    })
    const { stream, cancelled } = endless()
    const failure = new Error('from the callback')
    const onProgress = (): never => {
      throw failure
    }
    await expect(digestContent(stream, { onProgress })).rejects.toBe(failure)
    await cancelled
  })

  it('ends with the reason of the signal, before and while it reads, also where nothing comes', async () => {
    const reason = new Error('enough')
    await expect(digestContent(new Blob([BYTES]), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const abort = new AbortController()
    const { stream, cancelled } = endless((pulls) => {
      if (pulls === 5) abort.abort(reason)
    })
    await expect(digestContent(stream, { signal: abort.signal })).rejects.toBe(reason)
    await cancelled
    const silent = new AbortController()
    const pull = async () => {
      await nextTurn()
      silent.abort(reason)
    }
    const waiting = new ReadableStream({ pull }, { highWaterMark: 0 })
    await expect(digestContent(waiting, { signal: silent.signal })).rejects.toBe(reason)
  })

  it('ends with the reason even when the last byte was read', async () => {
    const abort = new AbortController()
    const onProgress = (): void => abort.abort('too late')
    const digesting = digestContent(new Blob([BYTES]), { signal: abort.signal, onProgress })
    await expect(digesting).rejects.toBe('too late')
  })

  it('ends with the error of the source', async () => {
    const failure = new Error('lost the connection')
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(failure)
      },
    })
    await expect(digestContent(stream)).rejects.toBe(failure)
  })

  it('lets others have their turn in the midst of one large chunk', async () => {
    let turns = 0
    let isDone = false
    const digesting = digestContent(streamOf(new Uint8Array(8_000_000))).finally(() => {
      isDone = true
    })
    for (; !isDone; turns++) await nextTurn()
    await digesting
    // There is one after each quarter of a mebibyte.
    expect(turns).toBeGreaterThan(25)
  })
})

function streamOf(chunk: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(chunk)
      controller.close()
    },
  })
}

function endless(onPull: (pulls: number) => void = () => undefined): {
  readonly stream: ReadableStream<Uint8Array>
  readonly cancelled: Promise<void>
} {
  let onCancel: () => void
  const cancelled = new Promise<void>((resolve) => {
    onCancel = resolve
  })
  let pulls = 0
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await nextTurn()
      pulls += 1
      onPull(pulls)
      controller.enqueue(new Uint8Array(1000))
    },
    cancel: () => onCancel(),
  })
  return { stream, cancelled }
}
