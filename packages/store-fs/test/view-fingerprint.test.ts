import { copyFile, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { sampleEntry } from '@catalog/testkit'
import type { Fingerprint } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { FileSystem, OpenFile } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { modelId } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** The real disk, which tells what was opened, and whose clock has ticked between any two calls. */
class TickingDisk implements FileSystem {
  readonly opened: string[] = []
  /** Added to when a file was last changed. */
  ticks = 1n
  /** How long ago every file was last changed. */
  ageNowMs = 0
  /** Runs after each opening of `catalog.json`. */
  afterOpening: () => Promise<void> = async () => undefined
  /** Runs after each rename to `catalog.json`. */
  afterRename: (path: string) => Promise<void> = async () => undefined
  readonly makeDirectory: FileSystem['makeDirectory'] = nodeFileSystem.makeDirectory
  readonly list: FileSystem['list'] = nodeFileSystem.list
  readonly link: FileSystem['link'] = nodeFileSystem.link
  readonly remove: FileSystem['remove'] = nodeFileSystem.remove
  readonly ageMs = (): number => this.ageNowMs
  readonly syncDirectory: FileSystem['syncDirectory'] = nodeFileSystem.syncDirectory

  async open(path: string, mode: Parameters<FileSystem['open']>[1]): Promise<OpenFile> {
    this.opened.push(path)
    const file = await nodeFileSystem.open(path, mode)
    if (path.endsWith('catalog.json')) await this.afterOpening()
    return file
  }

  async rename(from: string, to: string): Promise<void> {
    await nodeFileSystem.rename(from, to)
    if (to.endsWith('catalog.json')) await this.afterRename(to)
  }

  async fingerprintOf(path: string): Promise<Fingerprint | undefined> {
    const found = await nodeFileSystem.fingerprintOf?.(path)
    if (found === undefined) return undefined
    const ctimeNs = this.ticks === 0n ? found.mtimeNs : `${BigInt(found.ctimeNs) + this.ticks}`
    return { ...found, ctimeNs }
  }
}

const LARGE = sampleEntry({ id: 'a', name: 'before', extra: { note: 'x'.repeat(300_000) } })

describe('a large catalog.json', () => {
  const root = useTemporaryRoot()
  const path = () => root.at('catalog.json')
  const knownView = () => root.at('.catalog', 'view')
  /** Beyond its first lines, which every opening looks at. */
  const isRead = (opened: readonly string[]) => opened.filter((each) => each === path()).length > 1
  const register = async (disk: FileSystem, entry = LARGE) => {
    const store = await root.open({ disk })
    await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
    await store.close()
  }
  const open = async () => {
    const disk = new TickingDisk()
    const store = await root.open({ disk })
    return { store, isViewRead: isRead(disk.opened) }
  }
  const nameOf = async (store: Awaited<ReturnType<typeof open>>['store']) =>
    (await store.get(modelId('a')))?.name

  it('is not read where it stands as it was written', async () => {
    await register(new TickingDisk())
    const { store, isViewRead } = await open()
    expect([isViewRead, await nameOf(store)]).toEqual([false, 'before'])
  })

  it('is read where nothing can tell of its file', async () => {
    await register(new TickingDisk())
    const { fingerprintOf: _, ...rest } = nodeFileSystem
    const opened: string[] = []
    const disk: FileSystem = {
      ...rest,
      open(file, mode) {
        opened.push(file)
        return nodeFileSystem.open(file, mode)
      },
    }
    await root.open({ disk })
    expect(isRead(opened)).toBe(true)
  })

  /** Waits for the next tick of the disk's clock: before Linux 6.13 it takes milliseconds, and hides an edit within it. */
  const writeEdit = async () => {
    const probe = async () => {
      await writeFile(root.at('probe'), '')
      return (await stat(root.at('probe'), { bigint: true })).ctimeNs
    }
    for (const before = await probe(); (await probe()) === before; );
    await writeFile(path(), (await readFile(path(), 'utf8')).replace('"before"', '"behind"'))
  }

  it.each([
    ['in place, to the same size', writeEdit],
    [
      'and its time of change was put back',
      async () => {
        const { atime, mtime } = await stat(path())
        await writeEdit()
        await utimes(path(), atime, mtime)
      },
    ],
    [
      'in a copy that was put in its place',
      async () => {
        await copyFile(path(), root.at('copy'))
        await rename(root.at('copy'), path())
        await writeEdit()
      },
    ],
  ])('is adopted where it was edited %s', async (_, edit) => {
    await register(new TickingDisk())
    await edit()
    const { store, isViewRead } = await open()
    expect([isViewRead, await nameOf(store)]).toEqual([true, 'behind'])
  })

  it('is adopted where it was edited in the instant after it was written', async () => {
    const disk = new TickingDisk()
    disk.afterRename = writeEdit
    await register(disk)
    const { store, isViewRead } = await open()
    expect([isViewRead, await nameOf(store)]).toEqual([true, 'behind'])
  })

  it('is read where the clock of the disk had not ticked before it was put in place', async () => {
    const disk = new TickingDisk()
    disk.ticks = 0n
    await register(disk)
    await expect(stat(knownView())).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await open()).isViewRead).toBe(true)
  })

  it('is read, and changes nothing, where it was restored from a backup', async () => {
    await register(new TickingDisk())
    await copyFile(path(), root.at('backup'))
    await rename(root.at('backup'), path())
    const { store, isViewRead } = await open()
    expect([isViewRead, (await store.get(modelId('a')))?.revision]).toEqual([true, 1])
  })

  it.each([
    ['once more where it was restored long ago', 60_000, false],
    ['each time where it was restored so lately that an edit may not show', 1000, true],
  ])('is read %s', async (_, ageNowMs, isReadAgain) => {
    await register(new TickingDisk())
    await copyFile(path(), root.at('backup'))
    await rename(root.at('backup'), path())
    const disk = new TickingDisk()
    disk.ageNowMs = ageNowMs
    await (await root.open({ disk })).close()
    expect((await open()).isViewRead).toBe(isReadAgain)
  })

  it('is read again where it was replaced while it was read', async () => {
    await register(new TickingDisk())
    await rm(knownView())
    const disk = new TickingDisk()
    disk.ageNowMs = 60_000
    disk.afterOpening = async () => {
      // The first look is at its head only.
      if (!isRead(disk.opened)) return
      await copyFile(path(), root.at('copy'))
      await rename(root.at('copy'), path())
      await writeEdit()
    }
    const first = await root.open({ disk })
    expect((await first.get(modelId('a')))?.name).toBe('before')
    const { store } = await open()
    expect(await nameOf(store)).toBe('behind')
  })

  it.each([
    ['is missing', () => rm(knownView())],
    ['is empty', () => writeFile(knownView(), '')],
    ['has one wrong byte', async () => writeFile(knownView(), `0${await readFile(knownView(), 'latin1')}`)],
    [
      'is a directory',
      async () => {
        await rm(knownView())
        await mkdir(knownView())
      },
    ],
    [
      'is a link',
      async () => {
        await rename(knownView(), root.at('elsewhere'))
        await symlink(root.at('elsewhere'), knownView())
      },
    ],
  ])('is read where what was remembered of it %s', async (_, spoil) => {
    await register(new TickingDisk())
    await spoil()
    await writeEdit()
    const { store, isViewRead } = await open()
    expect([isViewRead, await nameOf(store)]).toEqual([true, 'behind'])
    await store.close()
    expect(JSON.parse(await readFile(path(), 'utf8')).models[0]).toMatchObject({ revision: 2 })
  })

  it('leaves nothing behind beside it', async () => {
    const disk = new TickingDisk()
    await register(disk)
    expect((await disk.list(root.at('.catalog'))).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
