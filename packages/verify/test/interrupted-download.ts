import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createDigestStream, type HashCheckpoint, openPartialFile, saveCheckpoint } from '../src/index.ts'
import { createBytes, createWorkspace } from './workspace.ts'

const CHUNK_BYTES = 64 * 1024
/** Where an interrupted download had its last checkpoint, if nothing else is said. */
export const CHECKPOINT_AT: number = 4 * CHUNK_BYTES
/** How much further it came. */
export const EXCESS_BYTES: number = 2 * CHUNK_BYTES
const SIZE_BYTES = 28 * CHUNK_BYTES + 11
/** What is downloaded. */
export const MODEL: Uint8Array = createBytes(SIZE_BYTES)
export const DIGEST: string = createHash('sha256').update(MODEL).digest('hex')

/** The model from a byte on, breaking off at another one as a connection does. */
export async function* send(fromByte: number, breakAt: number = SIZE_BYTES): AsyncGenerator<Uint8Array> {
  for (let start = fromByte; start < breakAt; start += CHUNK_BYTES) {
    yield MODEL.slice(start, Math.min(start + CHUNK_BYTES, SIZE_BYTES))
  }
  if (breakAt < SIZE_BYTES) throw new Error('the connection is gone')
}

export interface Interrupted {
  readonly path: string
  readonly checkpointPath: string
  /** As the stream gave it, bound to no file. */
  readonly given: HashCheckpoint
}

export interface InterruptOptions {
  readonly directory?: string
  /** A multiple of 128 KiB. */
  readonly checkpointAt?: number
}

/** A download that broke off, after its second checkpoint. */
export async function interruptDownload({
  directory = createWorkspace(),
  checkpointAt = CHECKPOINT_AT,
}: InterruptOptions = {}): Promise<Interrupted> {
  const path = join(directory, 'model.part')
  const given: HashCheckpoint[] = []
  const stream = createDigestStream({
    checkpointEveryBytes: checkpointAt / 2,
    onCheckpoint: async (checkpoint) => {
      given.push(checkpoint)
      expect(await saveCheckpoint(path, checkpoint)).toBe(true)
    },
  })
  const piping = ReadableStream.from(send(0, checkpointAt + EXCESS_BYTES))
    .pipeThrough(stream)
    .pipeTo(await openPartialFile(path))
  await expect(piping).rejects.toThrow('the connection is gone')
  const last = given.at(-1)
  if (last?.offset !== checkpointAt) return expect.unreachable(`the last checkpoint is at ${last?.offset}`)
  return { path, checkpointPath: `${path}.checkpoint`, given: last }
}

export function overwrite(path: string, position: number): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, Buffer.from([255 ^ (MODEL[position] ?? 0)]), 0, 1, position)
  closeSync(fd)
}

export function replaceByCopy(path: string): void {
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
}

export function replaceByLink(path: string): void {
  renameSync(path, `${path}.moved`)
  symlinkSync(`${path}.moved`, path)
}

export function replaceByDirectory(path: string): void {
  rmSync(path)
  mkdirSync(path)
}
