import { readFile, writeFile } from 'node:fs/promises'
import { sampleEntry } from '@catalog/testkit'
import type { Commit } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { modelId, register } from './commits.ts'
import { readingDisk } from './reading-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** An attempt that changes nothing of its entry. */
function attemptOf(id: string): Commit {
  const verification = {
    id: modelId(id),
    outcome: 'unreadable',
    bytes: 0,
    durationMs: 7,
    code: 'IO',
  } as const
  return { operation: 'verify', changes: [], verification }
}

function updateOf(id: string, ifRevision: number): Commit {
  const entry = sampleEntry({ id, name: `v${ifRevision + 1}` })
  return { operation: 'update', changes: [{ id: entry.id, ifRevision, entry }] }
}

const SMALL = { segmentBytes: 2048 }

interface Gate {
  readonly opened: Promise<void>
  readonly open: () => void
}

function createGate(): Gate {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** What the disk waits for at one reading of a journal. */
interface Turn {
  readonly beforeOpen?: Promise<unknown>
  readonly afterClose?: () => Promise<unknown>
}

function createEio(): Error {
  return Object.assign(new Error('EIO'), { code: 'EIO' })
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate)
}

describe('the history of one model', () => {
  const root = useTemporaryRoot()
  const others = Array.from({ length: 60 }, (_, number) => `other-${number}`)

  it('is read at its places once the whole was read, also what others add', async () => {
    await register(await root.open(), ...others, 'm')
    let bytesRead = 0
    const disk = readingDisk((bytes) => {
      bytesRead += bytes
    })
    const store = await root.open({ disk })
    expect(await store.changes(0, modelId('m'))).toHaveLength(1)
    const whole = bytesRead
    await register(await root.open(), 'later')
    bytesRead = 0
    expect(await store.changes(0, modelId('other-7'))).toMatchObject([{ id: 'other-7', revision: 1 }])
    expect(await store.changes(0, modelId('later'))).toMatchObject([{ id: 'later', position: 62 }])
    expect(await store.changes(0, modelId('never'))).toEqual([])
    expect(bytesRead).toBeLessThan(whole / 10)
  })

  it('is DAMAGED if one of its records is not what it was', async () => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c')
    expect(await store.changes(0, modelId('a'))).toHaveLength(1)
    const path = root.at('.catalog', 'journal-000001.jsonl')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"id":"b"', '"id":"x"'))
    expect(await store.changes(0, modelId('a'))).toHaveLength(1)
    await expect(store.changes(0, modelId('b'))).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is what the whole history has of it: changes, attempts, removals, and nothing of what did not take effect', async () => {
    const store = await root.open()
    await register(store, 'a', 'b')
    await store.commit([updateOf('a', 1), updateOf('b', 1)])
    await store.commit([updateOf('a', 1)])
    const [first, second] = [updateOf('a', 2), updateOf('b', 2)]
    await store.commit([{ ...first, changes: [...first.changes, ...second.changes] }])
    await store.commit([attemptOf('a'), updateOf('b', 3)])
    await store.commit([{ operation: 'remove', changes: [{ id: modelId('a'), ifRevision: 3, entry: null }] }])
    await register(store, 'a')
    await store.commit([attemptOf('a')])
    const all = await store.changes(0)
    for (const name of ['a', 'b']) {
      const own = await store.changes(0, modelId(name))
      expect(own).toEqual(all.filter(({ id }) => id === name))
      expect(own).toHaveLength(name === 'a' ? 7 : 4)
    }
    const read = (await store.changes(0, modelId('a'))).map(({ revision, entry }) => [revision, entry?.name])
    expect(read).toEqual([
      [1, 'a'],
      [2, 'v2'],
      [3, 'v3'],
      [3, 'v3'],
      [4, undefined],
      [5, 'a'],
      [5, 'a'],
    ])
  })

  it('has the entry of an attempt though no kept record has it', async () => {
    const entry = { id: 'a', name: 'adopted', source: 'file:x', digest: null, state: 'Pending' }
    const times = { registered_at: '2025-10-01T00:00:00Z', verified_at: null }
    await writeFile(root.at('catalog.json'), JSON.stringify({ models: [{ ...entry, ...times }] }))
    const store = await root.open()
    await store.commit([attemptOf('a')])
    await store.commit([attemptOf('a'), updateOf('a', 1), attemptOf('a')])
    const changes = await store.changes(0, modelId('a'))
    expect(changes.map((change) => change.entry?.name)).toEqual(['adopted', 'adopted', 'v2', 'v2'])
    expect(changes).toEqual(await store.changes(0))
  })

  it('has all that is kept after the store went on behind segments that were pruned', async () => {
    const sleeper = await root.open(SMALL)
    const writer = await root.open(SMALL)
    await register(sleeper, 'a')
    expect(await sleeper.changes(0, modelId('a'))).toHaveLength(1)
    await register(writer, ...others)
    await pruneHistory(root.path)
    const kept = await writer.changes(0)
    for (const id of [kept[0]?.id ?? '', kept.at(-1)?.id ?? '']) {
      expect(await sleeper.changes(0, modelId(id)), id).toHaveLength(1)
    }
    await register(writer, 'last')
    expect(await sleeper.changes(0, modelId('last'))).toHaveLength(1)
    expect(await sleeper.changes(0, modelId('a'))).toEqual([])
  })

  it('is read again as a whole where what was known of it was pruned, and leaves no file open', async () => {
    const open: FileSystem['open'] = async (path, mode) => {
      modes.add(mode)
      const file = await nodeFileSystem.open(path, mode)
      openFiles += 1
      return {
        ...file,
        async close() {
          openFiles -= 1
          await file.close()
        },
      }
    }
    const modes = new Set<string>()
    let openFiles = 0
    const store = await root.open({ ...SMALL, disk: { ...nodeFileSystem, open } })
    await register(store, ...others)
    const before = openFiles
    modes.clear()
    expect(await store.changes(0, modelId('other-0'))).toHaveLength(1)
    expect([openFiles, [...modes]]).toEqual([before, ['read']])
    await pruneHistory(root.path)
    expect(await store.changes(0, modelId('other-0'))).toEqual([])
    expect(await store.changes(0, modelId('other-59'))).toHaveLength(1)
    expect(openFiles).toBe(before)
  })

  it('has what was added while the whole is read again, though an earlier reading that was given up ends meanwhile', async () => {
    const turns: (() => Turn)[] = []
    const open: FileSystem['open'] = async (path, mode) => {
      const turn = path.includes('journal') && mode === 'read' ? turns.shift()?.() : undefined
      await turn?.beforeOpen
      const file = await nodeFileSystem.open(path, mode)
      const close = async (): Promise<void> => {
        await file.close()
        await turn?.afterClose?.()
      }
      return { ...file, close }
    }
    const writer = await root.open()
    await register(writer, 'a', 'b', 'c', 'd')
    const store = await root.open({ disk: { ...nodeFileSystem, open } })
    const read = (id: string) => store.changes(0, modelId(id))
    await read('a')
    // Two requests that fail at their places, one after another, and so have the whole read again.
    const [first, second, slow, last] = [createGate(), createGate(), createGate(), createGate()]
    const failing = (gate: Gate) => () => ({
      beforeOpen: gate.opened.then(() => Promise.reject(createEio())),
    })
    turns.push(failing(first), failing(second))
    const [one, two] = [read('a'), read('b')]
    await until(() => turns.length === 0)
    first.open()
    expect(await one).toHaveLength(1)
    turns.push(() => ({ beforeOpen: slow.opened }))
    const three = read('c')
    await until(() => turns.length === 0)
    second.open()
    expect(await two).toHaveLength(1)
    const end = createGate()
    turns.push(() => ({
      afterClose: () => {
        end.open()
        return last.opened
      },
    }))
    const four = read('d')
    await end.opened
    slow.open()
    expect(await three).toHaveLength(1)
    await register(writer, 'later')
    await store.refresh()
    last.open()
    expect(await four).toHaveLength(1)
    expect(await read('later')).toHaveLength(1)
  })

  it('does not hide a mistake in the code behind another way to read it', async () => {
    const mistake = new TypeError('a mistake')
    let isDue = false
    const open: FileSystem['open'] = async (path, mode) => {
      if (!isDue) return await nodeFileSystem.open(path, mode)
      isDue = false
      throw mistake
    }
    const store = await root.open({ disk: { ...nodeFileSystem, open } })
    await register(store, 'a')
    expect(await store.changes(0, modelId('a'))).toHaveLength(1)
    isDue = true
    await expect(store.changes(0, modelId('a'))).rejects.toBe(mistake)
    expect(await store.changes(0, modelId('a'))).toHaveLength(1)
  })

  it('goes on from what was read of it, though that was more than the store had read', async () => {
    const writer = await root.open()
    await register(writer, ...others)
    let bytesRead = 0
    let isDue = true
    const disk = readingDisk((bytes) => {
      bytesRead += bytes
    })
    const list: FileSystem['list'] = async (path) => {
      if (isIndexing && isDue) {
        isDue = false
        await register(writer, 'later')
      }
      return await nodeFileSystem.list(path)
    }
    let isIndexing = false
    const store = await root.open({ disk: { ...disk, list } })
    isIndexing = true
    expect(await store.changes(0, modelId('later'))).toMatchObject([{ id: 'later', position: 61 }])
    expect(isDue).toBe(false)
    const whole = bytesRead
    bytesRead = 0
    expect(await store.changes(0, modelId('later'))).toHaveLength(1)
    await register(writer, 'last')
    expect(await store.changes(0, modelId('last'))).toHaveLength(1)
    expect(bytesRead).toBeLessThan(whole / 5)
  })
})
