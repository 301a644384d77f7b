import { createHash } from 'node:crypto'
import { EventEmitter, getEventListeners, once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { lacks } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createVerifier, type FileDigest, type Verifier, type VerifierOptions } from '../src/index.ts'
import { createSparseFile, createWorkspace, digestAtOnce, listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024

function openVerifier(options?: VerifierOptions): Verifier {
  const verifier = createVerifier(options)
  onTestFinished(() => verifier.close())
  return verifier
}

function createModels(count: number, sizeBytes: number): readonly string[] {
  const directory = createWorkspace()
  return Array.from({ length: count }, (_, index) =>
    createSparseFile(join(directory, `${index}.gguf`), sizeBytes),
  )
}

function createModel(sizeBytes: number): string {
  return createSparseFile(join(createWorkspace(), 'model.gguf'), sizeBytes)
}

interface StartedDigest {
  readonly started: Promise<unknown>
  readonly ending: Promise<FileDigest>
}

function startDigest(verifier: Verifier, path: string, signal?: AbortSignal): StartedDigest {
  const reports = new EventEmitter()
  const started = once(reports, 'progress')
  const ending = verifier.digestFile(path, { signal, onProgress: () => reports.emit('progress') })
  return { started, ending }
}

let one: Verifier
let two: Verifier
beforeAll(() => {
  one = createVerifier({ threads: 1 })
  two = createVerifier({ threads: 2 })
})
afterAll(() => Promise.all([one.close(), two.close()]))

describe('many files', () => {
  it('are digested in the order of the calls', async () => {
    const finished: string[] = []
    const paths = createModels(8, MIB)
    await Promise.all(paths.map((path) => one.digestFile(path).then(() => finished.push(path))))
    expect(finished).toEqual(paths)
  })

  it('are hashed by threads, and not by that of the caller', async () => {
    const update = vi.spyOn(Object.getPrototypeOf(createHash('sha256')), 'update')
    const [small = '', large = ''] = [...createModels(1, 10_000), ...createModels(1, 9 * MIB)]
    const digests = await Promise.all([small, large].map((path) => two.digestFile(path)))
    expect(update).not.toHaveBeenCalled()
    update.mockRestore()
    expect(digests.map(({ digest }) => digest)).toEqual([small, large].map(digestAtOnce))
  })

  it('run at the same time on two threads', async () => {
    const controller = new AbortController()
    const jobs = createModels(2, 400e9).map((path) => startDigest(two, path, controller.signal))
    await Promise.all(jobs.map(({ started }) => started))
    controller.abort('seen')
    const endings = await Promise.allSettled(jobs.map(({ ending }) => ending))
    expect(endings).toEqual(jobs.map(() => ({ status: 'rejected', reason: 'seen' })))
  })

  it.skipIf(lacks('proc')).each([MIB, 5 * MIB])(
    'are open no more than there are threads, at %i bytes',
    async (sizeBytes) => {
      const paths = createModels(6, sizeBytes)
      const open: number[] = []
      // One that is read may have a second descriptor for a moment, by which writes under way are waited for.
      const onProgress = () => open.push(new Set(listOpenFiles().filter((file) => paths.includes(file))).size)
      await Promise.all(paths.map((path) => two.digestFile(path, { onProgress })))
      expect(Math.max(...open)).toBeLessThanOrEqual(2)
    },
  )

  it('may share one signal, which is left as it was', async () => {
    const { signal } = new AbortController()
    const warnings: string[] = []
    const onWarning = ({ name }: Error) => warnings.push(name)
    process.on('warning', onWarning)
    await Promise.all(createModels(40, 10).map((path) => two.digestFile(path, { signal })))
    await nextTurn()
    process.off('warning', onWarning)
    expect(warnings).not.toContain('MaxListenersExceededWarning')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('go on after one of them failed', async () => {
    const path = createModel(MIB)
    const results = await Promise.allSettled(
      ['/missing', path, '/missing', path].map((it) => one.digestFile(it)),
    )
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
  })
})

describe.each([1, 2])('a huge file and small ones on %i threads', (threads) => {
  it('the huge one does not keep the small ones waiting', async () => {
    const verifier = threads === 1 ? one : two
    const controller = new AbortController()
    const small = createModels(20, 10_000)
    const huge = createModels(threads, 400e9).map((path) => startDigest(verifier, path, controller.signal))
    await Promise.all(huge.map(({ started }) => started))
    const digests = await Promise.all(small.map((path) => verifier.digestFile(path)))
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(1)
    controller.abort('done')
    const endings = await Promise.allSettled(huge.map(({ ending }) => ending))
    expect(endings).toEqual(huge.map(() => ({ status: 'rejected', reason: 'done' })))
  })

  it('the small ones asked for later do not keep the large one waiting', async () => {
    const verifier = threads === 1 ? one : two
    const small = createModel(10_000)
    let isDone = false
    const askAgain = async () => {
      while (!isDone) await verifier.digestFile(small)
    }
    // More than two threads take at a time, and without end if they go before the large one.
    const asking = Array.from({ length: 30 }, askAgain)
    await verifier.digestFile(createModel(8 * MIB))
    isDone = true
    await Promise.all(asking)
  })
})

describe('measuring', () => {
  it.each([0, 5, 2 ** 32 + 1, 400e9])('tells a size of %i bytes without reading', async (sizeBytes) => {
    expect(await one.measureFile(createModel(sizeBytes))).toBe(sizeBytes)
  })

  it('refuses a bad path', async () => {
    const expected = { code: 'INVALID_INPUT', details: { problems: [{ field: 'path' }] } }
    await expect(one.measureFile('a\0b')).rejects.toMatchObject(expected)
  })
})

describe('a closed verifier', () => {
  it('has ended what ran and what waited', async () => {
    const verifier = openVerifier({ threads: 1 })
    const path = createModel(400e9)
    const running = startDigest(verifier, path)
    const waiting = startDigest(verifier, path)
    const endings = Promise.allSettled([running.ending, waiting.ending])
    await running.started
    await verifier.close()
    const closed = { status: 'rejected', reason: expect.objectContaining({ code: 'CLOSED' }) }
    expect(await endings).toEqual([closed, closed])
  })

  it.skipIf(lacks('proc'))('has no file open', async () => {
    const verifier = openVerifier()
    const path = createModel(400e9)
    const { started, ending } = startDigest(verifier, path)
    ending.catch(() => undefined)
    await started
    expect(listOpenFiles()).toContain(path)
    await verifier.close()
    expect(listOpenFiles()).not.toContain(path)
  })

  it.skipIf(lacks('proc'))('has no threads left', async () => {
    const listThreads = (): readonly string[] => readdirSync('/proc/self/task')
    const path = createModel(MIB)
    // The threads of Node for files start at the first one.
    await one.digestFile(path)
    const before = listThreads()
    const verifier = openVerifier()
    await verifier.digestFile(path)
    const started = listThreads().filter((thread) => !before.includes(thread))
    expect(started).not.toEqual([])
    await verifier.close()
    // A joined thread may be seen for another moment.
    while (listThreads().some((thread) => started.includes(thread))) await nextTurn()
  })

  it('refuses every call', async () => {
    const verifier = openVerifier()
    const path = createModel(5)
    await verifier.digestFile(path)
    await verifier.close()
    await verifier.close()
    const closed = { code: 'CLOSED', details: { what: 'verifier' } }
    await expect(verifier.digestFile(path)).rejects.toMatchObject(closed)
    await expect(verifier.verifyDigest(path, 'a'.repeat(64))).rejects.toMatchObject(closed)
    await expect(verifier.measureFile(path)).rejects.toMatchObject(closed)
  })

  it('is what `await using` leaves', async () => {
    const verifier = openVerifier()
    await verifier[Symbol.asyncDispose]()
    await expect(verifier.measureFile('/')).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('the settings of a verifier', () => {
  it.each([0, -1, 1.5, 65, Number.NaN])('refuse %s threads', (threads) => {
    const expected = expect.objectContaining({ code: 'INVALID_INPUT' })
    expect(() => createVerifier({ threads })).toThrow(expected)
  })

  it('are the defaults of its calls', async () => {
    const verifier = openVerifier({ engine: 'wasm' })
    const path = createModel(5)
    expect(await verifier.digestFile(path)).toMatchObject({ engine: 'wasm' })
    expect(await verifier.digestFile(path, { engine: 'native' })).toMatchObject({ engine: 'native' })
  })
})
