import { copyFile, readdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { FIRST_PREFIX } from '../src/format/checksum.ts'
import { fileNamesIn } from '../src/format/file-names.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { createSegment } from '../src/segment/create-segment.ts'
import { CatalogState } from '../src/state/catalog-state.ts'
import { idsOf, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const SMALL = { segmentBytes: 2048 }
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

/** Runs something once, in front of the first call on a path of that kind or behind it. */
function stopAt(
  call: 'open' | 'link' | 'remove',
  part: string,
  when: 'before' | 'after',
  work: () => Promise<void>,
): FileSystem {
  let isDone = false
  const stop = async (path: string, at: 'before' | 'after'): Promise<void> => {
    if (isDone || at !== when || !path.includes(part)) return
    isDone = true
    await work()
  }
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      if (call === 'open' && mode === 'create') await stop(path, 'before')
      return await nodeFileSystem.open(path, mode)
    },
    async link(from, to) {
      if (call === 'link') await stop(to, 'before')
      await nodeFileSystem.link(from, to)
      if (call === 'link') await stop(to, 'after')
    },
    async remove(path) {
      await nodeFileSystem.remove(path)
      if (call === 'remove') await stop(path, 'after')
    },
  }
}

describe('a process that is stopped while it creates a segment', () => {
  const root = useTemporaryRoot()
  const segments = async () =>
    (await readdir(root.at('.catalog'))).flatMap((name) => /^snapshot-(\d+)/u.exec(name)?.[1] ?? []).sort()

  it.each([
    ['before it makes its journal', 'open', 'journal-000002', 'before'],
    ['before it makes it the present one', 'link', 'snapshot-000002', 'before'],
  ] as const)(
    'takes back what was made, used and pruned by others, stopped %s',
    async (_, call, part, when) => {
      const others = await root.open(SMALL)
      const disk = stopAt(call, part, when, async () => {
        await register(others, ...many('others', 40))
        expect((await pruneHistory(root.path)).removed.length).toBeGreaterThan(2)
      })
      const stopped = await root.open({ ...SMALL, disk })
      await register(stopped, ...many('stopped', 20))
      await stopped.close()
      expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
      expect((await segments())[0]).not.toBe('000002')
      expect((await others.changes(0)).length).toBeGreaterThan(0)
      expect(await idsOf(others)).toHaveLength(60)
    },
  )

  it('leaves it where others have only gone on', async () => {
    const others = await root.open(SMALL)
    const disk = stopAt('link', 'snapshot-000002', 'after', () => register(others, ...many('others', 40)))
    const stopped = await root.open({ ...SMALL, disk })
    await register(stopped, ...many('stopped', 20))
    await stopped.close()
    expect((await segments()).slice(0, 3)).toEqual(['000001', '000002', '000003'])
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })

  it('and looks while its journal is still there, is cleared up after by who prunes', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    const names = fileNamesIn(root.path)
    const empty = { state: new CatalogState(), start: [0, FIRST_PREFIX] as const }
    const disk = stopAt('remove', 'snapshot-000002', 'after', () =>
      createSegment(nodeFileSystem, names, 'stopped', 2, empty),
    )
    await pruneHistory(root.path, { disk })
    expect(await segments()).not.toContain('000002')
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })

  it('and then is killed, leaves what is not part of the history', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    await copyFile(root.at('.catalog', 'snapshot-000001.jsonl'), root.at('kept'))
    await pruneHistory(root.path)
    await copyFile(root.at('kept'), root.at('.catalog', 'snapshot-000001.jsonl'))
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true, segments: 2 })
    await writeFile(root.at('.catalog', 'journal-000001.jsonl'), '')
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true, segments: 2 })
    expect((await pruneHistory(root.path)).removed).toHaveLength(2)
  })
})
