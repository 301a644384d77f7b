import { sampleEntry } from '@catalog/testkit'
import { registrationRecords } from '@catalog/testkit/private'
import type { CatalogBeginning, CatalogCopy, StoredSettings } from '@catalog/types'
import { TotalsTally } from '@catalog/types/adapter'
import { beforeEach, describe, expect, it } from 'vitest'
import { openFileStore } from '../src/file-store.ts'
import { openFileCopyOn } from '../src/open-file-copy.ts'
import { idsOf, register } from './commits.ts'
import { immediateOrder } from './simulation/call-order.ts'
import { ROOT } from './simulation/origins.ts'
import { SimulatedDisk } from './simulation/simulated-disk.ts'
import {
  type CallOrder,
  type DiskCall,
  type Fault,
  SimulatedProcess,
} from './simulation/simulated-process.ts'

const NONE: StoredSettings = { revision: 0, policy: {}, volumes: {} }
const EMPTY: CatalogBeginning = beginningAt(0)

let disk: SimulatedDisk
beforeEach(() => {
  disk = new SimulatedDisk()
})

const useDisk = (findFault?: (call: DiskCall) => Fault | undefined): SimulatedProcess =>
  new SimulatedProcess('copier', disk, immediateOrder, findFault)
const openCopy = (segmentBytes?: number): Promise<CatalogCopy> =>
  openFileCopyOn(useDisk(), ROOT, segmentBytes)
const openStore = () => openFileStore({ root: ROOT, disk: useDisk(), create: false })

function beginningAt(position: number, ...ids: string[]): CatalogBeginning {
  const entries = ids.map((id) => ({ ...sampleEntry({ id }), revision: 3 }))
  return { position, entries, removed: [], settings: NONE, totals: new TotalsTally(position).read(position) }
}

/** What is there as a whole, written in place. */
function put(name: string, text: string): void {
  const path = `${ROOT}/.catalog/${name}`
  disk.remove(path)
  disk.open(path, 'create').append(Buffer.from(text))
}

/** What a copy that ends at a position does next. */
const laterSteps: Readonly<Record<string, (copy: CatalogCopy, position: number) => Promise<void>>> = {
  append: (copy, position) => copy.append(registrationRecords(position + 1, 1), NONE),
  complete: (copy, position) => copy.complete(NONE, new TotalsTally(0).read(position)),
  finish: (copy) => copy.finish(),
}

async function makeFinished(position: number): Promise<void> {
  const copy = await openCopy()
  await copy.begin(EMPTY)
  await copy.append(registrationRecords(1, position), NONE)
  await finish(copy, position)
}

async function finish(copy: CatalogCopy, position: number): Promise<void> {
  await copy.complete(NONE, new TotalsTally(0).read(position))
  await copy.finish()
  await copy.close()
}

describe('a copy in files', () => {
  it('writes many records at once, each with its position and its time', async () => {
    const appends: DiskCall[] = []
    const process = useDisk(
      (call) => void (call.kind === 'append' && call.path.includes('journal') && appends.push(call)),
    )
    const copy = await openFileCopyOn(process, ROOT)
    await copy.begin(EMPTY)
    await copy.append(registrationRecords(1, 100), NONE)
    expect(appends).toHaveLength(1)
    await finish(copy, 100)
    const store = await openStore()
    expect(await store.changes(98)).toMatchObject([
      { position: 99, at: '2026-04-09T00:00:00.000Z', id: 'm-99' },
      { position: 100, at: '2026-04-10T00:00:00.000Z', id: 'm-100' },
    ])
    await store.close()
  })

  it('takes no position to end a segment', async () => {
    const copy = await openCopy(1000)
    await copy.begin(EMPTY)
    for (let first = 1; first < 40; first += 2) await copy.append(registrationRecords(first, 2), NONE)
    await finish(copy, 40)
    const segments = disk.list(`${ROOT}/.catalog`).filter((name) => name.startsWith('snapshot'))
    expect(segments.length).toBeGreaterThan(2)
    const store = await openStore()
    expect((await store.changes(0)).map(({ position }) => position)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1),
    )
    expect(await store.verifyHistory()).toMatchObject({
      ok: true,
      from: 0,
      to: 40,
      segments: segments.length,
    })
    await store.pruneHistory()
    expect(await store.verifyHistory()).toMatchObject({ ok: true, segments: 2 })
    await register(store, 'later')
    await store.close()
  })

  it('begins anew in place of a beginning without positions', async () => {
    const first = await openCopy()
    await first.begin(beginningAt(9, 'old'))
    await first.close()
    const copy = await openCopy()
    expect(copy.state).toBe('unfinished')
    expect(await (await copy.read()).refresh()).toBe(9)
    await copy.begin(beginningAt(4, 'new'))
    await copy.append(registrationRecords(5, 1), NONE)
    await finish(copy, 5)
    const store = await openStore()
    expect(await idsOf(store)).toEqual(['m-5', 'new'])
    expect(await store.verifyHistory()).toMatchObject({ ok: true, from: 4, to: 5 })
    await store.close()
  })

  it('goes on after the disk was full in the middle of what it wrote at once', async () => {
    let isFull = true
    const process = useDisk(({ kind, bytes, path }) =>
      isFull && kind === 'append' && path.includes('journal')
        ? { kind: 'short', bytes: Math.floor(bytes / 2) }
        : undefined,
    )
    const copy = await openFileCopyOn(process, ROOT)
    await copy.begin(EMPTY)
    await expect(copy.append(registrationRecords(1, 10), NONE)).rejects.toMatchObject({
      code: 'NO_SPACE',
      details: { outcome: 'unknown' },
    })
    await copy.close()
    isFull = false
    const again = await openCopy()
    const position = await (await again.read()).refresh()
    expect(position).toBeGreaterThan(2)
    expect(position).toBeLessThan(8)
    await again.append(registrationRecords(position + 1, 10 - position), NONE)
    await finish(again, 10)
    const store = await openStore()
    expect(await store.changes(0)).toHaveLength(10)
    await store.close()
  })

  it('writes nothing behind what another process has written', async () => {
    const copy = await openCopy()
    await copy.begin(EMPTY)
    await copy.append(registrationRecords(1, 1), NONE)
    const other = await openCopy()
    await other.append(registrationRecords(2, 3), NONE)
    await other.close()
    await expect(copy.append(registrationRecords(2, 1), NONE)).rejects.toMatchObject({
      code: 'CATALOG_REPLACED',
    })
    await copy.close()
    const store = await openCopy()
    expect(await (await store.read()).refresh()).toBe(4)
    await store.close()
  })

  it.each(['before it looks', 'as the catalog is closed to programs'])(
    'leaves a catalog in use that a program has changed since, of its format, also on a full disk: %s',
    async (when) => {
      await makeFinished(2)
      const store = await openStore()
      put('format', '1\n')
      let isDue = when !== 'before it looks'
      let isFull = false
      const order: CallOrder = {
        ...immediateOrder,
        order: (_owner, { kind, path }, run) => {
          const value = run()
          if (!isDue || kind !== 'rename' || path !== `${ROOT}/.catalog/format`) return value
          isDue = false
          isFull = true
          return register(store, 'later').then(() => value)
        },
      }
      const findFault = ({ kind }: DiskCall): Fault | undefined =>
        isFull && kind === 'append' ? { kind: 'error', code: 'ENOSPC' } : undefined
      const copy = await openFileCopyOn(new SimulatedProcess('copier', disk, order, findFault), ROOT)
      expect(copy.state).toBe('finished')
      if (!isDue) await register(store, 'later')
      await expect(copy.append(registrationRecords(3, 1), NONE)).rejects.toMatchObject({
        code: 'CATALOG_REPLACED',
      })
      expect(isDue).toBe(false)
      await copy.close()
      await store.close()
      expect(disk.peek(`${ROOT}/.catalog/format`)?.toString()).toBe('1\n')
      const again = await openStore()
      expect(await idsOf(again)).toEqual(['later', 'm-1', 'm-2'])
      await again.close()
      expect(disk.list(`${ROOT}/.catalog`)).not.toContain('format-copy')
    },
  )

  it.each(Object.entries(laterSteps))(
    'gives a catalog back that was in use if a program changes it before the next step: %s',
    async (what, step) => {
      await makeFinished(2)
      const store = await openStore()
      const copy = await openCopy()
      await copy.append(registrationRecords(3, 2), NONE)
      if (what === 'finish') await copy.complete(NONE, new TotalsTally(0).read(4))
      await register(store, 'own')
      await expect(step(copy, 4)).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
      await copy.close()
      await store.close()
      const again = await openStore()
      expect(await idsOf(again)).toEqual(['m-1', 'm-2', 'm-3', 'm-4', 'own'])
      await again.close()
    },
  )

  it.each<[string, (bytes: number) => number, CatalogCopy['state']]>([
    ['nothing of the next records could be written', () => 0, 'finished'],
    ['half of them could', (bytes) => bytes >> 1, 'unfinished'],
    ['all of them could but for the last line feed', (bytes) => bytes - 1, 'unfinished'],
  ])(
    'keeps a catalog in use open to programs on a full disk, unless it was written to: %s',
    async (_, findPart, state) => {
      await makeFinished(2)
      const process = useDisk(({ kind, bytes, path }) =>
        kind === 'append' && path.includes('journal') ? { kind: 'short', bytes: findPart(bytes) } : undefined,
      )
      const copy = await openFileCopyOn(process, ROOT)
      const appending = copy.append(registrationRecords(3, 2), NONE)
      await expect(appending).rejects.toMatchObject({ code: 'NO_SPACE' })
      await copy.close()
      const again = await openCopy()
      expect(again.state).toBe(state)
      const position = await (await again.read()).refresh()
      await again.append(registrationRecords(position + 1, 8 - position), NONE)
      await finish(again, 8)
      const store = await openStore()
      expect(await store.verifyHistory()).toMatchObject({ ok: true, to: 8 })
      await store.close()
    },
  )

  it('can be given back to programs by hand if it is killed before it sees that one has changed it', async () => {
    await makeFinished(2)
    const store = await openStore()
    const process = useDisk(({ kind, path }) =>
      kind === 'rename' && path === `${ROOT}/.catalog/format` ? { kind: 'kill', bytes: 0 } : undefined,
    )
    void openFileCopyOn(process, ROOT).then((copy) => copy.append(registrationRecords(3, 1), NONE))
    while (process.isAlive) await new Promise(setImmediate)
    await register(store, 'own')
    await store.close()
    await expect(openStore()).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      details: { found: 'an unfinished copy' },
    })
    disk.rename(`${ROOT}/.catalog/format-copy`, `${ROOT}/.catalog/format`)
    const again = await openStore()
    expect(await idsOf(again)).toEqual(['m-1', 'm-2', 'own'])
    await again.close()
  })

  it('does not take a beginning away from a copy that has gone on from it since', async () => {
    const first = await openCopy()
    await first.begin(EMPTY)
    const copy = await openCopy()
    expect(copy.state).toBe('unfinished')
    await first.append(registrationRecords(1, 1), NONE)
    await expect(copy.begin(EMPTY)).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    await copy.close()
    await first.append(registrationRecords(2, 1), NONE)
    await finish(first, 2)
    const store = await openStore()
    expect(await idsOf(store)).toEqual(['m-1', 'm-2'])
    await store.close()
  })

  it.each(Object.entries(laterSteps))(
    'leaves a copy to programs that another one has finished since: %s',
    async (what, step) => {
      const first = await openCopy()
      await first.begin(EMPTY)
      await first.append(registrationRecords(1, 2), NONE)
      const copy = await openCopy()
      if (what === 'finish') await copy.complete(NONE, new TotalsTally(0).read(2))
      await finish(first, 2)
      await expect(step(copy, 2)).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
      await copy.close()
      const store = await openStore()
      expect(await store.refresh()).toBe(2)
      await store.close()
      expect(disk.list(`${ROOT}/.catalog`)).not.toContain('format-copy')
    },
  )

  it('leaves a catalog that another copy has just closed to programs', async () => {
    await makeFinished(2)
    const copy = await openCopy()
    await copy.read()
    put('format', 'copy\n')
    await expect(copy.append(registrationRecords(3, 1), NONE)).rejects.toMatchObject({
      code: 'CATALOG_REPLACED',
    })
    await copy.close()
    const other = await openCopy()
    await other.append(registrationRecords(3, 1), NONE)
    await finish(other, 3)
  })

  it('makes nothing in place of a beginning that another copy takes away', async () => {
    const copy = await openCopy()
    await copy.begin(EMPTY)
    for (const name of ['snapshot', 'journal']) disk.remove(`${ROOT}/.catalog/${name}-000001.jsonl`)
    await expect(copy.append(registrationRecords(1, 1), NONE)).rejects.toMatchObject({
      code: 'CATALOG_REPLACED',
    })
    await copy.close()
    expect(disk.list(`${ROOT}/.catalog`)).toEqual(['format'])
  })

  it('is told if another one opens it to programs at the same moment', async () => {
    const process = useDisk(({ kind, path }) => {
      if (kind === 'rename' && path.endsWith('format') && disk.exists(`${ROOT}/.catalog/format-copy`))
        disk.remove(`${ROOT}/.catalog/format-copy`)
      return undefined
    })
    const copy = await openFileCopyOn(process, ROOT)
    await copy.begin(EMPTY)
    await copy.append(registrationRecords(1, 1), NONE)
    await expect(finish(copy, 1)).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    await copy.close()
  })

  it('leaves a catalog in use that a program has made since it was opened', async () => {
    const copy = await openCopy()
    expect(copy.state).toBe('empty')
    const store = await openFileStore({ root: ROOT, disk: useDisk() })
    await register(store, 'm')
    await expect(copy.begin(EMPTY)).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    await copy.close()
    await store.close()
    const again = await openStore()
    expect(await idsOf(again)).toEqual(['m'])
    await again.close()
  })

  it('does not begin where records have lost their snapshot', async () => {
    const store = await openFileStore({ root: ROOT, disk: useDisk() })
    await register(store, 'm')
    await store.close()
    for (const name of ['catalog.json', '.catalog/snapshot-000001.jsonl']) disk.remove(`${ROOT}/${name}`)
    const copy = await openCopy()
    expect(copy.state).toBe('empty')
    await expect(copy.begin(EMPTY)).rejects.toMatchObject({ code: 'DAMAGED' })
    await copy.close()
    expect(disk.peek(`${ROOT}/.catalog/format`)?.toString()).toBe('2\n')
  })
})
