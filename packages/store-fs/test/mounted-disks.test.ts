import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillDisk, lacks, type MountedDisk, mountImage, mountMemory } from '@catalog/testkit/running'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFileStore } from '../src/file-store.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, register } from './commits.ts'
import { ManualTimers } from './manual-timers.ts'

const MEBIBYTE = 1 << 20

describe('a disk of its own', () => {
  let directory = ''
  let disks: MountedDisk[] = []
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'catalog-disk-'))
    disks = []
  })
  afterEach(async () => {
    for (const disk of disks.reverse()) await disk.release()
    await rm(directory, { recursive: true })
  })

  async function mountPoint(name: string): Promise<string> {
    await mkdir(join(directory, name))
    return join(directory, name)
  }

  async function mount(mounting: Promise<MountedDisk>): Promise<MountedDisk> {
    const disk = await mounting
    disks.push(disk)
    return disk
  }

  it.skipIf(lacks('tmpfs'))('that is read-only refuses writers, and is read', async () => {
    const disk = await mount(mountMemory(await mountPoint('memory'), MEBIBYTE))
    const root = join(disk.path, 'catalog')
    const store = await openFileStore({ root })
    await register(store, 'a')
    await store.close()
    remount(disk, 'ro')
    const refused = { code: 'READ_ONLY', details: { path: expect.stringContaining(disk.path) } }
    await expect(openFileStore({ root })).rejects.toMatchObject(refused)
    await expect(openFileStore({ root: join(disk.path, 'new') })).rejects.toMatchObject(refused)
    const reader = await openFileStore({ root, readOnly: true })
    expect(await idsOf(reader)).toEqual(['a'])
    await reader.close()
    expect(await verifyHistory(root)).toMatchObject({ ok: true })
    expect(await repairCatalog(root)).toMatchObject({ keptFiles: [] })
    expect(await pruneHistory(root)).toMatchObject({ removed: [] })
    remount(disk, 'rw')
    const again = await openFileStore({ root })
    await register(again, 'b')
    expect(await idsOf(again)).toEqual(['a', 'b'])
    await again.close()
  })

  it.skipIf(lacks('tmpfs'))('that is read-only keeps a damaged catalog as it is', async () => {
    const disk = await mount(mountMemory(await mountPoint('memory'), MEBIBYTE))
    const root = join(disk.path, 'catalog')
    const store = await openFileStore({ root })
    await register(store, 'a', 'b')
    await store.close()
    const journal = join(root, '.catalog', 'journal-000001.jsonl')
    await writeFile(journal, (await readFile(journal, 'utf8')).replace('"Pending"', '"Retired"'))
    remount(disk, 'ro')
    await expect(repairCatalog(root)).rejects.toMatchObject({ code: 'READ_ONLY' })
    await expect(openFileStore({ root, readOnly: true })).rejects.toMatchObject({ code: 'DAMAGED' })
    remount(disk, 'rw')
    expect(await repairCatalog(root)).toMatchObject({ recordsKept: 0 })
  })

  /** A file system in a file, on a disk that has no room for what it writes: the device fails, and not the file system. */
  it.skipIf(lacks('ext4'))('whose device fails loses nothing that was acknowledged', async () => {
    const host = await mount(mountMemory(await mountPoint('host'), 48 * MEBIBYTE))
    const image = join(host.path, 'image')
    const disk = await mount(mountImage(image, await mountPoint('ext4'), 'ext4', 256 * MEBIBYTE))
    const root = join(disk.path, 'catalog')
    // From here on only commits write: the store's timers never fire, and ext4 does not write by itself.
    remount(disk, 'commit=3600,noinit_itable')
    const store = await openFileStore({ root, timers: new ManualTimers() })
    await register(store, 'before')
    execFileSync('sync', ['--file-system', disk.path])
    fillDisk(join(host.path, 'ballast'), 0)

    const acknowledged = ['before']
    let failure: unknown
    for (let n = 0; failure === undefined && n < 20_000; n += 1) {
      const id = `model-${n}`
      await register(store, id).then(
        () => acknowledged.push(id),
        (error: unknown) => {
          failure = error
        },
      )
    }
    // The kernel passes on what its writing met: most often EIO, at times that the device behind has no room.
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^(?:IO|NO_SPACE)$/u),
      details: { outcome: 'unknown' },
    })
    await expect(register(store, 'refused')).rejects.toMatchObject({
      code: 'IO',
      details: { outcome: 'none' },
    })
    await store.close().catch(() => undefined)

    await disk.unmount()
    await rm(join(host.path, 'ballast'))
    await disk.mount()
    const again = await openFileStore({ root })
    const found = await idsOf(again)
    expect(acknowledged.filter((id) => !found.includes(id))).toEqual([])
    expect(found).not.toContain('refused')
    await register(again, 'after')
    await again.close()
    expect(await verifyHistory(root)).toMatchObject({ ok: true })
  })
})

function remount({ path }: MountedDisk, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, path])
}
