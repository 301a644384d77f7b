import type { ReplaceOptions } from '@catalog/types'
import { expect, it } from 'vitest'
import type { FilesFixture } from './files-harness.ts'

/** Another name of a file in the place of an equal one. */
export function describeReplacing(world: () => FilesFixture): void {
  /** Two files of different content, so that a test sees which one is where. */
  async function prepare(): Promise<{ path: string; source: string; options: ReplaceOptions }> {
    const { look, at, write } = world()
    const [path, source] = [await write('a', 'bytes'), await write('b', 'others')]
    const { fingerprint: expected } = await look(path)
    const names = { aside: at('a.aside'), prepared: at('a.prepared') }
    return { path, source, options: { ...names, expected, method: 'hard-link' } }
  }

  it('a file is set aside, and another name of the source takes its place', async () => {
    const { files, look, world: own } = world()
    const { path, source, options } = await prepare()
    const placed = await files.replaceByCopy(path, source, options)
    const found = await look(path)
    expect(found).toEqual({ ...(await look(source)), path })
    expect(found).toMatchObject({ links: 2, fingerprint: placed })
    expect(await own.read(path)).toBe('others')
    expect(await own.read(options.aside)).toBe('bytes')
    const { ino, mtimeNs } = options.expected
    expect((await look(options.aside)).fingerprint).toMatchObject({ ino, mtimeNs })
    expect(await files.lookAt(options.prepared)).toBeUndefined()
  })

  it('a file that was written since it was seen stays in its place', async () => {
    const { files, world: own } = world()
    const { path, source, options } = await prepare()
    await own.write(path, 'new bytes')
    expect(await files.replaceByCopy(path, source, options)).toBeUndefined()
    expect(await own.read(path)).toBe('new bytes')
    expect(await files.lookAt(options.aside)).toBeUndefined()
    expect(await files.lookAt(options.prepared)).toBeUndefined()
  })

  it('a file stays in its place if its source is gone', async () => {
    const { files, look, world: own } = world()
    const { path, source, options } = await prepare()
    await own.remove(source)
    await expect(files.replaceByCopy(path, source, options)).rejects.toMatchObject({ code: 'IO' })
    expect(await look(path)).toMatchObject({ links: 1, fingerprint: options.expected })
    expect(await files.lookAt(options.aside)).toBeUndefined()
  })

  it('bytes that are written by one name of a file are seen by the other', async () => {
    const { files, look, world: own } = world()
    const { path, source, options } = await prepare()
    await files.replaceByCopy(path, source, options)
    await own.write(source, 'new bytes')
    expect(await own.read(path)).toBe('new bytes')
    expect((await look(path)).fingerprint).toEqual((await look(source)).fingerprint)
  })

  it('two names of one file become one when one is moved to the other', async () => {
    const { files, look } = world()
    const { path, source, options } = await prepare()
    await files.replaceByCopy(path, source, options)
    expect(await files.moveFile(source, path)).toBe(true)
    expect(await files.lookAt(source)).toBeUndefined()
    expect(await look(path)).toMatchObject({ links: 1 })
  })

  it('a removed name leaves the other names of the file', async () => {
    const { files, look, world: own } = world()
    const { path, source, options } = await prepare()
    await files.replaceByCopy(path, source, options)
    expect(await files.removeFile(path, (await look(path)).fingerprint)).toBe(true)
    expect(await own.read(source)).toBe('others')
    expect(await look(source)).toMatchObject({ links: 1 })
  })
}
