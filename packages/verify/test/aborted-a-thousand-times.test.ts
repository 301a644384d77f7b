import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createDigestStream, createVerifier, openPartialFile, type Verifier } from '../src/index.ts'
import { createSparseFile, createWorkspace, digestAtOnce, listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024
const ABORTS = 1000
const PIECE_BYTES = 64 * 1024
/** So many turns of the event loop from the start, and so many parts of the time that it takes. */
const STEPS = 25

/** What can be given up. It opens no other file than this. */
interface Work {
  readonly path: string
  run(signal: AbortSignal): Promise<unknown>
}

function createWorks(verifier: Verifier, directory: string): readonly Work[] {
  const small = createSparseFile(join(directory, 'small.gguf'), 2 * MIB)
  const large = createSparseFile(join(directory, 'large.gguf'), 8 * MIB)
  const map = createSparseFile(join(directory, 'chunks.gguf'), 17 * MIB)
  const partial = join(directory, 'model.part')
  return [
    { path: small, run: (signal) => verifier.digestFile(small, { signal }) },
    { path: small, run: (signal) => verifier.digestFile(small, { signal, engine: 'wasm' }) },
    { path: large, run: (signal) => verifier.digestFile(large, { signal }) },
    { path: large, run: (signal) => verifier.digestFile(large, { signal, engine: 'wasm' }) },
    { path: map, run: (signal) => verifier.digestFile(map, { signal, chunkMap: true }) },
    { path: partial, run: (signal) => download(partial, signal) },
  ]
}

async function download(path: string, signal: AbortSignal): Promise<void> {
  const pieces = Array.from({ length: 64 }, () => new Uint8Array(PIECE_BYTES))
  const sink = await openPartialFile(path, { fromByte: 0 })
  await ReadableStream.from(pieces).pipeThrough(createDigestStream()).pipeTo(sink, { signal })
}

async function measureMs(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

/** The first moments by turns of the event loop, of which a timer sees none; the later ones by the clock. */
async function waitUntil(moment: number, durationMs: number): Promise<void> {
  if (moment >= STEPS) {
    const part = (moment - STEPS) / STEPS
    return await new Promise((resolve) => setTimeout(resolve, part * durationMs))
  }
  for (let turn = 0; turn < moment; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Starts the work, aborts it at that moment, and tells how it ended. */
async function giveUp(work: Work, moment: number, durationMs: number): Promise<'aborted' | 'finished'> {
  const reason = new Error('not wanted')
  const controller = new AbortController()
  const ending = work.run(controller.signal).then(
    () => 'finished' as const,
    (error: unknown) => {
      expect(error).toBe(reason)
      return 'aborted' as const
    },
  )
  await waitUntil(moment, durationMs)
  controller.abort(reason)
  return await ending
}

it.skipIf(!existsSync('/proc/self/fd'))(
  'given up at any moment, a file is closed: a thousand times',
  async () => {
    const verifier = createVerifier()
    onTestFinished(() => verifier.close())
    const works = createWorks(verifier, createWorkspace())
    const never = new AbortController().signal
    for (const work of works) await work.run(never)
    const durations: number[] = []
    for (const work of works) durations.push(await measureMs(() => work.run(never)))
    const before = listOpenFiles().length
    const ends = { aborted: 0, finished: 0 }
    for (let round = 0; round * works.length < ABORTS; round++) {
      for (const [index, work] of works.entries()) {
        ends[await giveUp(work, round % (2 * STEPS), durations[index] ?? 0)] += 1
        expect(listOpenFiles()).not.toContain(work.path)
      }
    }
    expect(listOpenFiles()).toHaveLength(before)
    expect(ends.aborted).toBeGreaterThan(ABORTS / 5)
    for (const { path } of works)
      await expect(verifier.digestFile(path)).resolves.toMatchObject({ digest: digestAtOnce(path) })
  },
  120_000,
)
