import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import type { Volumes } from '@catalog/types'
import { afterEach, describe, expect, it } from 'vitest'
import { formatAnchor } from '../src/volumes/anchor-form.ts'
import { createVolumes, type VolumesOptions } from '../src/volumes/volumes.ts'

const root = useTemporaryDirectory()
const open: Volumes[] = []
afterEach(async () => {
  for (const volumes of open.splice(0)) await volumes.close()
})

function volumesOf(path: string = root.path, options?: VolumesOptions): Volumes {
  const volumes = createVolumes(path, options)
  open.push(volumes)
  return volumes
}

/** The id of the volume of a root, as a catalog that is opened anew and writes finds it. */
async function idOf(path: string = root.path, options?: VolumesOptions): Promise<string> {
  return (await volumesOf(path, options).prepare(path)).id
}

async function deviceOf(path: string = root.path): Promise<string> {
  return `${(await stat(path, { bigint: true })).dev}`
}

const ANCHOR = '.catalog/volume'

describe('the volume of a root', () => {
  it('gets an anchor when it is first prepared, and is found by its device number', async () => {
    const volumes = volumesOf()
    const dev = await deviceOf()
    expect(volumes.find(dev)).toBeUndefined()
    expect(volumes.list()).toEqual([])
    await writeFile(root.at('a.gguf'), 'a')
    const volume = await volumes.prepare(root.at('a.gguf'))
    expect(volume).toMatchObject({ dev, anchor: root.at(ANCHOR) })
    expect(volume.id).toMatch(/^[0-9a-f-]{36}$/u)
    expect(volumes.find(dev)).toBe(volume)
    expect(volumes.list()).toEqual([volume])
    expect(volumes.find('1')).toBeUndefined()
    expect(await readdir(root.at('.catalog'))).toEqual(['volume'])
    expect(await idOf()).toBe(volume.id)
    expect(volumesOf().find(dev)).toEqual(volume)
  })

  it('has an anchor of a random time, so that no two are alike', async () => {
    await volumesOf().prepare(root.path)
    await mkdir(root.at('b'))
    await volumesOf(root.at('b')).prepare(root.at('b'))
    const [one, other] = await Promise.all([ANCHOR, `b/${ANCHOR}`].map((file) => stat(root.at(file))))
    expect(Math.abs((one?.mtimeMs ?? 0) - (other?.mtimeMs ?? 0))).toBeGreaterThan(1000)
    expect(one?.mtimeMs).toBeLessThan(Date.now())
  })

  const kept: readonly [what: string, change: (anchor: string) => Promise<void>][] = [
    ['chmod of the anchor', (anchor) => chmod(anchor, 0o600)],
    ['another name of the anchor', (anchor) => link(anchor, root.at('name'))],
    ['touch', (anchor) => utimes(anchor, 1, 1)],
  ]
  it.each(kept)('keeps its id through %s', async (_, change) => {
    const volumes = volumesOf()
    const volume = await volumes.prepare(root.path)
    await change(root.at(ANCHOR))
    expect(volumes.find(volume.dev)).toEqual(volume)
    expect(volumesOf().find(volume.dev)).toEqual(volume)
    expect(await idOf()).toBe(volume.id)
  })

  it('keeps its id if the root is renamed', async () => {
    await mkdir(root.at('a'))
    const id = await idOf(root.at('a'))
    await rename(root.at('a'), root.at('b'))
    expect(await idOf(root.at('b'))).toBe(id)
  })

  it.skipIf(lacks('posix'))('gets another id if the root is a copy', async () => {
    await mkdir(root.at('a'))
    const id = await idOf(root.at('a'))
    execFileSync('cp', ['-a', root.at('a'), root.at('b')])
    const copy = volumesOf(root.at('b'))
    expect(copy.find(await deviceOf())).toBeUndefined()
    const volume = await copy.prepare(root.at('b'))
    expect(volume.id).not.toBe(id)
    expect(copy.find(volume.dev)).toEqual(volume)
    expect(await idOf(root.at('b'))).toBe(volume.id)
    expect(await idOf(root.at('a'))).toBe(id)
  })

  it('has the id that its anchor says now, also if another process replaces the anchor', async () => {
    const [first, second] = [volumesOf(), volumesOf()]
    const { id, dev } = await first.prepare(root.path)
    expect(second.find(dev)?.id).toBe(id)
    await rm(root.at(ANCHOR))
    expect(first.find(dev)).toBeUndefined()
    const { id: other } = await second.prepare(root.path)
    expect(other).not.toBe(id)
    expect(first.find(dev)?.id).toBe(other)
  })

  it('gets one id from all who prepare it at once', async () => {
    const prepared = await Promise.all(Array.from({ length: 20 }, () => idOf()))
    expect(new Set(prepared).size).toBe(1)
    expect(await readdir(root.at('.catalog'))).toEqual(['volume'])
  })

  it('is undefined for a path without a file', async () => {
    await expect(volumesOf().prepare(root.at('none'))).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })
})

describe('an anchor that is none', () => {
  const id = '0b4c1c9e-6f0c-4a52-9d55-7f3d4b8f1a11'
  const lines: readonly [what: string, text: string][] = [
    ['empty', ''],
    ['cut off', formatAnchor({ id, ino: '1' }).slice(0, 60)],
    ['longer than any', formatAnchor({ id, ino: '1' }).padEnd(2000, '\n')],
    ['with another checksum', formatAnchor({ id, ino: '1' }).replace('"1"', '"2"')],
    ['of another inode', formatAnchor({ id, ino: '1' })],
    ['without a UUID', formatAnchor({ id: 'x', ino: '1' })],
  ]
  it.each(lines)('counts for nothing, and is replaced: %s', async (_, text) => {
    await mkdir(root.at('.catalog'))
    await writeFile(root.at(ANCHOR), text)
    const volumes = volumesOf()
    expect(volumes.find(await deviceOf())).toBeUndefined()
    const reader = volumesOf(root.path, { readOnly: true })
    expect((await reader.prepare(root.path)).anchor).toBeUndefined()
    expect(await readFile(root.at(ANCHOR), 'utf8')).toBe(text)
    const volume = await volumes.prepare(root.path)
    expect(volume.anchor).toBe(root.at(ANCHOR))
    expect(await idOf()).toBe(volume.id)
    expect(reader.find(volume.dev)).toEqual(volume)
  })

  it('of another birth time counts for nothing', async () => {
    await mkdir(root.at('.catalog'))
    await writeFile(root.at(ANCHOR), '')
    const { ino } = await stat(root.at(ANCHOR), { bigint: true })
    await writeFile(root.at(ANCHOR), formatAnchor({ id, ino: `${ino}` }))
    expect(volumesOf().find(await deviceOf())).toMatchObject({ id, hasBirthTime: false })
    await writeFile(root.at(ANCHOR), formatAnchor({ id, ino: `${ino}`, birthtimeNs: '1' }))
    expect(volumesOf().find(await deviceOf())).toBeUndefined()
  })

  it('that two replace at once ends as one', async () => {
    await mkdir(root.at('.catalog'))
    await writeFile(root.at(ANCHOR), 'damaged')
    const two = [volumesOf(), volumesOf()]
    const [volume] = await Promise.all(two.map((volumes) => volumes.prepare(root.path)))
    const found = two.map((volumes) => volumes.find(volume?.dev ?? '')?.id)
    expect(new Set(found).size).toBe(1)
    expect(await idOf()).toBe(found[0])
  })

  it.skipIf(lacks('posix'))('is a link, even to a valid one', async () => {
    await mkdir(root.at('a'))
    const { id: other, dev } = await volumesOf(root.at('a')).prepare(root.at('a'))
    await mkdir(root.at('.catalog'))
    await symlink(root.at('a', ANCHOR), root.at(ANCHOR))
    expect(volumesOf().find(dev)).toBeUndefined()
    expect(await idOf()).not.toBe(other)
    expect(await idOf(root.at('a'))).toBe(other)
  })

  it.skipIf(lacks('posix'))('is a FIFO, which is not waited for', async () => {
    await mkdir(root.at('.catalog'))
    execFileSync('mkfifo', [root.at(ANCHOR)])
    expect(volumesOf().find(await deviceOf())).toBeUndefined()
  })

  it('but of a later version, is left as it is', async () => {
    const line = formatAnchor({ id, ino: '1' })
    await mkdir(root.at('.catalog'))
    const json = line.slice(33, -1).replace('"version":1', '"version":2')
    const text = `${hash('sha256', json).slice(0, 32)} ${json}\n`
    await writeFile(root.at(ANCHOR), text)
    await expect(volumesOf().prepare(root.path)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
    expect(await readFile(root.at(ANCHOR), 'utf8')).toBe(text)
  })

  it('is a directory, which is told', async () => {
    await mkdir(root.at(ANCHOR, 'a'), { recursive: true })
    await expect(volumesOf().prepare(root.path)).rejects.toMatchObject({ code: 'IO' })
  })
})

describe('a volume without an anchor', () => {
  it('is kept open by a reader until it is closed', async () => {
    const [reader, other] = [
      volumesOf(root.path, { readOnly: true }),
      volumesOf(root.path, { readOnly: true }),
    ]
    await writeFile(root.at('a'), 'a')
    const volume = await reader.prepare(root.at('a'))
    expect(volume).toMatchObject({ dev: await deviceOf(), hasBirthTime: false })
    expect(volume.anchor).toBeUndefined()
    expect(await reader.prepare(root.path)).toBe(volume)
    expect(reader.find(volume.dev)).toBe(volume)
    expect(reader.list()).toEqual([volume])
    expect((await other.prepare(root.path)).id).not.toBe(volume.id)
    expect(await readdir(root.path)).toEqual(['a'])
    await reader.close()
    expect(reader.find(volume.dev)).toBeUndefined()
    await expect(reader.prepare(root.path)).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it.skipIf(lacks('proc'))('is kept open once, by all who prepare it at once', async () => {
    const reader = volumesOf(root.path, { readOnly: true })
    const before = (await readdir('/proc/self/fd')).length
    const prepared = await Promise.all(Array.from({ length: 10 }, () => reader.prepare(root.path)))
    expect(new Set(prepared).size).toBe(1)
    expect((await readdir('/proc/self/fd')).length).toBe(before + 1)
    await reader.close()
    expect((await readdir('/proc/self/fd')).length).toBe(before)
  })

  it('is told by an anchor that is made later', async () => {
    const reader = volumesOf(root.path, { readOnly: true })
    const { dev } = await reader.prepare(root.path)
    const volume = await volumesOf().prepare(root.path)
    expect(reader.find(dev)).toEqual(volume)
  })
})

describe('an anchor elsewhere', () => {
  it('is found by a hint, and known from then on', async () => {
    await mkdir(root.at('a'))
    const other = await volumesOf(root.at('a')).prepare(root.at('a'))
    const reader = volumesOf(root.at('none'), { readOnly: true })
    expect(reader.find(other.dev)).toBeUndefined()
    expect(reader.find(other.dev, ['relative', root.at('b'), root.at('a', ANCHOR)])).toEqual(other)
    expect(reader.find(other.dev)).toEqual(other)
    expect(reader.list()).toEqual([other])
  })

  it('is that of a catalog in a directory that is named', async () => {
    await mkdir(root.at('a'))
    const other = await volumesOf(root.at('a')).prepare(root.at('a'))
    const anchors = [root.at('a')]
    const reader = volumesOf(root.at('none'), { readOnly: true, anchors })
    expect(reader.find(other.dev)).toEqual(other)
    expect(await readdir(root.at('a'))).toEqual(['.catalog'])
  })

  const wrong: readonly unknown[] = ['a', [1], ['']]
  it.each(wrong)('is not named by %j', (anchors) => {
    const call = (): Volumes => createVolumes(root.path, { anchors: anchors as readonly string[] })
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})

describe('the directory of a file', () => {
  it('is told by its inode, and when it was made', async () => {
    await mkdir(root.at('a'))
    const { ino, birthtimeNs } = await stat(root.at('a'), { bigint: true })
    const found = volumesOf().directoryOf(root.at('a/b.gguf'))
    expect(found).toEqual(
      birthtimeNs > 0n ? { ino: `${ino}`, birthtimeNs: `${birthtimeNs}` } : { ino: `${ino}` },
    )
  })

  it('is undefined if it is missing or none', async () => {
    await writeFile(root.at('file'), '')
    const volumes: Volumes = volumesOf()
    expect(volumes.directoryOf(root.at('none/b'))).toBeUndefined()
    expect(volumes.directoryOf(root.at('file/b'))).toBeUndefined()
    expect(volumes.directoryOf(root.at('file/a/b'))).toBeUndefined()
  })
})

it.skipIf(lacks('proc'))("the boot id of a machine is the kernel's", async () => {
  expect(volumesOf().bootId).toBe((await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim())
})
