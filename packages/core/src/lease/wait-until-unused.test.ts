import { getEventListeners } from 'node:events'
import { fixedClock, openMemoryStore, sampleEntry } from '@catalog/testkit'
import { CatalogError, type CatalogStore, parseModelId, type WatchOptions } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Wait } from '../context/wait.ts'
import { createInUse, toUser } from './active-leases.ts'
import { waitUntilUnused } from './wait-until-unused.ts'

const id = parseModelId('m')
const HOUR_MS = 60 * 60 * 1000

/** Rejects when its signal is aborted, and never ends by itself. */
const waitForSignal: Wait = (_, signal) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

/** A catalog whose time stands still, and what is asked of it while an operation waits. */
async function open(wait: Wait = waitForSignal) {
  const store = await openMemoryStore()
  const watched: WatchOptions[] = []
  const watch = store.watch.bind(store)
  store.watch = (options = {}) => {
    watched.push(options)
    return watch(options)
  }
  const context = { store, clock: fixedClock(), wait } as Partial<CatalogContext> as CatalogContext
  return { context, store, watched }
}

/** Writes an entry, which is a change of it. */
async function change(store: CatalogStore, modelId: string): Promise<void> {
  const entry = sampleEntry({ id: modelId })
  const { revision = 0 } = (await store.get(entry.id)) ?? {}
  await store.commit([{ operation: 'edit', changes: [{ id: entry.id, ifRevision: revision, entry }] }])
}

/** IN_USE until an hour from now. */
function inUse({ clock }: CatalogContext): Error {
  const until = new Date(clock.now().getTime() + HOUR_MS).toISOString()
  return createInUse(id, [toUser('lease', { holder: 'h', until })])
}

describe('an operation that waits until a model is not in use', () => {
  it('sees a change that was made during its attempt', async () => {
    const { context, store } = await open()
    let attempts = 0
    const done = waitUntilUnused(context, { id, wait: true }, async () => {
      attempts += 1
      if (attempts === 2) return 'done'
      await change(store, 'm')
      throw inUse(context)
    })
    expect(await done).toBe('done')
  })

  it('is tried again by a change of the model, and by none of another one', async () => {
    const { context, store, watched } = await open()
    const afterOther: number[] = []
    let attempts = 0
    const done = waitUntilUnused(context, { id, wait: true }, async () => {
      attempts += 1
      if (attempts === 2) return 'done'
      setImmediate(async () => {
        await change(store, 'other')
        setImmediate(async () => {
          afterOther.push(attempts)
          await change(store, 'm')
        })
      })
      throw inUse(context)
    })
    expect(await done).toBe('done')
    expect(afterOther).toEqual([1])
    expect([attempts, watched.length]).toEqual([2, 1])
  })

  it('leaves no watch, no timer and no listener behind', async () => {
    const timers: (AbortSignal | undefined)[] = []
    const { context, store, watched } = await open((ms, signal) => {
      timers.push(signal)
      return waitForSignal(ms, signal)
    })
    const { signal } = new AbortController()
    let attempts = 0
    await waitUntilUnused(context, { id, wait: { signal } }, async () => {
      attempts += 1
      if (attempts === 2) return
      await change(store, 'm')
      throw inUse(context)
    })
    expect(timers.map((timer) => timer?.aborted)).toEqual([true])
    expect(watched.map((watch) => watch.signal?.aborted)).toEqual([true])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('ends with the reason of its signal, aborted while it waits or during its attempt', async () => {
    const waiting = new AbortController()
    const { context } = await open((ms, signal) => {
      setImmediate(() => waiting.abort('enough'))
      return waitForSignal(ms, signal)
    })
    const fail = (): Promise<void> => Promise.reject(inUse(context))
    const first = waitUntilUnused(context, { id, wait: { signal: waiting.signal } }, fail)
    await expect(first).rejects.toBe('enough')
    const during = new AbortController()
    const second = waitUntilUnused(context, { id, wait: { signal: during.signal } }, () => {
      during.abort('at once')
      return fail()
    })
    await expect(second).rejects.toBe('at once')
  })

  it('ends with every error but IN_USE', async () => {
    const { context } = await open()
    const gone = new CatalogError('NOT_FOUND', 'gone', { id })
    await expect(waitUntilUnused(context, { id, wait: true }, () => Promise.reject(gone))).rejects.toBe(gone)
  })
})
