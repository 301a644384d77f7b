import { expect, it } from 'vitest'
import type { FilesCapability, FilesFixture } from './files-harness.ts'

/** What is seen at a path, and below the root. */
export function describeLooking(world: () => FilesFixture, lacks: readonly FilesCapability[]): void {
  it('nothing is seen at a path before a file is there', async () => {
    const { files, at } = world()
    expect(await files.lookAt(at('a'))).toBeUndefined()
    expect(await files.listFiles()).toEqual({ files: [], unreadable: [] })
  })

  it('a file is seen with its size and its only name, the same until it is written', async () => {
    const { look, write } = world()
    const path = await write('a', 'some bytes')
    const found = await look(path)
    expect(found).toMatchObject({ path, kind: 'file', links: 1, fingerprint: { sizeBytes: 10 } })
    expect(await look(path)).toEqual(found)
    await write('a', 'other bytes')
    const written = await look(path)
    expect(written.fingerprint).toMatchObject({ ino: found.fingerprint.ino, sizeBytes: 11 })
    expect(written.fingerprint.mtimeNs).not.toBe(found.fingerprint.mtimeNs)
  })

  it('a directory is something else than a file', async () => {
    const { look, write, at } = world()
    await write('org/a', 'bytes')
    expect(await look(at('org'))).toMatchObject({ path: at('org'), kind: 'other' })
  })

  it('the files below the root are listed by path, as a look at each sees them', async () => {
    const { files, look, write, world: own } = world()
    for (const file of ['b', 'a/c', 'a.gguf', 'B', 'a/b/c']) await write(file, `bytes of ${file}`)
    await own.write(`${own.outside}/d`, 'bytes')
    const { files: found, unreadable } = await files.listFiles()
    expect(unreadable).toEqual([])
    expect(found.map(({ file }) => file)).toEqual(['B', 'a.gguf', 'a/b/c', 'a/c', 'b'])
    for (const { file, ...seen } of found) expect(seen).toEqual(await look(`${own.root}/${file}`))
  })

  it("the catalog's own files are not listed", async () => {
    const { files, write } = world()
    for (const file of ['catalog.json', '.catalog/journal', 'a/.catalog-volume', 'a/b'])
      await write(file, 'bytes')
    expect((await files.listFiles()).files.map(({ file }) => file)).toEqual(['a/b'])
  })

  it('the free room is told in bytes', async () => {
    const bytes = await world().files.measureFreeBytes()
    expect(Number.isInteger(bytes) && bytes >= 0).toBe(true)
  })

  if (lacks.includes('symbolic-links')) return
  it('a symbolic link is listed and not followed', async () => {
    const { files, look, at, world: own } = world()
    await own.write(`${own.outside}/a`, 'bytes')
    await own.makeLink(own.outside, at('link'))
    expect(await look(at('link'))).toMatchObject({ kind: 'symlink' })
    expect((await files.listFiles()).files).toMatchObject([{ file: 'link', kind: 'symlink' }])
  })
}
