import { spawnSync } from 'node:child_process'
import { mkdirSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildStore, type StoreBuilder } from '@catalog/testkit/layouts'
import { describe, expect, it } from 'vitest'
import { joinBelow } from '../src/disk/paths-below.ts'
import { readBytes } from '../src/disk/read-bytes.ts'
import { openStoreReader, type StoreReader } from '../src/disk/store-reader.ts'

describe('a store reader', () => {
  const root = useTemporaryDirectory()

  async function open(): Promise<{ readonly store: StoreBuilder; readonly reader: StoreReader }> {
    mkdirSync(root.at('store'))
    const store = buildStore(realpathSync(root.at('store')))
    return { store, reader: await openStoreReader(store.root) }
  }

  it('lists names sorted, with their kinds', async () => {
    const { store, reader } = await open()
    store.put('b/file', '')
    store.put('a', '')
    store.link('c', 'a')
    spawnSync('mkfifo', [store.at('d')])
    const listing = await reader.list(store.root)
    expect(listing.names).toEqual([
      { name: 'a', kind: 'file' },
      { name: 'b', kind: 'directory' },
      { name: 'c', kind: 'link' },
      { name: 'd', kind: 'other' },
    ])
    expect([
      listing.has('a'),
      listing.has('a', 'file'),
      listing.has('a', 'directory'),
      listing.has('e'),
    ]).toEqual([true, true, false, false])
  })

  it('lists no directory outside, also not by a link that was a directory before', async () => {
    const { store, reader } = await open()
    store.put('sub/a', '')
    await reader.list(store.at('sub'))
    await reader.file(store.at('sub/a'))
    renameSync(store.at('sub'), root.at('moved'))
    symlinkSync(root.at('moved'), store.at('sub'))
    await expect(reader.list(store.at('sub'))).rejects.toMatchObject({ kind: 'link-out-of-store' })
    await expect(reader.list(root.path)).rejects.toMatchObject({ kind: 'link-out-of-store' })
  })

  it('says where the bytes of a link are, and refuses those outside', async () => {
    const { store, reader } = await open()
    store.put('blobs/1', 'bytes')
    store.link('linked/one', 'blobs/1')
    store.link('around', 'linked')
    writeFileSync(root.at('outside'), '')
    store.linkTo('linked/out', root.at('outside'))
    const found = { kind: 'file', sizeBytes: 5, realPath: store.at('blobs/1') }
    expect(await reader.file(store.at('linked/one'))).toMatchObject(found)
    expect(await reader.file(store.at('linked/one'), 'link')).toMatchObject(found)
    expect(await reader.file(store.at('around/one'))).toMatchObject(found)
    await expect(reader.file(store.at('around/out'))).rejects.toMatchObject({ kind: 'link-out-of-store' })
    await expect(reader.readText(store.at('linked/out'))).rejects.toMatchObject({ kind: 'link-out-of-store' })
  })

  it('tells nothing, a directory and what is not a file apart', async () => {
    const { store, reader } = await open()
    store.put('sub/a', '')
    spawnSync('mkfifo', [store.at('pipe')])
    expect(await reader.find(store.at('nothing'))).toBeUndefined()
    expect(await reader.find(store.at('sub/a/below'))).toBeUndefined()
    const kinds = [
      ['nothing', 'missing-file'],
      ['sub', 'not-a-file'],
      ['pipe', 'not-a-file'],
    ] as const
    for (const [path, kind] of kinds)
      await expect(reader.file(store.at(path))).rejects.toMatchObject({ kind })
    await expect(reader.list(store.at('nothing'))).rejects.toMatchObject({ kind: 'missing-file' })
    await expect(reader.list(store.at('sub/a'))).rejects.toMatchObject({ kind: 'not-a-file' })
    await expect(reader.readHead(store.at('pipe'), 4)).rejects.toMatchObject({ kind: 'not-a-file' })
  })

  it('says what a link leads to, wherever that is', async () => {
    const { store, reader } = await open()
    store.linkTo('out', root.path)
    store.linkTo('gone', 'nothing')
    expect(await reader.kindOfTarget(store.at('out'))).toBe('directory')
    expect(await reader.kindOfTarget(store.at('gone'))).toBeUndefined()
  })

  it('reads text up to a limit, without a byte order mark, and bytes from the start', async () => {
    const { store, reader } = await open()
    store.put('text', '\uFEFFwren')
    store.put('latin', Uint8Array.of(0x77, 0xff))
    expect(await reader.readText(store.at('text'), 7)).toBe('wren')
    await expect(reader.readText(store.at('text'), 6)).rejects.toMatchObject({ kind: 'broken-manifest' })
    await expect(reader.readText(store.at('latin'))).rejects.toMatchObject({ kind: 'broken-manifest' })
    expect([...(await reader.readHead(store.at('latin'), 1))]).toEqual([0x77])
    expect([...(await reader.readHead(store.at('latin'), 9))]).toEqual([0x77, 0xff])
  })
})

describe('readBytes', () => {
  const root = useTemporaryDirectory()

  it('neither waits at a FIFO nor follows a link that took the place of the file', async () => {
    spawnSync('mkfifo', [root.at('pipe')])
    writeFileSync(root.at('file'), 'bytes')
    symlinkSync('file', root.at('link'))
    for (const name of ['pipe', 'link'])
      await expect(readBytes(root.at(name), 4)).rejects.toMatchObject({ kind: 'unreadable' })
  })

  it('gives what there is of a file that became shorter', async () => {
    writeFileSync(root.at('file'), 'bytes')
    expect(await readBytes(root.at('file'), 9)).toHaveLength(5)
  })
})

describe('joinBelow', () => {
  it('gives a path below the directory and nothing else', () => {
    expect(joinBelow('/store', 'a/b')).toBe('/store/a/b')
    for (const path of ['', '/a', 'a//b', '../a', 'a/..', './a', 'a\0', 'a\\b'])
      expect(joinBelow('/store', path)).toBeUndefined()
  })
})
