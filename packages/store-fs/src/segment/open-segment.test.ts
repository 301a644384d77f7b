import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { createLoggingDisk } from '../../test/logging-disk.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { fileNamesIn } from '../format/file-names.ts'
import type { ChainPoint } from '../format/record.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { emptySnapshot, findOrCreateCatalog } from './create-catalog.ts'
import { createSegment } from './create-segment.ts'
import { detachSegment, openNextSegment, openPresentSegment, readSnapshot } from './open-segment.ts'

const END: ChainPoint = [5, 'a'.repeat(32)]

describe('opening a segment', () => {
  const root = useTemporaryDirectory()
  const names = () => fileNamesIn(root.path)
  const own = (name: string) => root.at('.catalog', name)
  const snapshotAt = (start: ChainPoint): Snapshot => ({ state: new CatalogState(), start })
  const create = () => findOrCreateCatalog(nodeFileSystem, names(), 'w')
  const addSegment = (segment: number, start = END) =>
    createSegment(nodeFileSystem, names(), 'w', segment, snapshotAt(start))

  function setUp(writer: string | undefined) {
    const disk = createLoggingDisk(() => root.path)
    return { disk, place: { disk, names: names(), writer } }
  }

  it('to write opens the present one, whose name is durable before it is used', async () => {
    await create()
    await addSegment(2)
    const { disk, place } = setUp('w')
    const segment = await openPresentSegment(place)
    expect(segment).toMatchObject({ number: 2, path: own('journal-000002.jsonl'), snapshot: { start: END } })
    expect(segment.snapshotBytes).toBe((await stat(own('snapshot-000002.jsonl'))).size)
    expect(segment.isDetached).toBeUndefined()
    expect(disk.calls).toEqual(['append .catalog/journal-000002.jsonl', 'sync .catalog', 'sync .'])
    expect(disk.openFiles).toBe(1)
    await segment.file.close()
  })

  it('to write creates what is missing', async () => {
    const segment = await openPresentSegment(setUp('w').place)
    expect([segment.number, segment.snapshot.start]).toEqual([1, [0, FIRST_PREFIX]])
    await segment.file.close()
  })

  it('to read writes nothing and makes nothing', async () => {
    const { disk, place } = setUp(undefined)
    await expect(openPresentSegment(place)).rejects.toMatchObject({
      code: 'CATALOG_MISSING',
      details: { path: root.path },
    })
    expect(await readdir(root.path)).toEqual([])
    await create()
    const segment = await openPresentSegment(place)
    expect([segment.number, disk.calls, disk.openFiles]).toEqual([1, [], 1])
    await segment.file.close()
  })

  it('to read shows a catalog.json that is not a catalog yet, without a journal to follow', async () => {
    await writeFile(root.at('catalog.json'), '{ "models": [], "licence": "MIT" }')
    const { place } = setUp(undefined)
    const segment = await openPresentSegment(place)
    expect(segment).toMatchObject({
      number: 0,
      path: root.at('catalog.json'),
      isDetached: true,
      snapshotBytes: 0,
    })
    expect(segment.snapshot.state.extra).toEqual({ licence: 'MIT' })
    await mkdir(root.at('.catalog'))
    await writeFile(own('journal-000001.jsonl'), 'records')
    await expect(openPresentSegment(place)).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it.each(['journal-000001.jsonl', 'snapshot-000001.jsonl'])(
    'is DAMAGED if %s cannot be relied on, and leaves no file open',
    async (name) => {
      await create()
      if (name.startsWith('journal')) await rm(own(name))
      else await writeFile(own(name), 'damaged\n')
      const { disk, place } = setUp(undefined)
      const problem = expect.stringMatching(/\S/u)
      await expect(openPresentSegment(place)).rejects.toMatchObject({
        code: 'DAMAGED',
        details: { path: own(name), problem },
      })
      expect(disk.openFiles).toBe(0)
    },
  )

  it.each([
    ['and the one before it is kept', async () => undefined],
    ['and the one before it is pruned', () => rm(own('snapshot-000001.jsonl'))],
  ])('opens the one that another process makes at that moment, %s', async (_, prune) => {
    await create()
    const { disk, place } = setUp('w')
    const { open } = disk
    disk.open = async (path, mode) => {
      if (path !== own('journal-000001.jsonl') || mode !== 'append') return await open(path, mode)
      disk.open = open
      const file = await open(path, mode)
      await addSegment(2)
      await prune()
      return file
    }
    const segment = await openPresentSegment(place)
    expect([segment.number, disk.openFiles]).toEqual([2, 1])
    await segment.file.close()
  })

  describe('behind the one that was left', () => {
    const left = { number: 1 }

    it('finds none as long as there is none', async () => {
      await create()
      const { disk, place } = setUp('w')
      expect(await openNextSegment(place, left, snapshotAt(END))).toBeUndefined()
      expect(await openNextSegment(place, { number: 7 }, snapshotAt(END))).toBeUndefined()
      expect([disk.calls, disk.openFiles]).toEqual([[], 0])
    })

    it.each(['w', undefined])('goes on with the state that the store has (writer %s)', async (writer) => {
      await create()
      const state = new CatalogState()
      state.restoreTotals({ since: 3, operations: { register: 2 } }, 3)
      await createSegment(nodeFileSystem, names(), 'w', 2, { state, start: END })
      await addSegment(3, [7, 'b'.repeat(32)])
      const { disk, place } = setUp(writer)
      const snapshot = snapshotAt(END)
      const next = await openNextSegment(place, left, snapshot)
      expect(next).toMatchObject({ number: 2, path: own('journal-000002.jsonl') })
      expect(next?.snapshot).toBe(snapshot)
      expect(next?.snapshotBytes).toBe((await stat(own('snapshot-000002.jsonl'))).size)
      expect(snapshot.state.totals(5)).toMatchObject({ since: 3, operations: { register: 2 } })
      expect(disk.calls).toEqual(
        writer === undefined ? [] : ['sync .catalog', 'append .catalog/journal-000002.jsonl'],
      )
      await next?.file.close()
    })

    it.each(['snapshot-000002.jsonl', 'journal-000002.jsonl'])(
      'opens the present one if %s of the next was pruned',
      async (name) => {
        await create()
        await addSegment(2)
        await addSegment(3, [7, 'b'.repeat(32)])
        await rm(own(name))
        const { disk, place } = setUp(undefined)
        const next = await openNextSegment(place, left, snapshotAt(END))
        expect([next?.number, next?.snapshot.start[0], disk.openFiles]).toEqual([3, 7, 1])
        await next?.file.close()
      },
    )

    it.each<[string, ChainPoint]>([
      ['another record', [6, 'a'.repeat(32)]],
      ['other records before it', [5, 'b'.repeat(32)]],
    ])('is DAMAGED if the next one goes on from %s', async (_, start) => {
      await create()
      await addSegment(2, start)
      const { disk, place } = setUp(undefined)
      await expect(openNextSegment(place, left, snapshotAt(END))).rejects.toMatchObject({
        code: 'DAMAGED',
        details: { path: own('snapshot-000002.jsonl'), problem: expect.stringMatching(/another one/u) },
      })
      expect(disk.openFiles).toBe(0)
    })

    it('opens the present one if the store had only a state, from whichever that was', async () => {
      await create()
      await addSegment(2)
      const detached = detachSegment(1, own('journal-000001.jsonl'), emptySnapshot())
      const next = await openNextSegment(setUp(undefined).place, detached, detached.snapshot)
      expect([next?.number, next?.snapshot.start]).toEqual([2, END])
      expect(next?.snapshot).not.toBe(detached.snapshot)
      await next?.file.close()
    })
  })

  it('of which only a state is left has an empty file, which can be used like any other', async () => {
    const snapshot = emptySnapshot()
    const { file, ...segment } = detachSegment(4, '/journal', snapshot)
    expect(segment).toEqual({ number: 4, path: '/journal', snapshot, snapshotBytes: 0, isDetached: true })
    expect(await file.status()).toEqual({ size: 0, ino: 0, nlink: 1 })
    expect([await file.isNamed(), await file.read(Buffer.alloc(1), 0)]).toEqual([true, 0])
  })

  it('reads a snapshot by its number, and is DAMAGED without it', async () => {
    await create()
    await addSegment(2)
    expect((await readSnapshot(nodeFileSystem, names(), 2)).start).toEqual(END)
    await expect(readSnapshot(nodeFileSystem, names(), 3)).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { path: own('snapshot-000003.jsonl') },
    })
  })
})
