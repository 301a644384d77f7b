import { describe, expect, it } from 'vitest'
import type { SmallFileReply } from './hash-protocol.ts'
import { JobController } from './job-controller.ts'
import { type SmallFile, SmallFileQueue, type SmallFileThread } from './small-file-queue.ts'

const DONE: SmallFileReply = { id: 1, outcome: 'declined' }

class FakeThread implements SmallFileThread {
  isStarted = true
  isReading = false
  readonly paths: string[] = []
  readonly endings: ((reply: SmallFileReply) => void)[] = []

  digestSmall({ path }: SmallFile): Promise<SmallFileReply> {
    this.paths.push(path)
    return new Promise((resolve) => this.endings.push(resolve))
  }

  async endOne(): Promise<void> {
    this.endings.shift()?.(DONE)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function ask(queue: SmallFileQueue, count: number): Promise<SmallFileReply>[] {
  return Array.from({ length: count }, (_, index) => queue.digest(toFile(String(index)), new JobController()))
}

function toFile(path: string): SmallFile {
  return { path, maxBytes: 1, expectedSizeBytes: undefined, stamps: [] }
}

describe('small files', () => {
  it('go to the thread with the least to do, eight ahead, in the order of asking', async () => {
    const threads = [new FakeThread(), new FakeThread()] as const
    ask(new SmallFileQueue(threads), 20)
    expect(threads.map(({ paths }) => paths)).toEqual([
      ['0', '2', '4', '6', '8', '10', '12', '14'],
      ['1', '3', '5', '7', '9', '11', '13', '15'],
    ])
    await threads[1].endOne()
    expect(threads[1].paths.at(-1)).toBe('16')
  })

  it('start a thread only when the others are at work', () => {
    const threads = [new FakeThread(), new FakeThread()] as const
    threads[0].isStarted = false
    const queue = new SmallFileQueue(threads)
    ask(queue, 1)
    expect(threads.map(({ paths }) => paths.length)).toEqual([0, 1])
    ask(queue, 1)
    expect(threads.map(({ paths }) => paths.length)).toEqual([1, 1])
  })

  it('leave a thread with a large file alone as long as there is another', async () => {
    const threads = [new FakeThread(), new FakeThread()] as const
    threads[0].isReading = true
    ask(new SmallFileQueue(threads), 20)
    expect(threads.map(({ paths }) => paths.length)).toEqual([0, 8])
  })

  it('go one at a time to threads that all have a large file', async () => {
    const threads = [new FakeThread(), new FakeThread()] as const
    for (const thread of threads) thread.isReading = true
    const queue = new SmallFileQueue(threads)
    ask(queue, 20)
    expect(threads.map(({ paths }) => paths.length)).toEqual([1, 1])
    await threads[0].endOne()
    expect(threads.map(({ paths }) => paths.length)).toEqual([2, 1])
    threads[1].isReading = false
    queue.wake()
    expect(threads.map(({ paths }) => paths.length)).toEqual([2, 8])
  })

  it('that wait are cancelled at once; those under way, when the thread is done with them', async () => {
    const thread = new FakeThread()
    const queue = new SmallFileQueue([thread])
    const cancel = new JobController()
    const endings = Array.from({ length: 9 }, (_, index) => String(index)).map((path) =>
      queue.digest(toFile(path), cancel),
    )
    const ended: number[] = []
    for (const [index, ending] of endings.entries()) ending.catch(() => ended.push(index))
    cancel.abort('not wanted')
    await new Promise((resolve) => setImmediate(resolve))
    expect(ended).toEqual([8])
    await thread.endOne()
    expect(ended).toEqual([8, 0])
    expect(thread.paths).toHaveLength(8)
  })

  it('go on after a thread died', async () => {
    const thread = new FakeThread()
    thread.digestSmall = () => Promise.reject(new Error('lost'))
    const queue = new SmallFileQueue([thread])
    const endings = await Promise.allSettled(ask(queue, 20))
    expect(endings.every(({ status }) => status === 'rejected')).toBe(true)
  })
})
