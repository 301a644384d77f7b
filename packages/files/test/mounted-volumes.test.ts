import { execFileSync } from 'node:child_process'
import { lstat, mkdir, readdir, stat, truncate, writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { lacks, type MountedDisk, mountImage, mountMemory } from '@catalog/testkit/running'
import type { Volumes } from '@catalog/types'
import { afterEach, describe, expect, it } from 'vitest'
import { createVolumes, type VolumesOptions } from '../src/volumes/volumes.ts'

const MEBIBYTE = 1 << 20
const root = useTemporaryDirectory()
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

function volumesOf(path: string, options?: VolumesOptions): Volumes {
  const volumes = createVolumes(path, options)
  undo.push(() => volumes.close())
  return volumes
}

async function mount(name: string, type: 'btrfs' | 'ext4'): Promise<MountedDisk> {
  await mkdir(root.at(name))
  const disk = await mountImage(root.at(`${name}.image`), root.at(name), type, 128 * MEBIBYTE)
  undo.push(() => disk.release())
  return disk
}

async function deviceOf(path: string): Promise<string> {
  return `${(await stat(path, { bigint: true })).dev}`
}

/** A formatted image, not mounted. */
async function format(name: string): Promise<string> {
  await writeFile(root.at(name), '')
  await truncate(root.at(name), 16 * MEBIBYTE)
  execFileSync('mkfs.ext4', ['-q', root.at(name)])
  return root.at(name)
}

/** Gives an image a loop device, which has to be a certain one if that is named, until `detach`. */
function attach(image: string, named?: string): string {
  const device =
    named === undefined
      ? execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim()
      : named
  if (named !== undefined) execFileSync('losetup', [named, image])
  undo.push(
    () => execFileSync('losetup', ['--associated', image], { encoding: 'utf8' }) === '' || detach(device),
  )
  return device
}

function detach(device: string): void {
  execFileSync('losetup', ['--detach', device])
}

async function mounted<T>(device: string, run: (path: string) => Promise<T>): Promise<T> {
  await mkdir(root.at('disk'), { recursive: true })
  execFileSync('mount', [device, root.at('disk')])
  try {
    return await run(root.at('disk'))
  } finally {
    execFileSync('umount', [root.at('disk')])
  }
}

describe.skipIf(lacks('ext4'))('a disk', () => {
  it('keeps its id under another device number', async () => {
    const image = await format('image')
    const first = attach(image)
    const seen = await mounted(first, (path) => volumesOf(path).prepare(path))
    detach(first)
    attach(await format('other'), first)
    const again = await mounted(attach(image), (path) => volumesOf(path).prepare(path))
    expect(again.dev).not.toBe(seen.dev)
    expect(again).toEqual({ ...seen, dev: again.dev })
    expect(again).toMatchObject({ type: 'ext4', isLocal: true, hasBirthTime: true })
  })

  it('is noticed in the place of another that had the same numbers', async () => {
    const images = [await format('image'), await format('other')]
    const volumes = volumesOf(root.at('disk'))
    const looks: unknown[] = []
    const ids: (string | undefined)[] = []
    let device: string | undefined
    for (const image of [...images, ...images]) {
      device = attach(image, device)
      await mounted(device, async (path) => {
        const { id, dev } = await volumesOf(path).prepare(path)
        expect(volumes.find(dev)?.id).toBe(id)
        const { ino, size } = await lstat(root.at('disk/.catalog/volume'))
        looks.push([dev, ino, size])
        ids.push(id)
      })
      detach(device)
    }
    expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(1)
    expect(ids.slice(0, 2)).toEqual(ids.slice(2))
    expect(new Set(ids).size).toBe(2)
  })

  it('below the root is not the volume of the root', async () => {
    await mount('big', 'ext4')
    const volumes = volumesOf(root.path)
    const own = await volumes.prepare(root.path)
    await writeFile(root.at('big/a.gguf'), 'a')
    const dev = await deviceOf(root.at('big/a.gguf'))
    expect(volumes.find(dev)).toBeUndefined()
    const nested = await volumes.prepare(root.at('big/a.gguf'))
    expect(nested).toMatchObject({ dev, type: 'ext4' })
    expect(nested.anchor).toBeUndefined()
    expect(nested.id).not.toBe(own.id)
    expect(volumes.list()).toEqual([own, nested])
    expect(await readdir(root.at('big'))).toEqual(['a.gguf', 'lost+found'])
    await volumes.close()
  })

  it('gets an anchor in a directory that is named for it', async () => {
    await mount('big', 'ext4')
    await mkdir(root.at('big/models'))
    const options = { anchors: [root.at('big/models')] }
    const nested = await volumesOf(root.path, options).prepare(root.at('big'))
    expect(nested.anchor).toBe(root.at('big/models/.catalog-volume'))
    expect(await readdir(root.at('big/models'))).toEqual(['.catalog-volume'])
    const reader = volumesOf(root.path, { ...options, readOnly: true })
    expect(reader.find(nested.dev)).toEqual(nested)
    const hinted = volumesOf(root.path)
    expect(hinted.find(nested.dev)).toBeUndefined()
    expect(hinted.find(nested.dev, [root.at('big/models/.catalog-volume')])).toEqual(nested)
  })

  it('is known only while it is there', async () => {
    const disk = await mount('big', 'ext4')
    const volumes = volumesOf(root.path, { anchors: [root.at('big')] })
    const nested = await volumes.prepare(root.at('big'))
    await disk.unmount()
    expect(volumes.find(nested.dev)).toBeUndefined()
    expect(volumes.list()).toEqual([])
    await disk.mount()
    expect(volumes.find(await deviceOf(root.at('big')))?.id).toBe(nested.id)
  })

  it('that is kept open cannot be unmounted until it is closed', async () => {
    const disk = await mount('big', 'ext4')
    const volumes = volumesOf(root.path)
    await volumes.prepare(root.at('big'))
    await expect(disk.unmount()).rejects.toThrow('busy')
    await volumes.close()
    await disk.unmount()
  })

  it('reports a read-only directory without an anchor that is passed as one', async () => {
    await mount('big', 'ext4')
    execFileSync('mount', ['-o', 'remount,ro', root.at('big')])
    const volumes = volumesOf(root.path, { anchors: [root.at('big')] })
    await expect(volumes.prepare(root.at('big'))).rejects.toMatchObject({ code: 'READ_ONLY' })
    const reader = volumesOf(root.path, { anchors: [root.at('big')], readOnly: true })
    expect((await reader.prepare(root.at('big'))).anchor).toBeUndefined()
    await reader.close()
  })
})

it.skipIf(lacks('btrfs'))('a subvolume below the root is not the volume of the root', async () => {
  await mount('disk', 'btrfs')
  const path = root.at('disk')
  execFileSync('btrfs', ['-q', 'subvolume', 'create', root.at('disk/sub')])
  const volumes = volumesOf(path, { anchors: [root.at('disk/sub')] })
  const own = await volumes.prepare(path)
  const nested = await volumes.prepare(root.at('disk/sub'))
  expect(nested.dev).not.toBe(own.dev)
  expect(nested.id).not.toBe(own.id)
  expect(nested.anchor).toBe(root.at('disk/sub/.catalog-volume'))
  expect([own.type, nested.type]).toEqual(['btrfs', 'btrfs'])
})

it.skipIf(lacks('tmpfs'))(
  'a volume in memory is told by its type, and has an anchor as any other',
  async () => {
    await mkdir(root.at('disk'))
    const disk = await mountMemory(root.at('disk'), MEBIBYTE)
    undo.push(() => disk.release())
    const volumes = volumesOf(root.at('disk'))
    const volume = await volumes.prepare(root.at('disk'))
    expect(volume).toMatchObject({ type: 'tmpfs', isLocal: true, anchor: root.at('disk/.catalog/volume') })
  },
)
