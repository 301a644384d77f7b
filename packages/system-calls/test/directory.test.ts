import { mkdir, mkdtemp, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { type FoundName, makeDirectory, walkDirectory } from '../src/index.ts'

const directory = useTemporaryDirectory()

async function list(
  root: string,
  options: Parameters<typeof walkDirectory>[1] = {},
): Promise<readonly FoundName[]> {
  const found: FoundName[] = []
  for await (const name of walkDirectory(root, options)) found.push(name)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

describe('making a directory', () => {
  it('tells the first one that was missing', async () => {
    expect(await makeDirectory(directory.at('a', 'b', 'c'))).toBe(directory.at('a'))
    expect(await makeDirectory(directory.at('a', 'b', 'd'))).toBe(directory.at('a', 'b', 'd'))
    expect(await makeDirectory(directory.at('a'))).toBeUndefined()
    expect((await stat(directory.at('a', 'b', 'c'))).isDirectory()).toBe(true)
  })

  it('fails where a file is in the way', async () => {
    await writeFile(directory.at('file'), '')
    await expect(makeDirectory(directory.at('file'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(makeDirectory(directory.at('file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

describe('walking a directory', () => {
  it.skipIf(lacks('posix'))('names files and links below it, and follows no link', async () => {
    const outside = await mkdtemp(directory.at('outside-'))
    await writeFile(join(outside, 'secret'), '')
    const root = directory.at('root')
    await mkdir(join(root, 'a', 'b'), { recursive: true })
    await writeFile(join(root, 'a', 'b', 'file'), '')
    await symlink(outside, join(root, 'link'))
    expect(await list(root)).toEqual([
      { path: 'a/b/file', kind: 'file' },
      { path: 'link', kind: 'symbolic link' },
    ])
    expect(await list(root, { isSkipped: (path) => path === 'a/b' })).toHaveLength(1)
  })

  it('finds nothing if the directory is missing', async () => {
    expect(await list(directory.at('missing'))).toEqual([])
  })

  it('ends with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(list(directory.path, { signal })).rejects.toThrow('enough')
  })
})
