import { readdir, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fixedClock } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { fileNamesIn } from '../src/format/file-names.ts'
import { measureHistory } from '../src/history/measure-history.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { idsOf, register } from './commits.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const SMALL = { segmentBytes: 2048 }
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

/** The real disk, from which a file goes right before it is read. */
function removingDisk(name: string): FileSystem {
  const open: FileSystem['open'] = async (path, mode) => {
    if (mode === 'read' && path.endsWith(name)) await rm(path, { force: true })
    return await nodeFileSystem.open(path, mode)
  }
  return { ...nodeFileSystem, open }
}

describe('pruning the history', () => {
  const root = useTemporaryRoot()
  const files = async () =>
    (await readdir(root.at('.catalog'))).filter((name) => name.endsWith('.jsonl')).sort()
  const segments = async () => (await files()).filter((name) => name.startsWith('snapshot')).length

  it('removes the oldest segments, says which, and keeps the present one and its backup', async () => {
    const store = await root.open(SMALL)
    await register(store, ...many('a', 60))
    const before = await files()
    const count = await segments()
    const sizes = await Promise.all(before.map(async (name) => (await stat(root.at('.catalog', name))).size))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(await store.measureHistory()).toEqual({ segments: count, bytes: total })
    const bytes = (await stat(root.at('.catalog', 'journal-000001.jsonl'))).size
    const { removed, segments: kept } = await pruneHistory(root.path)
    expect(kept).toBe(2)
    const freed = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    expect(await store.measureHistory()).toEqual({ segments: 2, bytes: total - freed })
    const after = await files()
    expect(after).toHaveLength(4)
    expect(removed.map(({ path }) => basename(path)).sort()).toEqual(
      before.filter((name) => !after.includes(name)),
    )
    expect(removed).toHaveLength(2 * (count - 2))
    expect(removed[1]).toEqual({ path: root.at('.catalog', 'journal-000001.jsonl'), sizeBytes: bytes })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true, segments: 2 })
    expect(await idsOf(store)).toHaveLength(60)
    await store.close()
    expect(await idsOf(await root.open(SMALL))).toHaveLength(60)
  })

  it('keeps as many segments as asked for, and removes nothing twice', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    const count = await segments()
    expect((await pruneHistory(root.path, { keepSegments: 3 })).removed).toHaveLength(2 * (count - 3))
    expect(await segments()).toBe(3)
    expect(await pruneHistory(root.path, { keepSegments: 3 })).toEqual({ removed: [], segments: 3 })
  })

  it('removes each snapshot before its journal, the oldest first, in whichever order the disk has them', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    const sorted = (await files()).filter((name) => /-00000[12]\./u.test(name))
    for (const reverse of [false, true]) {
      const list: FileSystem['list'] = async (path) => {
        const names = [...(await nodeFileSystem.list(path))].sort()
        return reverse ? names.reverse() : names
      }
      const disk = { ...nodeFileSystem, list }
      const { removed } = await pruneHistory(root.path, { disk, dryRun: true })
      const names = removed.map(({ path }) => basename(path)).slice(0, 4)
      expect(names).toEqual(
        ['snapshot-000001', 'journal-000001', 'snapshot-000002', 'journal-000002'].map(
          (name) => `${name}.jsonl`,
        ),
      )
      expect([...names].sort()).toEqual(sorted)
    }
  })

  it('does not report what another process has removed meanwhile', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    const { removed } = await pruneHistory(root.path, { disk: removingDisk('journal-000001.jsonl') })
    expect(removed.map(({ path }) => basename(path))).not.toContain('journal-000001.jsonl')
    expect(removed[0]?.path).toBe(root.at('.catalog', 'snapshot-000001.jsonl'))
    expect(await files()).toHaveLength(4)
  })

  it('is measured without what another process removes meanwhile', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    const before = await measureHistory(nodeFileSystem, fileNamesIn(root.path))
    const { size } = await stat(root.at('.catalog', 'journal-000001.jsonl'))
    const after = await measureHistory(removingDisk('journal-000001.jsonl'), fileNamesIn(root.path))
    expect(after).toEqual({ segments: before.segments, bytes: before.bytes - size })
  })

  it('is INVALID_INPUT without a root, and CATALOG_MISSING without a history', async () => {
    await expect(pruneHistory('')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'root' }] },
    })
    await expect(pruneHistory(root.path)).rejects.toMatchObject({
      code: 'CATALOG_MISSING',
      details: { path: root.path },
    })
  })

  it('with dryRun only reports', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    const before = await files()
    const { removed } = await pruneHistory(root.path, { dryRun: true })
    expect(removed.length).toBeGreaterThan(0)
    expect(await files()).toEqual(before)
  })

  it('keeps every segment with a record that is young enough', async () => {
    const clock = fixedClock('2025-10-01T00:00:00.000Z')
    const store = await root.open({ ...SMALL, clock })
    await register(store, ...many('old', 30))
    const old = await segments()
    clock.advance(31 * 24 * 3_600_000)
    await register(store, ...many('new', 30))
    const { segments: kept } = await pruneHistory(root.path, { before: new Date('2025-10-15T00:00:00.000Z') })
    // The one in which the month ends is kept.
    expect(kept).toBe(await segments())
    const changes = (await store.changes(0)).map(({ id }) => id)
    expect(changes.slice(-30)).toEqual(many('new', 30))
    expect(old).toBeGreaterThan(2)
    expect(changes.length).toBeLessThan(60)
    expect(await pruneHistory(root.path, { before: new Date('2025-10-15T00:00:00.000Z') })).toMatchObject({
      removed: [],
    })
  })

  it('removes all that may go if every record is older', async () => {
    const clock = fixedClock('2025-10-01T00:00:00.000Z')
    await register(await root.open({ ...SMALL, clock }), ...many('a', 60))
    expect(await pruneHistory(root.path, { before: clock.now() })).toMatchObject({ removed: [] })
    const { segments: kept } = await pruneHistory(root.path, { before: new Date(clock.now().getTime() + 1) })
    expect([kept, await segments()]).toEqual([2, 2])
  })

  it('leaves a store that was left behind and one that opens able to go on', async () => {
    const sleeper = await root.open(SMALL)
    const writer = await root.open(SMALL)
    await register(writer, ...many('a', 60))
    await pruneHistory(root.path)
    await register(sleeper, 'sleeper')
    expect(await idsOf(await root.open(SMALL))).toEqual([...many('a', 60), 'sleeper'].sort())
    expect(await idsOf(writer)).toContain('sleeper')
  })

  it('is not damage to a reader of the history at that moment', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ ...SMALL, disk })
    await register(store, ...many('a', 60))
    const open = disk.open.bind(disk)
    disk.open = async (path, mode) => {
      if (path.endsWith('journal-000002.jsonl')) await pruneHistory(root.path)
      return open(path, mode)
    }
    const changes = await store.changes(0)
    expect(changes.at(-1)).toMatchObject({ id: 'a-59' })
    expect(changes.length).toBeLessThan(60)
    const { position = 0 } = changes[0] ?? {}
    expect(await store.changes(position)).toEqual(changes.slice(1))
  })

  it('can be repeated where it was interrupted between a snapshot and its journal', async () => {
    await register(await root.open(SMALL), ...many('a', 60))
    const disk = new FaultyDisk()
    const paths: string[] = []
    const remove = disk.remove
    const stopping = Object.assign(disk, {
      remove: async (path: string) => {
        if (paths.push(path) > 1) throw Object.assign(new Error('injected'), { code: 'EIO' })
        await remove(path)
      },
    })
    await expect(pruneHistory(root.path, { disk: stopping })).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'prune', outcome: 'none' },
    })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
    expect(await files()).toContain('journal-000001.jsonl')
    await pruneHistory(root.path)
    expect(await files()).toHaveLength(4)
  })

  it.each([1, 0, -1, 2.5, Number.NaN])('refuses to keep %d segments', async (keepSegments) => {
    await expect(pruneHistory(root.path, { keepSegments })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
