import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBytes } from '../../test/workspace.ts'
import { createNativeSha256 } from '../hashing/native-sha256.ts'
import { type HashedContent, type HashJob, HashThread, startHashWorker } from './hash-thread.ts'

const CHUNK_BYTES = 1024 * 1024
const NEVER: AbortSignal = new AbortController().signal
const CLOSED_FD = 1_000_000
const FAILING_AFTER_ITS_JOB = `
  const { parentPort } = require('node:worker_threads')
  parentPort.once('message', ({ id }) => {
    parentPort.postMessage({ kind: 'done', id, doneBytes: 0, digest: '' })
    setImmediate(() => { throw new Error('lost') })
  })
`

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verify-thread-'))
})
afterAll(() => rm(directory, { recursive: true }))

function hashFd(
  thread: HashThread,
  fd: number,
  sizeBytes: number,
  more: Partial<HashJob> = {},
): Promise<HashedContent> {
  return thread.hash({ fd, sizeBytes, signal: NEVER, onDoneBytes: () => undefined, ...more })
}

async function hashBytes(
  thread: HashThread,
  bytes: Uint8Array,
  sizeBytes: number,
  more: Partial<HashJob> = {},
): Promise<HashedContent> {
  const path = join(directory, `${bytes.length}.bin`)
  await writeFile(path, bytes)
  const handle = await open(path)
  try {
    return await hashFd(thread, handle.fd, sizeBytes, more)
  } finally {
    await handle.close()
  }
}

function startDying(): Worker {
  return new Worker(`require('node:worker_threads').parentPort.once('message', () => process.exit(7))`, {
    eval: true,
  })
}

describe.each([true, false])('a hashing thread that reads ahead: %s', (readsAhead) => {
  const lengths = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 4 * CHUNK_BYTES, 9 * CHUNK_BYTES + 5]

  let thread: HashThread
  beforeAll(() => {
    thread = new HashThread()
  })
  afterAll(() => thread.close())

  it.each(lengths)('hashes %i bytes in their order', async (length) => {
    const bytes = createBytes(length)
    const sha256 = createNativeSha256()
    sha256.update(bytes)
    expect(await hashBytes(thread, bytes, length, { readsAhead })).toEqual({
      doneBytes: length,
      digest: sha256.digest(),
    })
  })

  it('says how much it read of a file that is shorter than it was', async () => {
    const content = await hashBytes(thread, new Uint8Array(CHUNK_BYTES + 100), 20 * CHUNK_BYTES, {
      readsAhead,
    })
    expect(content.doneBytes).toBe(CHUNK_BYTES + 100)
  })

  it('stops at the end of a file that is far shorter than it was', async () => {
    expect(await hashBytes(thread, new Uint8Array(10), 2 ** 52, { readsAhead })).toMatchObject({
      doneBytes: 10,
    })
  })

  it('rejects with the errno of a read, and can be used again', async () => {
    await expect(hashFd(thread, CLOSED_FD, 10 * CHUNK_BYTES, { readsAhead })).rejects.toMatchObject({
      code: 'EBADF',
    })
    expect(await hashBytes(thread, new Uint8Array(3), 3, { readsAhead })).toMatchObject({ doneBytes: 3 })
  })

  it('hashes a range', async () => {
    const bytes = createBytes(3 * CHUNK_BYTES)
    const [offset, sizeBytes] = [CHUNK_BYTES - 5, CHUNK_BYTES + 9]
    const sha256 = createNativeSha256()
    sha256.update(bytes.subarray(offset, offset + sizeBytes))
    const content = await hashBytes(thread, bytes, sizeBytes, { readsAhead, offset })
    expect(content).toMatchObject({ doneBytes: sizeBytes, digest: sha256.digest() })
  })

  it('stops when it is told to, and can be used again', async () => {
    const controller = new AbortController()
    const handle = await open('/dev/zero')
    const job = { readsAhead, signal: controller.signal, onDoneBytes: () => controller.abort('not wanted') }
    await expect(hashFd(thread, handle.fd, 2 ** 52, job)).rejects.toBe('not wanted')
    expect(thread.isReading).toBe(false)
    await handle.close()
    expect(await hashBytes(thread, new Uint8Array(3), 3, { readsAhead })).toMatchObject({ doneBytes: 3 })
  })
})

describe('a hashing thread with a rate', () => {
  let thread: HashThread
  beforeAll(() => {
    thread = new HashThread()
  })
  afterAll(() => thread.close())

  // That it keeps to its rate is tested with a clock of its own in hash-worker.test.ts.
  it.each([undefined, 2 * CHUNK_BYTES])('reads all, with chunks of %s', async (chunkBytes) => {
    const bytes = createBytes(5 * CHUNK_BYTES)
    const chunks = chunkBytes === undefined ? undefined : { chunkBytes, helper: undefined }
    const bytesPerSecond = 20 * bytes.length
    const content = await hashBytes(thread, bytes, bytes.length, { chunks, bytesPerSecond })
    const sha256 = createNativeSha256()
    sha256.update(bytes)
    expect(content).toMatchObject({ doneBytes: bytes.length, digest: sha256.digest() })
  })

  it('does small files while it waits, and stops when it is told to', async () => {
    const controller = new AbortController()
    const path = join(directory, 'slow.bin')
    await writeFile(path, new Uint8Array(CHUNK_BYTES))
    const handle = await open(path)
    const hashing = hashFd(thread, handle.fd, CHUNK_BYTES, { signal: controller.signal, bytesPerSecond: 1 })
    const file = { path, maxBytes: 1, expectedSizeBytes: undefined, stamps: [] }
    expect(await thread.digestSmall(file)).toMatchObject({ outcome: 'declined' })
    controller.abort('not wanted')
    await expect(hashing).rejects.toBe('not wanted')
    await handle.close()
  })
})

describe('a thread that hashes chunks for another', () => {
  let thread: HashThread
  beforeAll(() => {
    thread = new HashThread()
  })
  afterAll(() => thread.close())

  const readChunks = (thread: HashThread, helper: HashThread | undefined, chunkBytes = 2 * CHUNK_BYTES) => {
    const bytes = createBytes(5 * CHUNK_BYTES + 7)
    const expected = [0, 1, 2].map((index) => {
      const sha256 = createNativeSha256()
      sha256.update(bytes.subarray(index * 2 * CHUNK_BYTES, (index + 1) * 2 * CHUNK_BYTES))
      return sha256.digest()
    })
    const chunks = hashBytes(thread, bytes, bytes.length, { chunks: { chunkBytes, helper } })
    return { chunks, expected }
  }

  it('gives the same digests as without it', async () => {
    const helper = new HashThread()
    const alone = readChunks(thread, undefined)
    expect((await alone.chunks).chunks).toEqual(alone.expected)
    const helped = readChunks(thread, helper)
    expect((await helped.chunks).chunks).toEqual(helped.expected)
    await helper.close()
  })

  it('and dies fails the reading, and not the next one', async () => {
    const workers = [startDying, startHashWorker]
    const helper = new HashThread(() => (workers.shift() ?? startHashWorker)())
    await expect(readChunks(thread, helper).chunks).rejects.toThrow(
      'the thread that hashed the chunks is gone',
    )
    const { chunks, expected } = readChunks(thread, helper)
    expect((await chunks).chunks).toEqual(expected)
    await helper.close()
  })
})

describe('a hashing thread that dies', () => {
  it('rejects its job and is replaced at the next one', async () => {
    const workers = [startDying, startHashWorker]
    const thread = new HashThread(() => (workers.shift() ?? startHashWorker)())
    await expect(hashFd(thread, CLOSED_FD, 1)).rejects.toThrow()
    expect(await hashBytes(thread, new Uint8Array(3), 3)).toMatchObject({ doneBytes: 3 })
    expect(workers).toEqual([])
    await thread.close()
  })

  it('keeps the error it died of as the cause', async () => {
    const failing = `require('node:worker_threads').parentPort.once('message', () => { throw new Error('lost') })`
    const thread = new HashThread(() => new Worker(failing, { eval: true }))
    await expect(hashFd(thread, CLOSED_FD, 1)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: 'lost' }),
    })
  })

  it('does not end the program while idle', async () => {
    const worker = new Worker(FAILING_AFTER_ITS_JOB, { eval: true })
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    const workers = [() => worker]
    const thread = new HashThread(() => (workers.shift() ?? startHashWorker)())
    expect(await hashFd(thread, CLOSED_FD, 0)).toEqual({ doneBytes: 0, digest: '' })
    await ended
    expect(await hashBytes(thread, new Uint8Array(3), 3)).toMatchObject({ doneBytes: 3 })
    await thread.close()
  })
})
