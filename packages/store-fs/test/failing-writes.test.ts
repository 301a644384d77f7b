import { readFile } from 'node:fs/promises'
import type { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { openFileStore } from '../src/file-store.ts'
import { idsOf, register, registrationOf } from './commits.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { immediateOrder } from './simulation/call-order.ts'
import { ROOT } from './simulation/origins.ts'
import { SimulatedDisk } from './simulation/simulated-disk.ts'
import { SimulatedProcess } from './simulation/simulated-process.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('a disk that is full', () => {
  const root = useTemporaryRoot()

  it.each([
    ['no byte', 0],
    ['one byte', 1],
    ['half a record', 200],
  ])('is NO_SPACE after %s, and the same store works again once there is room', async (_, bytes) => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    await register(store, 'before')
    disk.appends.push({ bytes })
    await expect(register(store, 'lost')).rejects.toMatchObject({
      code: 'NO_SPACE',
      details: { outcome: 'none' },
    })
    await register(store, 'after')
    expect(await idsOf(store)).toEqual(['after', 'before'])
    expect(await idsOf(await root.open())).toEqual(['after', 'before'])
  })

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('is NO_SPACE whether it calls that %s or not', async (code) => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    disk.appends.push({ code })
    await expect(register(store, 'lost')).rejects.toMatchObject({
      code: 'NO_SPACE',
      details: { outcome: 'none' },
      cause: { code },
    })
    await register(store, 'after')
    expect(await idsOf(await root.open())).toEqual(['after'])
  })

  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])(
    'does not fail closing if it takes the change and not the view (%s): the next writer brings that up to date',
    async (code) => {
      const disk = new FaultyDisk()
      const rename: FileSystem['rename'] = async (from, to) => {
        if (to.endsWith('catalog.json')) throw Object.assign(new Error(code), { code })
        await disk.rename(from, to)
      }
      const told: CatalogError[] = []
      const onStaleView = (error: CatalogError) => told.push(error)
      const store = await root.open({ disk: Object.assign(new FaultyDisk(), { rename }), onStaleView })
      await register(store, 'a')
      await store.close()
      expect(told).toMatchObject([{ code: { EIO: 'IO', EROFS: 'READ_ONLY' }[code] ?? 'NO_SPACE' }])
      const next = await root.open()
      expect(await idsOf(next)).toEqual(['a'])
      await next.close()
      expect(JSON.parse(await readFile(root.at('catalog.json'), 'utf8')).models).toMatchObject([{ id: 'a' }])
    },
  )

  it('does not let a piece that lacks only its line feed become a record later', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    disk.appends.push({ bytes: -1 })
    await expect(register(store, 'lost')).rejects.toMatchObject({
      code: 'NO_SPACE',
      details: { outcome: 'none' },
    })
    await register(store, 'after')
    expect(await idsOf(await root.open())).toEqual(['after'])
  })

  it('acknowledges a record that another writer completed', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    const other = await root.open()
    disk.afterShortAppend = async () => {
      disk.afterShortAppend = undefined
      await register(other, 'other')
    }
    disk.appends.push({ bytes: -1 })
    await register(store, 'completed')
    expect(await idsOf(await root.open())).toEqual(['completed', 'other'])
  })

  it('says that the outcome is unknown where not even the end of the piece could be written', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    disk.appends.push({ bytes: -1 }, { code: 'ENOSPC' })
    await expect(register(store, 'open')).rejects.toMatchObject({
      code: 'NO_SPACE',
      details: { outcome: 'unknown' },
    })
  })

  it('keeps the outcomes of callers apart that share a record', async () => {
    const store = await root.open()
    const [a, b] = await Promise.all([
      store.commit([registrationOf('same')]),
      store.commit([registrationOf('same')]),
    ])
    expect([a[0]?.applied, b[0]?.applied]).toEqual([true, false])
    expect(
      (await readFile(root.at('.catalog', 'journal-000001.jsonl'), 'utf8')).trim().split('\n'),
    ).toHaveLength(1)
  })
})

describe('a sync that failed', () => {
  const root = useTemporaryRoot()

  it('leaves the outcome unknown and stops all writing of this store', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    disk.syncs.push('EIO')
    await expect(register(store, 'unknown')).rejects.toMatchObject({
      code: 'IO',
      details: { errno: 'EIO', outcome: 'unknown' },
    })
    await expect(register(store, 'refused')).rejects.toMatchObject({
      code: 'IO',
      details: { outcome: 'none' },
    })
    expect(await idsOf(store)).not.toContain('refused')
    const reopened = await root.open()
    await register(reopened, 'reopened')
    expect(await idsOf(reopened)).toContain('reopened')
  })

  it('stops all writing of this store also where others have gone on to the next segment', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    disk.syncs.push('EIO')
    await expect(register(store, 'unknown')).rejects.toMatchObject({ code: 'IO' })
    const other = await root.open({ segmentBytes: 1 })
    await register(other, 'sealed')
    await other.close()
    await expect(register(store, 'refused')).rejects.toMatchObject({
      code: 'IO',
      details: { outcome: 'none' },
    })
    expect(await idsOf(store)).toEqual(['sealed', 'unknown'])
  })

  it('is not acknowledged to any of the callers that share the record', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ disk })
    disk.syncs.push('EIO')
    const settled = await Promise.allSettled(['a', 'b', 'c'].map((id) => register(store, id)))
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })
})

describe('an unfinished last record', () => {
  it('is skipped at any length it may have, and the next commit is not swallowed by it', async () => {
    const origin = new SimulatedDisk()
    const open = (disk: SimulatedDisk) =>
      openFileStore({ root: ROOT, disk: new SimulatedProcess('p', disk, immediateOrder) })
    const journalOf = (disk: SimulatedDisk) => disk.open(`${ROOT}/.catalog/journal-000001.jsonl`, 'append')
    const first = await open(origin)
    await register(first, 'whole')
    const record = Buffer.from(journalOf(origin).bytes)
    await first.close()
    for (let length = 1; length < record.length - 1; length += 5) {
      const disk = origin.clone()
      journalOf(disk).append(record.subarray(0, length))
      const store = await open(disk)
      await register(store, 'after')
      expect(await idsOf(store), `${length} bytes`).toEqual(['after', 'whole'])
      await store.close()
      expect(await idsOf(await open(disk)), `${length} bytes`).toEqual(['after', 'whole'])
    }
  })
})
