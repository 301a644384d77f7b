import { expect, it } from 'vitest'
import type { FilesCapability, FilesFixture } from './files-harness.ts'

/** What is taken away: only what is still what the caller saw. */
export function describeRemoving(world: () => FilesFixture, lacks: readonly FilesCapability[]): void {
  it('a file is removed', async () => {
    const { files, look, write } = world()
    const path = await write('a', 'bytes')
    expect(await files.removeFile(path, (await look(path)).fingerprint)).toBe(true)
    expect(await files.lookAt(path)).toBeUndefined()
  })

  it('a file that was written since it was seen stays', async () => {
    const { files, look, write, world: own } = world()
    const path = await write('a', 'bytes')
    const { fingerprint } = await look(path)
    await write('a', 'other bytes')
    expect(await files.removeFile(path, fingerprint)).toBe(false)
    expect(await own.read(path)).toBe('other bytes')
  })

  it('a file that is gone is not removed', async () => {
    const { files, look, write, world: own } = world()
    const path = await write('a', 'bytes')
    const { fingerprint } = await look(path)
    await own.remove(path)
    expect(await files.removeFile(path, fingerprint)).toBe(false)
  })

  it('an empty directory is removed', async () => {
    const { files, at } = world()
    await files.makeParent(at('org/a'))
    expect(await files.removeDirectory(at('org'))).toBe(true)
    expect(await files.lookAt(at('org'))).toBeUndefined()
  })

  it('a directory that is not empty, a file and nothing are not removed as a directory', async () => {
    const { files, look, at, write } = world()
    const path = await write('org/a', 'bytes')
    expect(await files.removeDirectory(at('org'))).toBe(false)
    expect(await files.removeDirectory(path)).toBe(false)
    expect(await files.removeDirectory(at('gone'))).toBe(false)
    expect(await look(path)).toMatchObject({ kind: 'file' })
  })

  if (lacks.includes('read-only')) return
  it('nothing is changed in a root that is opened read-only', async () => {
    const { openReadOnly, look, at, write, world: own } = world()
    const files = openReadOnly?.()
    if (files === undefined) throw new Error('openReadOnly is missing')
    const path = await write('org/a', 'bytes')
    const before = await look(path)
    const refused = [
      files.makeParent(at('b/c')),
      files.moveFile(path, at('b')),
      files.moveDirectory(at('org'), at('b'), ['a']),
      files.removeDirectory(at('org')),
      files.removeFile(path, before.fingerprint),
    ]
    for (const outcome of await Promise.allSettled(refused)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'READ_ONLY' } })
    }
    expect(await look(path)).toEqual(before)
    expect(await own.read(path)).toBe('bytes')
  })
}
