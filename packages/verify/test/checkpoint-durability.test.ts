import fs, { readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createDigestStream, type HashCheckpoint, openPartialFile, saveCheckpoint } from '../src/index.ts'
import { createWorkspace } from './workspace.ts'

interface Sync {
  /** What is made to survive a power cut, a file or the directory. */
  readonly synced: string
  /** The names there at that moment. */
  readonly names: readonly string[]
  readonly partialBytes: number
}

/** Every `fsync` and `fdatasync` from now on, in order. */
function recordSyncs(path: string): readonly Sync[] {
  const syncs: Sync[] = []
  for (const call of ['fsync', 'fdatasync'] as const) {
    const original = fs[call]
    const record = (fd: number, done: fs.NoParamCallback): void => {
      const synced = basename(readlinkSync(`/proc/self/fd/${fd}`))
      syncs.push({ synced, names: readdirSync(dirname(path)).sort(), partialBytes: statSync(path).size })
      original(fd, done)
    }
    const spy = vi.spyOn(fs, call).mockImplementation(record as typeof original)
    onTestFinished(() => spy.mockRestore())
  }
  return syncs
}

async function createCheckpoint(bytes: Uint8Array): Promise<HashCheckpoint> {
  const checkpoints: HashCheckpoint[] = []
  const onCheckpoint = (checkpoint: HashCheckpoint) => void checkpoints.push(checkpoint)
  const stream = createDigestStream({ checkpointEveryBytes: bytes.length, onCheckpoint })
  await ReadableStream.from([bytes, bytes]).pipeThrough(stream).pipeTo(new WritableStream())
  return checkpoints[0] ?? expect.unreachable('there was no checkpoint')
}

const itWithProc = it.skipIf(lacks('proc'))
const BYTES = new TextEncoder().encode('the first bytes of a model')

itWithProc('a checkpoint gets its name after the bytes are on the disk, and itself', async () => {
  const path = join(createWorkspace(), 'model.part')
  writeFileSync(path, BYTES)
  const checkpoint = await createCheckpoint(BYTES)
  const syncs = recordSyncs(path)
  expect(await saveCheckpoint(path, checkpoint)).toBe(true)
  const partialBytes = BYTES.length
  expect(syncs).toEqual([
    { synced: 'model.part', names: ['model.part'], partialBytes },
    { synced: 'model.part.checkpoint.new', names: ['model.part', 'model.part.checkpoint.new'], partialBytes },
    { synced: basename(dirname(path)), names: ['model.part', 'model.part.checkpoint'], partialBytes },
  ])
})

itWithProc(
  'a checkpoint is gone for good before its file is cut off; a closed file is on the disk',
  async () => {
    const path = join(createWorkspace(), 'model.part')
    writeFileSync(path, BYTES)
    writeFileSync(`${path}.checkpoint`, 'a checkpoint')
    const syncs = recordSyncs(path)
    const sink = await openPartialFile(path)
    expect(statSync(path).size).toBe(0)
    const writer = sink.getWriter()
    await writer.write(BYTES)
    await writer.close()
    const names = ['model.part']
    const directory = basename(dirname(path))
    expect(syncs).toEqual([
      { synced: directory, names, partialBytes: BYTES.length },
      { synced: 'model.part', names, partialBytes: BYTES.length },
      { synced: directory, names, partialBytes: BYTES.length },
    ])
  },
)
