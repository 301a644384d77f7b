import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createRandom, seedOfRun } from '@catalog/testkit/running'
import { expect, onTestFinished } from 'vitest'
import { createDigestStream, createVerifier, openPartialFile, type Verifier } from '../src/index.ts'
import { createSparseFile, createWorkspace, digestAtOnce, listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024
const PIECE_BYTES = 64 * 1024
/** So many turns of the event loop from the start, one by one; further ones are chosen at random. */
const FIRST_TURNS = 25

/** What can be given up. It opens no other file than this. */
interface Work {
  readonly path: string
  run(signal: AbortSignal): Promise<unknown>
}

async function createWorks(verifier: Verifier, directory: string): Promise<readonly Work[]> {
  const small = createSparseFile(join(directory, 'small.gguf'), 2 * MIB)
  const large = createSparseFile(join(directory, 'large.gguf'), 5 * MIB)
  const map = createSparseFile(join(directory, 'chunks.gguf'), 17 * MIB)
  const partial = join(directory, 'model.part')
  const { chunks } = await verifier.digestFile(large, { chunkMap: true })
  return [
    { path: small, run: (signal) => verifier.digestFile(small, { signal }) },
    { path: small, run: (signal) => verifier.digestFile(small, { signal, engine: 'wasm' }) },
    { path: large, run: (signal) => verifier.digestFile(large, { signal }) },
    { path: large, run: (signal) => verifier.digestFile(large, { signal, engine: 'wasm' }) },
    { path: map, run: (signal) => verifier.digestFile(map, { signal, chunkMap: true }) },
    { path: large, run: (signal) => verifier.auditFile(large, chunks, { signal }) },
    { path: partial, run: (signal) => download(partial, signal) },
  ]
}

async function download(path: string, signal: AbortSignal): Promise<void> {
  const pieces = Array.from({ length: 64 }, () => new Uint8Array(PIECE_BYTES))
  const sink = await openPartialFile(path, { fromByte: 0 })
  await ReadableStream.from(pieces).pipeThrough(createDigestStream()).pipeTo(sink, { signal })
}

/** How many turns of the event loop the work takes to its end. */
async function countTurns({ run }: Work): Promise<number> {
  let isDone = false
  const ending = run(new AbortController().signal).finally(() => {
    isDone = true
  })
  let turns = 0
  for (; !isDone; turns++) await nextTurn()
  await ending
  return turns
}

/** Starts the work, aborts it so many turns later, and tells how it ended. */
async function giveUp({ run }: Work, turns: number): Promise<'aborted' | 'finished'> {
  const reason = new Error('not wanted')
  const controller = new AbortController()
  const ending = run(controller.signal).then(
    () => 'finished' as const,
    (error: unknown) => {
      expect(error).toBe(reason)
      return 'aborted' as const
    },
  )
  for (let turn = 0; turn < turns; turn++) await nextTurn()
  controller.abort(reason)
  return await ending
}

/**
 * Gives up so many readings of every kind, in any moment of them: the file is closed each time, and the next reading is
 * right. Needs `proc`.
 */
export async function expectClosedWhenGivenUp(abortCount: number): Promise<void> {
  const random = createRandom(seedOfRun())
  const verifier = createVerifier()
  onTestFinished(() => verifier.close())
  const works = await createWorks(verifier, createWorkspace())
  const allTurns: number[] = []
  for (const work of works) allTurns.push(await countTurns(work))
  const openBefore = listOpenFiles().length
  let aborts = 0
  // None that is given up before its first turn comes to its end, so that this loop does.
  for (let round = 0; aborts < abortCount; round++) {
    for (const [index, work] of works.entries()) {
      const isEarly = round % 2 === 0
      const turns = isEarly ? (round / 2) % FIRST_TURNS : Math.floor(random() * (allTurns[index] ?? 0))
      if ((await giveUp(work, turns)) === 'aborted') aborts += 1
      expect(listOpenFiles()).not.toContain(work.path)
    }
  }
  // Other tests of this process may close meanwhile what they had open.
  expect(listOpenFiles().length).toBeLessThanOrEqual(openBefore)
  for (const path of new Set(works.map((work) => work.path))) {
    const { digest } = await verifier.digestFile(path, { chunkMap: true })
    expect(digest).toBe(digestAtOnce(path))
  }
}
