import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { FIRST_PREFIX } from '../src/format/checksum.ts'
import { formatRecord } from '../src/format/record.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { idsOf, modelId, register } from './commits.ts'
import { readRecords } from './journal-lines.ts'
import { ManualTimers } from './manual-timers.ts'
import { useTemporaryRoot } from './temporary-root.ts'

interface Resolvable {
  readonly promise: Promise<void>
  resolve(): void
}

function createResolvable(): Resolvable {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve: () => resolve() }
}

const SMALL = { segmentBytes: 1024 }

/** The real disk; something happens right before or after the next call for a path. */
function interruptedAt(
  call: 'open' | 'append',
  path: string,
  happen: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
): FileSystem {
  let isDue = true
  const interrupt = async <T>(run: () => T | Promise<T>): Promise<T> => {
    if (!isDue) return await run()
    isDue = false
    await happen.before?.()
    const result = await run()
    await happen.after?.()
    return result
  }
  return {
    ...nodeFileSystem,
    async open(opened, mode) {
      if (opened !== path) return await nodeFileSystem.open(opened, mode)
      if (call === 'open') return await interrupt(() => nodeFileSystem.open(opened, mode))
      const file = await nodeFileSystem.open(opened, mode)
      return { ...file, append: (bytes) => interrupt(() => file.append(bytes)) }
    },
  }
}

describe('another process that acts between two calls', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  const seal = async () => {
    const start = [0, FIRST_PREFIX] as const
    const header = { after: start, synced: start, writer: 'sealer', seq: 1, at: '2026-01-01T00:00:00.000Z' }
    const file = await nodeFileSystem.open(journal(), 'append')
    await file.append(formatRecord(header, { seal: true }))
    await file.close()
  }

  it('and makes the next segment is seen by who looks after that, though another look began before', async () => {
    const looks: Resolvable[] = []
    const list: FileSystem['list'] = async (path) => {
      const names = await nodeFileSystem.list(path)
      await looks.shift()?.promise
      return names
    }
    const reader = await root.open({ disk: { ...nodeFileSystem, list }, timers: new ManualTimers() })
    await seal()
    const look = createResolvable()
    looks.push(look)
    const early = reader.refresh()
    await register(await root.open(), 'a')
    const late = idsOf(reader)
    await new Promise(setImmediate)
    look.resolve()
    await early
    expect(await late).toEqual(['a'])
  })

  it('and seals the segment makes no commit fail: it is written again, to the next one', async () => {
    await (await root.open()).close()
    const store = await root.open({ disk: interruptedAt('append', journal(), { before: seal }) })
    await register(store, 'a')
    expect(await idsOf(store)).toEqual(['a'])
    expect((await store.changes(0)).map(({ id }) => id)).toEqual(['a'])
    expect(await idsOf(await root.open())).toEqual(['a'])
  })

  it('and writes before a commit is what this one builds on', async () => {
    const store = await root.open()
    await register(await root.open(), 'other')
    await register(store, 'own')
    const [other, own] = await readRecords(journal())
    expect(own?.record.writer).not.toBe(other?.record.writer)
    expect(own?.record.after[0]).toBe(1)
  })

  it.each(['before', 'after'])(
    'and prunes the segment that is opened, %s it was, makes no opening fail',
    async (when) => {
      await register(await root.open(), 'first')
      const prune = async () => {
        const writer = await root.open(SMALL)
        await register(writer, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
        await writer.close()
        expect((await pruneHistory(root.path)).removed.length).toBeGreaterThan(0)
      }
      const store = await root.open({ disk: interruptedAt('open', journal(), { [when]: prune }) })
      expect(await idsOf(store)).toHaveLength(9)
    },
  )
})

describe('reads of one turn', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  it('each see what was acknowledged before that one was asked for', async () => {
    const writer = await root.open()
    await register(writer, 'a')
    const reader = await root.open({ readOnly: true })
    const before = statSync(journal()).size
    await register(writer, 'b')
    const added = readFileSync(journal()).subarray(before)
    truncateSync(journal(), before)
    const first = reader.get(modelId('a'))
    appendFileSync(journal(), added)
    const second = reader.get(modelId('b'))
    expect([(await first)?.id, (await second)?.id]).toEqual(['a', 'b'])
  })
})
