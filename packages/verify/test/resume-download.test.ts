import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createDigestStream, openPartialFile, resumeDownload } from '../src/index.ts'
import {
  CHECKPOINT_AT,
  DIGEST,
  EXCESS_BYTES,
  interruptDownload,
  MODEL,
  overwrite,
  replaceByCopy,
  replaceByDirectory,
  replaceByLink,
  send,
} from './interrupted-download.ts'

const MIB = 1024 * 1024

async function finishDownload(path: string): Promise<{ digest: string; fromByte: number }> {
  const { fromByte, resumeFrom } = await resumeDownload(path)
  const stream = createDigestStream({ expected: DIGEST, resumeFrom })
  const sink = await openPartialFile(path, { fromByte })
  await ReadableStream.from(send(fromByte)).pipeThrough(stream).pipeTo(sink)
  const { digest } = await stream.result
  expect(readFileSync(path).equals(MODEL)).toBe(true)
  return { digest, fromByte }
}

describe('an interrupted download', () => {
  it('goes on at its last checkpoint', async () => {
    const { path, given } = await interruptDownload()
    const start = await resumeDownload(path)
    expect(start).toMatchObject({
      resume: true,
      fromByte: CHECKPOINT_AT,
      excessBytes: EXCESS_BYTES,
    })
    expect(start.resumeFrom).toMatchObject({ offset: CHECKPOINT_AT, state: given.state, tail: given.tail })
    expect(await finishDownload(path)).toEqual({ digest: DIGEST, fromByte: CHECKPOINT_AT })
  })

  it('goes on from a checkpoint that the caller kept, in any order of its fields', async () => {
    const { path, given } = await interruptDownload()
    rmSync(`${path}.checkpoint`)
    const kept = Object.fromEntries(Object.entries(given).reverse())
    expect(await resumeDownload(path, kept)).toMatchObject({ resume: true, fromByte: CHECKPOINT_AT })
  })

  it('ignores bytes after the checkpoint, of any value', async () => {
    const { path } = await interruptDownload()
    overwrite(path, CHECKPOINT_AT)
    appendFileSync(path, new Uint8Array(CHECKPOINT_AT))
    expect(await finishDownload(path)).toEqual({ digest: DIGEST, fromByte: CHECKPOINT_AT })
  })

  it('goes on where the file ends at the checkpoint', async () => {
    const { path } = await interruptDownload()
    truncateSync(path, CHECKPOINT_AT)
    expect(await resumeDownload(path)).toMatchObject({ resume: true, excessBytes: 0 })
  })

  it('goes on where only the times of the file changed', async () => {
    const { path } = await interruptDownload()
    utimesSync(path, 1, 1)
    expect(await resumeDownload(path)).toMatchObject({ resume: true })
  })

  it('is not changed by looking', async () => {
    const { path, checkpointPath } = await interruptDownload()
    const look = () => [path, checkpointPath].map((it) => [statSync(it).ctimeMs, statSync(it).size])
    const before = look()
    await resumeDownload(path)
    expect(look()).toEqual(before)
  })
})

describe('a file that does not fit its checkpoint starts over', () => {
  it.each<[name: string, reason: string, change: (path: string) => void]>([
    ['removed', 'no-file', (path) => rmSync(path)],
    ['truncated', 'shorter-than-checkpoint', (path) => truncateSync(path, CHECKPOINT_AT - 1)],
    ['empty', 'shorter-than-checkpoint', (path) => truncateSync(path, 0)],
    ['replaced by a copy of the same size', 'another-file', replaceByCopy],
    ['overwritten in the last byte of its tail', 'other-bytes', (path) => overwrite(path, CHECKPOINT_AT - 1)],
    ['overwritten in the first byte of its tail', 'other-bytes', (path) => overwrite(path, 0)],
    ['replaced by a link', 'not-a-regular-file', replaceByLink],
    ['replaced by a directory', 'not-a-regular-file', replaceByDirectory],
    ['without a checkpoint', 'no-checkpoint', (path) => rmSync(`${path}.checkpoint`)],
    ['with a link for a checkpoint', 'damaged-checkpoint', (path) => replaceByLink(`${path}.checkpoint`)],
    [
      'with a directory for a checkpoint',
      'damaged-checkpoint',
      (path) => replaceByDirectory(`${path}.checkpoint`),
    ],
    ['with a huge checkpoint', 'damaged-checkpoint', (path) => truncateSync(`${path}.checkpoint`, 400e9)],
  ])('%s: %s', async (_name, reason, change) => {
    const { path } = await interruptDownload()
    change(path)
    const start = await resumeDownload(path)
    expect(start).toMatchObject({ resume: false, reason, fromByte: 0, resumeFrom: undefined })
    expect(start).toHaveProperty('detail', expect.stringMatching(/\w/u))
    if (!reason.startsWith('not-'))
      expect((await finishDownload(path).catch(() => undefined))?.fromByte ?? 0).toBe(0)
  })

  it('after its tail was overwritten, even with size and times restored', async () => {
    const { path } = await interruptDownload()
    const { atime, mtime } = statSync(path)
    overwrite(path, CHECKPOINT_AT / 2)
    utimesSync(path, atime, mtime)
    expect(await resumeDownload(path)).toMatchObject({ resume: false, reason: 'other-bytes' })
  })

  it('has a tail of a mebibyte, and bytes before it that are not looked at', async () => {
    const checkpointAt = 1.25 * MIB
    const { path } = await interruptDownload({ checkpointAt })
    overwrite(path, checkpointAt - MIB - 1)
    expect(await resumeDownload(path)).toMatchObject({ resume: true, fromByte: checkpointAt })
    overwrite(path, checkpointAt - MIB)
    expect(await resumeDownload(path)).toMatchObject({ resume: false, reason: 'other-bytes' })
  })
})
