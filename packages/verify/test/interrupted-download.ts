import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
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
import { createWorkspace, listOpenFiles } from './workspace.ts'

export const MIB: number = 1024 * 1024
const SIZE_BYTES = 3 * MIB + 11
const CHUNK_BYTES = 64 * 1024
/** What is downloaded. */
export const MODEL: Uint8Array = Uint8Array.from(
  { length: SIZE_BYTES },
  (_, index) => (index * 31 + (index >> 13)) % 256,
)
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

/** A download that broke off after 2.5 MiB, with a checkpoint at 2 MiB. */
export async function interruptDownload(): Promise<Interrupted> {
  const path = join(createWorkspace(), 'model.part')
  const given: HashCheckpoint[] = []
  const stream = createDigestStream({
    checkpointEveryBytes: MIB,
    onCheckpoint: async (checkpoint) => {
      given.push(checkpoint)
      expect(await saveCheckpoint(path, checkpoint)).toBe(true)
    },
  })
  const piping = ReadableStream.from(send(0, 2.5 * MIB))
    .pipeThrough(stream)
    .pipeTo(await openPartialFile(path))
  await expect(piping).rejects.toThrow('the connection is gone')
  const last = given.at(-1)
  if (last?.offset !== 2 * MIB) return expect.unreachable(`the last checkpoint is at ${last?.offset}`)
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

export function expectClosed(path: string): void {
  if (existsSync('/proc/self/fd')) expect(listOpenFiles()).not.toContain(path)
}
