import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open as openFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type DiskImage, type DiskKind, findFreeLoops, lacks, TestDisks } from '@catalog/testkit/running'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Catalog, type OpenCatalogOptions, openCatalog } from '../src/index.ts'

const SOURCE = 'https://models.example/m.gguf'
const GOOD = sampleGguf('good', { sizeBytes: 100_000 })
const BAD = sampleGguf('other', { sizeBytes: 100_000 })
const DIGEST = digestOf(GOOD)
const MTIME_S = 1_700_000_000

const UNREAD = { code: 'NOT_USABLE', details: { problem: 'no-evidence' } }
const STALE = { code: 'EVIDENCE_STALE' }

let disks: TestDisks
let opened: Catalog[] = []
beforeEach(async () => {
  opened = []
  if (!lacks('tmpfs')) disks = await TestDisks.open()
})
afterEach(async () => {
  await closeAll()
  await disks?.[Symbol.asyncDispose]()
})

async function closeAll(): Promise<void> {
  for (const catalog of opened.splice(0)) await catalog.close()
}

/** As another process would: nothing that an earlier one knows is known to it. */
async function open(options: OpenCatalogOptions = {}): Promise<Catalog> {
  const catalog = await openCatalog({ root: disks.at('models'), node: 'node-1', ...options })
  opened.push(catalog)
  return catalog
}

async function isServed(catalog: Catalog, id = 'm'): Promise<boolean> {
  const { path } = await catalog.resolve(id)
  return readFileSync(path).equals(GOOD)
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function writeModel(path: string): string {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, GOOD)
  utimesSync(path, MTIME_S, MTIME_S)
  return path
}

/** Writes other bytes of the same size over a file, and puts its mtime back. */
function overwrite(path: string): void {
  writeFileSync(path, BAD)
  utimesSync(path, MTIME_S, MTIME_S)
}

/** The same disk but for the bytes of its model: no stat of a file tells the two apart. */
async function cloneWithOtherBytes(image: DiskImage): Promise<DiskImage> {
  const clone = await disks.clone(image)
  const at = (await readFile(clone.file)).indexOf(GOOD)
  expect(at).toBeGreaterThan(0)
  const file = await openFile(clone.file, 'r+')
  try {
    await file.write(BAD, 0, BAD.length, at)
  } finally {
    await file.close()
  }
  return clone
}

/** A disk with a model's file and no anchor, mounted nowhere; and one that no stat tells apart from it. */
async function createTwins(kind: DiskKind = 'ext4'): Promise<readonly [DiskImage, DiskImage]> {
  const image = await disks.create(kind)
  const path = await disks.mount(image, disks.at('twins'))
  writeModel(join(path, 'm.gguf'))
  await disks.unmount(path)
  return [image, await cloneWithOtherBytes(image)]
}

describe.skipIf(lacks('ext4'))('a disk at a place below the root', () => {
  const place = (): string => disks.at('models', 'big')
  let loops: readonly number[] = []
  beforeEach(() => {
    loops = findFreeLoops(2)
  })

  async function mount(image: DiskImage, loop = loops[0] ?? 0): Promise<void> {
    await disks.mount(image, place(), { loop })
  }

  async function registerThere(catalog: Catalog): Promise<void> {
    await catalog.register({ id: 'm', source: SOURCE, file: 'big/m.gguf', digest: DIGEST })
    await catalog.verify('m')
  }

  it('without an anchor is served only by the process that has read it', async () => {
    const [disk, twin] = await createTwins()
    await mount(disk)
    const reader = await open()
    await registerThere(reader)
    expect(await isServed(reader)).toBe(true)
    await expect((await open()).resolve('m')).rejects.toMatchObject(UNREAD)
    await closeAll()
    await expect((await open()).resolve('m')).rejects.toMatchObject(UNREAD)
    await closeAll()
    await disks.unmount(place())
    await mount(twin)
    await expect((await open()).resolve('m')).rejects.toMatchObject(UNREAD)
  })

  it('without an anchor is not believed under the process that has read it', async () => {
    const [disk, twin] = await createTwins()
    await mount(disk)
    const reader = await open()
    await registerThere(reader)
    // It keeps the volume open, so that the device number is not given to another.
    await disks.unmount(place(), { isLazy: true })
    await mount(twin, loops[1])
    await expect(reader.resolve('m')).rejects.toMatchObject(UNREAD)
    await expect(reader.openVerified('m')).rejects.toMatchObject(UNREAD)
  })

  it('with an anchor is distinguished from one with the same device number and equal files', async () => {
    const [disk, twin] = await createTwins()
    const options = { anchors: [place()] }
    await mount(disk)
    await registerThere(await open(options))
    await closeAll()
    await disks.unmount(place())
    await mount(twin)
    const catalog = await open(options)
    await expect(catalog.resolve('m')).rejects.toMatchObject(UNREAD)
    await expect(catalog.openVerified('m')).rejects.toMatchObject(UNREAD)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await closeAll()
    // Now both have an anchor.
    await disks.unmount(place())
    await mount(disk)
    const again = await open(options)
    await again.resolve('m').catch(() => again.verify('m'))
    expect(await isServed(again)).toBe(true)
    await closeAll()
    await disks.unmount(place())
    await mount(twin)
    const last = await open(options)
    await expect(last.resolve('m')).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:NOT_USABLE|FILE_CHANGED)$/u),
    })
  })

  // The last does not tell when a file was made.
  for (const kind of ['ext4', 'xfs', 'ext4-128'] as const) {
    it.skipIf(lacks(kind === 'ext4-128' ? 'ext4' : kind))(
      `is told from one that got a copy of its anchor on ${kind}`,
      async () => {
        const [disk, twin] = await createTwins(kind)
        const options = { anchors: [place()] }
        await mount(disk)
        await registerThere(await open(options))
        await closeAll()
        copyFileSync(join(place(), '.catalog-volume'), disks.at('anchor'))
        await disks.unmount(place())
        await mount(twin)
        execFileSync('cp', ['--preserve=all', disks.at('anchor'), join(place(), '.catalog-volume')])
        await expect((await open(options)).resolve('m')).rejects.toMatchObject(UNREAD)
      },
    )
  }

  it('is the same under another device number', async () => {
    const [disk] = await createTwins()
    const options = { anchors: [place()] }
    await mount(disk)
    await registerThere(await open(options))
    await closeAll()
    await disks.unmount(place())
    await mount(disk, loops[1])
    expect(await isServed(await open(options))).toBe(true)
  })

  it('is found by a process that was started while it was away, and by one that has seen it change places', async () => {
    const [disk, twin] = await createTwins()
    const options = { anchors: [place()] }
    await mount(disk)
    const first = await open(options)
    await registerThere(first)
    await disks.unmount(place())
    const second = await open(options)
    for (const catalog of [first, second]) await expect(catalog.resolve('m')).rejects.toThrow()
    await mount(twin)
    for (const catalog of [first, second]) await expect(catalog.resolve('m')).rejects.toMatchObject(UNREAD)
    await disks.unmount(place())
    await mount(disk, loops[1])
    for (const catalog of [first, second]) expect(await isServed(catalog)).toBe(true)
    expect(await first.get('m')).toMatchObject({ state: 'Active' })
  })

  it('that is not mounted is forgotten neither by doctor nor by resolve', async () => {
    const [disk] = await createTwins()
    const options = { anchors: [place()] }
    await mount(disk)
    await registerThere(await open(options))
    await closeAll()
    await disks.unmount(place())
    const catalog = await open(options)
    await expect(catalog.resolve('m')).rejects.toThrow()
    await catalog.upkeep.apply(await catalog.upkeep.doctor())
    await catalog.upkeep.apply(await catalog.upkeep.collect())
    await closeAll()
    await mount(disk)
    expect(await isServed(await open(options))).toBe(true)
  })
})

describe.skipIf(lacks('ext4'))('a root on a disk of its own', () => {
  it.each(['ext4', 'ext4-128'] as const)(
    'of %s is served under any device number and node name, unread',
    async (kind) => {
      const [first = 0, second = 0] = findFreeLoops(2)
      const disk = await disks.create(kind)
      const place = await disks.mount(disk, disks.at('place'), { loop: first })
      const root = join(place, 'models')
      writeModel(join(root, 'm.gguf'))
      const catalog = await open({ root })
      await catalog.register({ id: 'm', source: SOURCE, digest: DIGEST })
      await catalog.verify('m')
      await closeAll()
      await disks.unmount(place)
      await disks.mount(disk, place, { loop: second })
      for (let n = 2; n < 12; n += 1) {
        const other = await open({ root, node: `node-${n}` })
        expect(await isServed(other)).toBe(true)
        expect(await other.downloads.begin('m')).toMatchObject({ needed: false })
        expect(Object.keys((await other.get('m'))?.evidence ?? {})).toHaveLength(1)
        await other.close()
        opened.pop()
      }
    },
  )
})

describe.skipIf(lacks('squashfs'))('read-only media whose times say nothing', () => {
  it('change places, and nothing is served unread', async () => {
    const [loop = 0, other = 0] = findFreeLoops(2)
    const images: DiskImage[] = []
    for (const [name, bytes] of [
      ['one', GOOD],
      ['two', BAD],
    ] as const) {
      mkdirSync(disks.at(name))
      writeFileSync(disks.at(name, 'm.gguf'), bytes)
      images.push(await disks.create('squashfs', { directory: disks.at(name), timeSeconds: MTIME_S }))
    }
    const [right, wrong] = images as [DiskImage, DiskImage]
    const media = disks.at('media')
    const options = { searchRoots: [media] }
    await disks.mount(right, media, { loop })
    const catalog = await open(options)
    await catalog.register({ id: 'm', source: SOURCE, digest: DIGEST })
    await catalog.verify('m')
    expect(await isServed(catalog)).toBe(true)
    await expect((await open(options)).resolve('m')).rejects.toMatchObject(UNREAD)
    await disks.unmount(media, { isLazy: true })
    await disks.mount(wrong, media, { loop: other })
    await expect(catalog.resolve('m')).rejects.toMatchObject(UNREAD)
    await closeAll()
    await disks.unmount(media)
    await disks.mount(wrong, media, { loop })
    const last = await open(options)
    await expect(last.resolve('m')).rejects.toMatchObject(UNREAD)
    await expect(last.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })
})

const TOUCHES: Readonly<Record<string, (path: string) => void>> = {
  'its mode': (path) => chmodSync(path, 0o640),
  'its links': (path) => linkSync(path, `${path}.second`),
  'its attributes': (path) => execFileSync('setfattr', ['-n', 'user.note', '-v', 'text', path]),
  'its atime': (path) => utimesSync(path, 1, MTIME_S),
}

describe.skipIf(lacks('ext4', 'setfattr'))('a file that changed only in', () => {
  for (const [what, touch] of Object.entries(TOUCHES)) {
    it(`${what} is stale: still Active, not served, and served after one verification`, async () => {
      const { catalog, path } = await openOn('ext4')
      touch(path)
      await expect(catalog.resolve('m')).rejects.toMatchObject(STALE)
      await expect(catalog.openVerified('m')).rejects.toMatchObject(STALE)
      expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
      const { actions } = await catalog.upkeep.doctor()
      expect(actions).toMatchObject([{ kind: 'reverify' }])
      await catalog.upkeep.apply(await catalog.upkeep.doctor())
      expect(await isServed(catalog)).toBe(true)
    })
  }

  it('its ctime, because it was overwritten and its mtime put back, is refused', async () => {
    const { catalog, path } = await openOn('ext4')
    overwrite(path)
    await expect(catalog.resolve('m')).rejects.toMatchObject(STALE)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
  })

  it('its ctime is served under trust-mtime, with any bytes', async () => {
    const { root, path } = await openOn('ext4')
    overwrite(path)
    const trusting = await open({ root, policy: { ctimeChange: 'trust-mtime' } })
    expect(await isServed(trusting)).toBe(false)
    // One second on, and it is another file also for them.
    utimesSync(path, MTIME_S, MTIME_S + 1)
    await expect(trusting.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })
})

async function openOn(kind: DiskKind): Promise<{ catalog: Catalog; root: string; path: string }> {
  const place = await disks.mount(await disks.create(kind), disks.at('place'))
  const root = join(place, 'models')
  const path = writeModel(join(root, 'm.gguf'))
  const catalog = await open({ root })
  await catalog.register({ id: 'm', source: SOURCE, digest: DIGEST })
  await catalog.verify('m')
  expect(await isServed(catalog)).toBe(true)
  return { catalog, root, path }
}

describe.skipIf(lacks('ext4'))('an update', () => {
  it('whose download is bad leaves the old file at its name, and what is open of it', async () => {
    const { catalog, root, path } = await openOn('ext4')
    const next = sampleGguf('the next version', { sizeBytes: 120_000 })
    await using reading = await catalog.openVerified('m')
    await catalog.update('m', { digest: digestOf(next), sizeBytes: next.length })
    const begun = await catalog.downloads.begin('m')
    const { partialPath = '' } = (begun.needed && begun.files[0]) || {}
    writeFileSync(partialPath, sampleGguf('bad', { sizeBytes: next.length }))
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(readFileSync(path).equals(GOOD)).toBe(true)
    expect(readFileSync(reading.files[0]?.fd ?? -1).equals(GOOD)).toBe(true)
    await catalog.update('m', { digest: DIGEST, sizeBytes: GOOD.length })
    const other = await open({ root })
    await other.resolve('m').catch(() => other.verify('m'))
    expect(await isServed(other)).toBe(true)
  })

  it('of a second model at the same time takes nothing from the first', async () => {
    const { catalog, root } = await openOn('ext4')
    const next = sampleGguf('the next version', { sizeBytes: 100_000 })
    await catalog.register({ id: 'm-next', source: SOURCE, digest: digestOf(next) })
    const begun = await catalog.downloads.begin('m-next')
    const { partialPath = '' } = (begun.needed && begun.files[0]) || {}
    writeFileSync(partialPath, BAD)
    const served = [isServed(catalog)]
    await expect(catalog.downloads.finish('m-next')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    served.push(isServed(catalog), isServed(await open({ root })))
    expect(await Promise.all(served)).toEqual([true, true, true])
  })
})
