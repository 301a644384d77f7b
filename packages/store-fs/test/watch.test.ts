import type { CommittedChange } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { systemTimers } from '../src/disk/timers.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { modelId, register, registrationOf } from './commits.ts'
import { ManualTimers } from './manual-timers.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const SMALL = { segmentBytes: 2048 }
const POLL_MS = 1000
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

/** A disk whose notifications a test sends itself. */
function notifyingDisk(): { readonly disk: FileSystem; readonly listeners: Set<() => void>; notify(): void } {
  const listeners = new Set<() => void>()
  const disk: FileSystem = {
    ...nodeFileSystem,
    watchDirectory: (_, listener) => {
      listeners.add(listener)
      return { close: () => listeners.delete(listener) }
    },
  }
  return { disk, listeners, notify: () => [...listeners].forEach((listener) => void listener()) }
}

/** A disk that cannot tell of changes. */
const silentDisk: FileSystem = {
  ...nodeFileSystem,
  watchDirectory: () => {
    throw Object.assign(new Error('too many watchers'), { code: 'ENOSPC' })
  },
}

async function takeIds(changes: AsyncIterator<CommittedChange>, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const { done, value } = await changes.next()
    if (done) throw new Error(`the watch ended after ${ids.length} changes`)
    ids.push(value.id)
  }
  return ids
}

describe('a watch of a directory', () => {
  const root = useTemporaryRoot()

  it('learns of what another store appends by notification alone', async () => {
    const { disk, notify } = notifyingDisk()
    const watcher = await root.open({ disk, timers: new ManualTimers() })
    const writer = await root.open()
    const changes = watcher.watch({ since: await watcher.refresh() })
    const next = changes.next()
    await register(writer, 'a')
    notify()
    expect(await next).toMatchObject({ value: { id: 'a' } })
  })

  it('is told by the real directory, with no timer at all', async () => {
    const watcher = await root.open({ timers: new ManualTimers() })
    const writer = await root.open()
    const changes = watcher.watch()
    const next = changes.next()
    await register(writer, 'a')
    expect(await next).toMatchObject({ value: { id: 'a' } })
  })

  it('looks once a second where the disk cannot tell', async () => {
    const timers = new ManualTimers()
    const watcher = await root.open({ disk: silentDisk, timers })
    const writer = await root.open()
    const changes = watcher.watch({ since: 0 })
    await register(writer, 'a')
    expect(await takeIds(changes, 1)).toEqual(['a'])
    const next = changes.next()
    await register(writer, 'b')
    timers.fire(POLL_MS)
    expect(await next).toMatchObject({ value: { id: 'b' } })
    expect(timers.count(POLL_MS)).toBe(1)
  })

  it('holds nothing before it is asked, and lets go of all when it ends', async () => {
    const { disk, listeners } = notifyingDisk()
    const timers = new ManualTimers()
    const store = await root.open({ disk, timers })
    await register(store, 'a')
    const quiet = timers.count(POLL_MS)
    const controller = new AbortController()
    const watches = [store.watch({ since: 0 }), store.watch({ since: 0, signal: controller.signal })] as const
    expect([listeners.size, timers.count(POLL_MS)]).toEqual([0, quiet])
    for (const watch of watches) await watch.next()
    expect([listeners.size, timers.count(POLL_MS)]).toEqual([1, quiet + 1])
    await watches[0].return?.()
    expect(listeners.size).toBe(1)
    controller.abort()
    expect([listeners.size, timers.count(POLL_MS)]).toEqual([0, quiet])
    await expect(watches[1].next()).rejects.toBe(controller.signal.reason)
  })

  it('goes on through all further segments', async () => {
    const watcher = await root.open({ ...SMALL, timers: systemTimers })
    const writer = await root.open(SMALL)
    const changes = watcher.watch()
    const ids = many('a', 60)
    const taken = takeIds(changes, ids.length)
    await register(writer, ...ids)
    expect(await taken).toEqual(ids)
  })

  it('begins in an old segment and comes to the present one without a gap or a change given twice', async () => {
    const store = await root.open(SMALL)
    await register(store, ...many('old', 60))
    const { position = 0 } = (await store.changes(0))[9] ?? {}
    const changes = store.watch({ since: position })
    const expected = [...many('old', 60).slice(10), ...many('new', 60)]
    const first = await takeIds(changes, 5)
    const rest = takeIds(changes, expected.length - 5)
    await register(store, ...many('new', 60))
    expect([...first, ...(await rest)]).toEqual(expected)
  })

  it('gives a slow caller every change once, from the disk', async () => {
    const store = await root.open()
    const changes = store.watch({ since: 0 })
    await register(store, 'first')
    expect(await takeIds(changes, 1)).toEqual(['first'])
    const waiting = changes.next()
    const batches = Array.from({ length: 15 }, (_, n) => many(`batch-${n}`, 100))
    for (const ids of batches) await store.commit(ids.map(registrationOf))
    const ids = batches.flat()
    expect(await waiting).toMatchObject({ value: { id: ids[0] } })
    expect(await takeIds(changes, ids.length - 1)).toEqual(ids.slice(1))
    const next = changes.next()
    await register(store, 'last')
    expect(await next).toMatchObject({ value: { id: 'last' } })
  })

  it('rejects if the next change was pruned', async () => {
    const store = await root.open(SMALL)
    await register(store, ...many('a', 60))
    const { position = 0 } = (await store.changes(0))[0] ?? {}
    await pruneHistory(root.path)
    await expect(store.watch({ since: position }).next()).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'since' }] },
    })
    const kept = await store.changes(0)
    expect(kept.at(-1)).toMatchObject({ id: 'a-59' })
    expect(await store.watch({ since: 0 }).next()).toMatchObject({ value: { id: kept[0]?.id } })
  })

  it('says so where the store it follows had to pass over records that were pruned', async () => {
    const { disk, notify } = notifyingDisk()
    const watcher = await root.open({ ...SMALL, disk, timers: new ManualTimers() })
    const writer = await root.open(SMALL)
    await register(writer, 'first')
    const changes = watcher.watch({ since: 0 })
    expect(await takeIds(changes, 1)).toEqual(['first'])
    const next = changes.next()
    await register(writer, ...many('a', 60))
    await pruneHistory(root.path)
    notify()
    // The segment that it had open is still readable to its end.
    expect(await next).toMatchObject({ value: { id: 'a-0' } })
    const toTheEnd = async () => {
      for await (const { id } of changes) expect(id).not.toBe('a-59')
    }
    await expect(toTheEnd()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('rejects with what the store finds wrong', async () => {
    const { disk, notify } = notifyingDisk()
    let isBroken = false
    const failing: FileSystem = {
      ...disk,
      open: async (path, mode) => {
        const file = await disk.open(path, mode)
        const status = () => {
          if (isBroken) throw Object.assign(new Error('injected'), { code: 'EIO' })
          return file.status()
        }
        return { ...file, status }
      },
    }
    const store = await root.open({ disk: failing, timers: new ManualTimers() })
    const changes = store.watch({ since: await store.refresh() })
    const refused = expect(changes.next()).rejects.toMatchObject({ code: 'IO', details: { errno: 'EIO' } })
    isBroken = true
    notify()
    await refused
    isBroken = false
    expect(await store.get(modelId('a'))).toBeUndefined()
  })
})
