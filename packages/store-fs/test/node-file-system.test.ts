import { readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('a file of this machine', () => {
  const root = useTemporaryRoot()

  it('has bytes written in their place, though it is open for appending', async () => {
    await writeFile(root.at('file'), 'one two three')
    const file = await nodeFileSystem.open(root.at('file'), 'append')
    await file.rewrite(Buffer.from('TWO'), 4)
    await file.append(Buffer.from(' four'))
    await file.close()
    expect(await readFile(root.at('file'), 'utf8')).toBe('one TWO three four')
  })

  it('is not mistaken for another that was put at its path', async () => {
    await writeFile(root.at('file'), 'one')
    await writeFile(root.at('other'), 'two')
    const file = await nodeFileSystem.open(root.at('file'), 'append')
    expect(await file.isNamed()).toBe(true)
    await rename(root.at('other'), root.at('file'))
    expect(await file.isNamed()).toBe(false)
    await expect(file.rewrite(Buffer.from('ONE'), 0)).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    await file.close()
    expect(await readFile(root.at('file'), 'utf8')).toBe('two')
  })

  it('that must be new is refused if a file or a link is at its path', async () => {
    await writeFile(root.at('old'), 'old')
    await symlink(root.at('nowhere'), root.at('link'))
    for (const name of ['old', 'link']) {
      await expect(nodeFileSystem.open(root.at(name), 'create-new')).rejects.toMatchObject({ code: 'EEXIST' })
    }
  })

  it('that is to be appended to is not made', async () => {
    await expect(nodeFileSystem.open(root.at('none'), 'append')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
