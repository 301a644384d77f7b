import { expect, it } from 'vitest'
import { Barrier } from '../barrier/barrier.ts'
import { type FakeDiskOptions, fakeDisk } from '../barrier/fake-disk.ts'
import type { SmallFileReply, SmallFileResult } from '../pool/hash-protocol.ts'
import { JobController } from '../pool/job-controller.ts'
import { type SmallFile, SmallFileQueue } from '../pool/small-file-queue.ts'
import { digestSmallFile, type SmallDigestTask } from './digest-small-file.ts'

const FINGERPRINT = { dev: '1', ino: '2', sizeBytes: 3, mtimeNs: '4', ctimeNs: '5' }
const DIGESTED: SmallFileResult = {
  outcome: 'digested',
  digest: 'a'.repeat(64),
  fingerprint: FINGERPRINT,
  isSynced: true,
}
const FRESH: SmallFileResult = { outcome: 'fresh', dev: 1n, ctimeNs: 5n }

/** A thread that answers as told, and remembers what it was asked. */
function createQueue(answer: (file: SmallFile) => SmallFileResult): {
  queue: SmallFileQueue
  asked: readonly SmallFile[]
} {
  const asked: SmallFile[] = []
  const digestSmall = (file: SmallFile): Promise<SmallFileReply> => {
    asked.push(file)
    return Promise.resolve({ id: 1, ...answer(file) })
  }
  return { queue: new SmallFileQueue([{ isStarted: true, isReading: false, digestSmall }]), asked }
}

function toTask(
  path: string,
  queue: SmallFileQueue,
  barrier: Barrier = new Barrier([], fakeDisk()),
): SmallDigestTask {
  const request = {
    path,
    engine: 'native',
    followSymlink: false,
    expectedSizeBytes: undefined,
    chunkMap: false,
  } as const
  return { request, queue, barrier, cancel: new JobController(), onProgress: undefined }
}

/** As a hashing thread does. */
function answerByStamps({ stamps }: SmallFile): SmallFileResult {
  return stamps.some(({ dev, stampNs }) => dev === 1n && stampNs > 5n) ? DIGESTED : FRESH
}

it('asks again once the clock of the volume has gone on, and the thread is free for others meanwhile', async () => {
  const disk = fakeDisk()
  const { queue, asked } = createQueue((file) => (file.path === 'fresh' ? answerByStamps(file) : DIGESTED))
  const barrier = new Barrier([], disk)
  const paths = ['fresh', ...Array.from({ length: 20 }, (_, index) => `old-${index}`)]
  const found = await Promise.all(paths.map((path) => digestSmallFile(toTask(path, queue, barrier))))
  expect(found).not.toContain(undefined)
  expect(asked.map(({ path }) => path)).toEqual([...paths, 'fresh'])
  expect(disk.open).toEqual([])
})

it('asks once for a file that is older than what is known of its volume when its thread gets it', async () => {
  const disk = fakeDisk()
  const { queue, asked } = createQueue(answerByStamps)
  const barrier = new Barrier([], disk)
  const other = barrier.hold()
  const paths = Array.from({ length: 20 }, (_, index) => `file-${index}`)
  const digesting = (): Promise<unknown> =>
    Promise.all(paths.map((path) => digestSmallFile(toTask(path, queue, barrier))))
  await other.pass({ path: 'b', directory: '.', dev: 1n, ctimeNs: 5n }, new AbortController().signal)
  await digesting()
  expect(asked).toHaveLength(20)
  await other.close()
  expect(disk.open).toEqual([])
})

it('leaves a file that keeps changing, or has no clock, to the careful protocol', async () => {
  const { queue, asked } = createQueue(() => FRESH)
  expect(await digestSmallFile(toTask('fresh', queue))).toBeUndefined()
  expect(asked).toHaveLength(2)
  const none = new Barrier([], fakeDisk({ directories: [] }))
  expect(await digestSmallFile(toTask('fresh', queue, none))).toBeUndefined()
  expect(asked).toHaveLength(3)
})

it('is weak if the file could not be synced, or its type does not show stores through a mapping', async () => {
  const digestOn = async (result: SmallFileResult, options: FakeDiskOptions): Promise<unknown> => {
    const { queue } = createQueue(({ stamps }) => (stamps.length === 0 ? FRESH : result))
    return await digestSmallFile(toTask('a', queue, new Barrier([], fakeDisk(options))))
  }
  expect(await digestOn(DIGESTED, {})).not.toHaveProperty('weak')
  expect(await digestOn({ ...DIGESTED, isSynced: false }, {})).toMatchObject({ weak: true })
  const type = { name: 'tmpfs', isLocal: true, showsMappedWrites: false }
  expect(await digestOn(DIGESTED, { type })).toMatchObject({ weak: true })
})

it('is let go while it waits for a file to settle', async () => {
  const { queue, asked } = createQueue(() => FRESH)
  const disk = fakeDisk({ stepNs: 0n })
  const task = toTask('fresh', queue, new Barrier([], disk))
  const ending = digestSmallFile(task)
  disk.onWait = () => task.cancel.abort('not wanted')
  await expect(ending).rejects.toBe('not wanted')
  expect(asked).toHaveLength(1)
  expect(disk.open).toEqual([])
})

it('rejects with the error that ended the thread', async () => {
  const digestSmall = () => Promise.reject(new Error('lost'))
  const queue = new SmallFileQueue([{ isStarted: true, isReading: false, digestSmall }])
  await expect(digestSmallFile(toTask('a', queue))).rejects.toMatchObject({
    code: 'IO',
    details: { operation: 'read', path: 'a' },
    cause: { message: 'lost' },
  })
})
