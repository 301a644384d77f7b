import { expect, it } from 'vitest'
import type { SmallFileReply, SmallFileResult } from '../pool/hash-protocol.ts'
import { JobController } from '../pool/job-controller.ts'
import { type SmallFile, SmallFileQueue } from '../pool/small-file-queue.ts'
import { digestSmallFile, type SmallDigestTask } from './digest-small-file.ts'

const FINGERPRINT = { dev: '1', ino: '2', sizeBytes: 3, mtimeNs: '4', ctimeNs: '5' }
const DIGESTED: SmallFileResult = { outcome: 'digested', digest: 'a'.repeat(64), fingerprint: FINGERPRINT }

/** Ahead of the clock, as of another machine: such a file is waited for a full step, however slow this one is. */
const FRESH_CTIME_NS = String(BigInt(Date.now() + 3_600_000) * 1_000_000n)

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

function toTask(path: string, queue: SmallFileQueue): SmallDigestTask {
  const request = {
    path,
    engine: 'native',
    followSymlink: false,
    expectedSizeBytes: undefined,
    chunkMap: false,
  } as const
  return { request, queue, cancel: new JobController(), onProgress: undefined }
}

it('waits for a file that was just changed without keeping the thread from others', async () => {
  const { queue, asked } = createQueue(({ path, settledCtimeNs }) =>
    path === 'fresh' && settledCtimeNs === undefined
      ? { outcome: 'fresh', ctimeNs: FRESH_CTIME_NS }
      : DIGESTED,
  )
  const paths = ['fresh', ...Array.from({ length: 20 }, (_, index) => `old-${index}`)]
  await Promise.all(paths.map((path) => digestSmallFile(toTask(path, queue))))
  expect(asked.map(({ path }) => path)).toEqual([...paths, 'fresh'])
  expect(asked.at(-1)?.settledCtimeNs).toBe(FRESH_CTIME_NS)
})

it('leaves a file that keeps changing to the careful protocol', async () => {
  const { queue, asked } = createQueue(() => ({ outcome: 'fresh', ctimeNs: FRESH_CTIME_NS }))
  expect(await digestSmallFile(toTask('fresh', queue))).toBeUndefined()
  expect(asked).toHaveLength(2)
})

it('is let go while it waits for a file to settle', async () => {
  const { queue, asked } = createQueue(() => ({ outcome: 'fresh', ctimeNs: FRESH_CTIME_NS }))
  const task = toTask('fresh', queue)
  const ending = digestSmallFile(task)
  // Only what was resolved goes on, and no timer.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  task.cancel.abort('not wanted')
  await expect(ending).rejects.toBe('not wanted')
  expect(asked).toHaveLength(1)
})

it('says what the thread died of', async () => {
  const digestSmall = () => Promise.reject(new Error('lost'))
  const queue = new SmallFileQueue([{ isStarted: true, isReading: false, digestSmall }])
  await expect(digestSmallFile(toTask('a', queue))).rejects.toMatchObject({
    code: 'IO',
    details: { operation: 'read', path: 'a' },
    cause: { message: 'lost' },
  })
})
