import { expect, it } from 'vitest'
import type { FilesFixture } from './files-harness.ts'

/** Other names of files and directories, never over another. */
export function describeMoving(world: () => FilesFixture): void {
  it('a directory is made with those above it, once or twice', async () => {
    const { files, look, at } = world()
    await files.makeParent(at('a/b/c'))
    await files.makeParent(at('a/b/c'))
    expect(await look(at('a/b'))).toMatchObject({ kind: 'other' })
    expect(await files.lookAt(at('a/b/c'))).toBeUndefined()
    expect((await files.listFiles()).files).toEqual([])
  })

  it('the bytes of a file are synced, and those of a missing file are FILE_MISSING', async () => {
    const { files, at, write } = world()
    await expect(files.syncFile(await write('a', 'bytes'))).resolves.toBeUndefined()
    await expect(files.syncFile(at('b'))).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })

  it('a moved file is the same file under another name', async () => {
    const { files, look, at, write, world: own } = world()
    const from = await write('a', 'bytes')
    const { fingerprint } = await look(from)
    expect(await files.moveFile(from, at('b'))).toBe(true)
    expect(await files.lookAt(from)).toBeUndefined()
    expect(await own.read(at('b'))).toBe('bytes')
    const moved = await look(at('b'))
    const { dev, ino, mtimeNs, sizeBytes } = fingerprint
    expect(moved).toMatchObject({ links: 1, fingerprint: { dev, ino, mtimeNs, sizeBytes } })
  })

  it('a file is not moved over another', async () => {
    const { files, look, write, world: own } = world()
    const paths = [await write('a', 'bytes'), await write('b', 'others')] as const
    const before = await Promise.all(paths.map(look))
    expect(await files.moveFile(...paths)).toBe(false)
    expect(await Promise.all(paths.map(look))).toEqual(before)
    expect(await own.read(paths[1])).toBe('others')
  })

  it('a missing file is FILE_MISSING when it is moved', async () => {
    const { files, at } = world()
    await expect(files.moveFile(at('a'), at('b'))).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })

  it('a moved directory takes along its files, which do not change', async () => {
    const { files, look, at, write } = world()
    const paths = [await write('org/x', 'bytes'), await write('org/sub/y', 'others')]
    const before = await Promise.all(paths.map(async (path) => (await look(path)).fingerprint))
    expect(await files.moveDirectory(at('org'), at('to'), ['x', 'sub/y', 'z'])).toBe(true)
    expect(await files.lookAt(at('org'))).toBeUndefined()
    const moved = [at('to/x'), at('to/sub/y')]
    expect(await Promise.all(moved.map(async (path) => (await look(path)).fingerprint))).toEqual(before)
  })

  it('a directory is not moved over a file, nor over a directory that holds one', async () => {
    const { files, look, at, write } = world()
    for (const file of ['org/x', 'a', 'b/x']) await write(file, `bytes of ${file}`)
    expect(await files.moveDirectory(at('org'), at('a'), ['x'])).toBe(false)
    expect(await files.moveDirectory(at('org'), at('b'), ['x'])).toBe(false)
    expect(await look(at('org/x'))).toMatchObject({ kind: 'file', links: 1 })
  })

  it('a directory that holds another file is not moved', async () => {
    const { files, at, write } = world()
    for (const file of ['org/x', 'org/y']) await write(file, 'bytes')
    expect(await files.moveDirectory(at('org'), at('to'), ['x'])).toBe(false)
    expect(await files.lookAt(at('to'))).toBeUndefined()
  })

  it('a missing directory is FILE_MISSING when it is moved', async () => {
    const { files, at } = world()
    const moving = files.moveDirectory(at('org'), at('to'), [])
    await expect(moving).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })
}
