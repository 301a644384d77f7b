import { expect, it } from 'vitest'
import type { FilesCapability, FilesFixture } from './files-harness.ts'

/** Where files are, by words and by a look at the way to them. */
export function describePaths(world: () => FilesFixture, lacks: readonly FilesCapability[]): void {
  it('a file is below the root, and a location where it says', () => {
    const { files, at } = world()
    expect(files.pathOf({ file: 'org/a.gguf' })).toBe(at('org/a.gguf'))
    expect(files.pathOf({ location: '/srv/b.gguf' })).toBe('/srv/b.gguf')
  })

  it('a reference is made of a path as a path is made of it', () => {
    const { files, at, world: own } = world()
    expect(files.referenceTo(at('org/a.gguf'))).toEqual({ file: 'org/a.gguf' })
    const location = `${own.outside}/b.gguf`
    expect(files.referenceTo(location)).toEqual({ location })
  })

  it('the root is the first place that is searched, and a location the only one', () => {
    const { files, at } = world()
    expect(files.pathsOf({ file: 'a.gguf' })[0]).toBe(at('a.gguf'))
    expect(files.pathsOf({ location: '/srv/b.gguf' })).toEqual(['/srv/b.gguf'])
  })

  it('files that belong together are located in their order, whether they exist or not', async () => {
    const { files, at, write } = world()
    await write('b', 'bytes')
    expect(await files.locate([{ file: 'b' }, { file: 'a' }])).toEqual([at('b'), at('a')])
    expect(await files.locate([{ file: 'c' }])).toEqual([at('c')])
    expect(await files.locate([])).toEqual([])
  })

  it('the way to a plain file is allowed', async () => {
    const { files, write } = world()
    const path = await write('org/a.gguf', 'bytes')
    expect(() => files.assertReachable({ file: 'org/a.gguf' }, path)).not.toThrow()
  })

  if (lacks.includes('symbolic-links')) return
  it('a link to a directory outside the root is refused as the way to a file', async () => {
    const { files, at, world: own } = world()
    await own.write(`${own.outside}/a.gguf`, 'bytes')
    await own.makeLink(own.outside, at('org'))
    const refused = expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' })
    await expect(files.locate([{ file: 'org/a.gguf' }])).rejects.toEqual(refused)
    expect(() => files.assertReachable({ file: 'org/a.gguf' }, at('org/a.gguf'))).toThrow(refused)
  })
}
