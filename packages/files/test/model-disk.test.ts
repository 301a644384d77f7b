import { execFileSync } from 'node:child_process'
import { chmod, link, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import { bundleProgram, lacks, type MountedDisk, mountImage } from '@catalog/testkit/running'
import type { Fingerprint, ModelFiles } from '@catalog/types'
import { afterEach, describe, expect, it } from 'vitest'
import { createModelDirectory } from '../src/model-directory.ts'

const MEBIBYTE = 1 << 20
const root = useTemporaryDirectory()

async function write(file: string, bytes = `bytes of ${file}`): Promise<string> {
  const path = root.at(file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
  return path
}

async function fingerprintOf(files: ModelFiles, path: string): Promise<Fingerprint> {
  const found = await files.lookAt(path)
  if (found === undefined) throw new Error(`${path} must be there`)
  return found.fingerprint
}

describe('the files below a root', () => {
  it.skipIf(lacks('posix'))(
    'are listed by path, without those of the catalog, and links are not followed',
    async () => {
      const files = createModelDirectory(root.path)
      const views = ['catalog.json', 'catalog.json.broken-20251001T120000000Z']
      const own = [...views, '.catalog/journal', 'a/.catalog-volume', 'a/.catalog-volume.0b4c.tmp']
      for (const file of ['b.gguf', 'a/c.gguf', 'a.gguf', 'a/.catalog', ...own]) await write(file)
      await link(root.at('b.gguf'), root.at('name.gguf'))
      await symlink(root.at('a'), root.at('link'))
      execFileSync('mkfifo', [root.at('fifo')])
      const { files: found } = await files.listFiles()
      expect(found.map(({ file, kind, links }) => `${file} ${kind} ${links}`)).toEqual([
        'a.gguf file 1',
        'a/.catalog file 1',
        'a/c.gguf file 1',
        'b.gguf file 2',
        'fifo other 1',
        'link symlink 1',
        'name.gguf file 2',
      ])
      expect(found[0]?.path).toBe(root.at('a.gguf'))
      expect(found[0]?.fingerprint).toEqual(await fingerprintOf(files, root.at('a.gguf')))
      expect(await createModelDirectory(root.at('nothing')).listFiles()).toEqual({
        files: [],
        unreadable: [],
      })
    },
  )

  it.skipIf(lacks('other-user'))('are listed but for what cannot be looked at, which is named', async () => {
    for (const file of ['a', 'closed/b', 'names/c', 'names/d', 'shared/closed/e']) await write(file)
    for (const [name, mode] of [
      ['closed', 0o700],
      ['names', 0o744],
      ['shared/closed', 0],
    ] as const) {
      await chmod(root.at(name), mode)
    }
    await chmod(root.path, 0o755)
    const { node, path: program } = await bundleProgram(new URL('./listing-program.ts', import.meta.url))
    const run = (path: string): unknown =>
      JSON.parse(execFileSync(node, [program, path], { encoding: 'utf8', uid: 65534 }))
    const unreadable = ['closed', 'names'].map((name) => ({ path: root.at(name), errno: 'EACCES' }))
    expect(run(root.path)).toEqual([['a'], unreadable])
    expect(run(root.at('closed'))).toBe('IO')
  })

  it('are moved with their directory, which changes none of them', async () => {
    const files = createModelDirectory(root.path)
    const paths = [await write('a.partial/.whole/x'), await write('a.partial/.whole/sub/y')]
    const before = await Promise.all(paths.map((path) => fingerprintOf(files, path)))
    expect(await files.moveDirectory(root.at('a.partial/.whole'), root.at('a'), ['x', 'sub/y'])).toBe(true)
    const moved = [root.at('a/x'), root.at('a/sub/y')]
    expect(await Promise.all(moved.map((path) => fingerprintOf(files, path)))).toEqual(before)
    expect(await readdir(root.at('a.partial'))).toEqual([])
    const missing = files.moveDirectory(root.at('a.partial/.whole'), root.at('b'), [])
    await expect(missing).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })

  it.skipIf(lacks('posix'))('are not moved with their directory to a name that is taken', async () => {
    const files = createModelDirectory(root.path)
    await write('whole/x')
    await write('full/other')
    await write('file')
    await mkdir(root.at('empty'))
    await symlink(root.at('full'), root.at('link'))
    for (const name of ['full', 'file', 'empty', 'link'])
      expect(await files.moveDirectory(root.at('whole'), root.at(name), ['x'])).toBe(false)
    // Nor with a file that is not asked for.
    expect(await files.moveDirectory(root.at('whole'), root.at('moved'), ['y'])).toBe(false)
    expect(await readdir(root.at('whole'))).toEqual(['x'])
    // Nor is a file moved as a directory.
    expect(await files.moveDirectory(root.at('link'), root.at('moved'), ['other'])).toBe(false)
    expect(await files.moveDirectory(root.at('file'), root.at('moved'), [])).toBe(false)
    expect(await readdir(root.path)).toEqual(['empty', 'file', 'full', 'link', 'whole'])
  })

  it.skipIf(lacks('posix'))('keep their directory, which is removed only if it is empty', async () => {
    const files = createModelDirectory(root.path)
    await write('full/x')
    await mkdir(root.at('empty'))
    await symlink(root.at('empty'), root.at('link'))
    for (const path of ['full', 'full/x', 'link', 'nothing', 'nothing/x'])
      expect(await files.removeDirectory(root.at(path))).toBe(false)
    expect(await files.removeDirectory(root.at('empty'))).toBe(true)
    expect(await readdir(root.path)).toEqual(['full', 'link'])
  })

  it('are moved, but never over another', async () => {
    const files = createModelDirectory(root.path)
    const [from, other] = [await write('a'), await write('b')]
    expect(await files.moveFile(from, other)).toBe(false)
    expect(await readFile(other, 'utf8')).toBe('bytes of b')
    await mkdir(root.at('sub'))
    expect(await files.moveFile(from, root.at('sub/a'))).toBe(true)
    expect(await readdir(root.path)).toEqual(['b', 'sub'])
    await expect(files.moveFile(from, root.at('x'))).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })

  it('are moved to the end where a crash left both names', async () => {
    const files = createModelDirectory(root.path)
    const from = await write('a')
    await link(from, root.at('b'))
    expect(await files.moveFile(from, root.at('b'))).toBe(true)
    expect(await readdir(root.path)).toEqual(['b'])
  })

  it('are removed only as long as they are as they were', async () => {
    const files = createModelDirectory(root.path)
    const path = await write('a')
    const expected = await fingerprintOf(files, path)
    await utimes(path, 1, 1)
    expect(await files.removeFile(path, expected)).toBe(false)
    expect(await files.removeFile(path, await fingerprintOf(files, path))).toBe(true)
    expect(await files.removeFile(path, expected)).toBe(false)
    expect(await readdir(root.path)).toEqual([])
  })
})

describe('a file that is replaced by another name of an equal one', () => {
  const method = 'hard-link' as const

  it('is the same file from then on, and the one that was replaced is beside it', async () => {
    const files = createModelDirectory(root.path)
    const [keep, path] = [await write('a', 'equal'), await write('b', 'equal')]
    const before = await fingerprintOf(files, keep)
    const expected = await fingerprintOf(files, path)
    const placed = await files.replaceByCopy(path, keep, {
      expected,
      method,
      aside: `${path}.aside`,
      prepared: `${path}.prepared`,
    })
    const after = await fingerprintOf(files, path)
    expect(placed).toEqual(after)
    expect((await fingerprintOf(files, `${path}.aside`)).ino).toBe(expected.ino)
    expect(after).toEqual(await fingerprintOf(files, keep))
    expect({ ...after, ctimeNs: '' }).toEqual({ ...before, ctimeNs: '' })
    expect(await readdir(root.path)).toEqual(['a', 'b', 'b.aside'])
    const again = { expected, method, aside: `${path}.again`, prepared: `${path}.prepared` }
    expect(await files.replaceByCopy(path, keep, again)).toBeUndefined()
    expect(await readdir(root.path)).toEqual(['a', 'b', 'b.aside'])
  })

  it('stays where it is another by now', async () => {
    const files = createModelDirectory(root.path)
    const [keep, path] = [await write('a', 'equal'), await write('b', 'equal')]
    const expected = await fingerprintOf(files, path)
    await writeFile(path, 'other')
    expect(
      await files.replaceByCopy(path, keep, {
        expected,
        method,
        aside: `${path}.aside`,
        prepared: `${path}.prepared`,
      }),
    ).toBeUndefined()
    expect(await readFile(path, 'utf8')).toBe('other')
    expect(await readdir(root.path)).toEqual(['a', 'b'])
  })
})

describe('on a disk of its own', () => {
  const disks: MountedDisk[] = []
  afterEach(async () => {
    for (const disk of disks.splice(0)) await disk.release()
  })

  async function mount(type: 'ext4' | 'xfs'): Promise<MountedDisk> {
    const path = root.at(type)
    await mkdir(path)
    const disk = await mountImage(root.at(`${type}.image`), path, type, 320 * MEBIBYTE)
    disks.push(disk)
    return disk
  }

  it.skipIf(lacks('xfs'))('two files share their blocks until one is written', async () => {
    const mounted = await mount('xfs')
    const disk = mounted.path
    const files = createModelDirectory(disk)
    const [keep, path] = [join(disk, 'a'), join(disk, 'b')]
    for (const each of [keep, path]) await writeFile(each, Buffer.alloc(64 * MEBIBYTE, 7))
    execFileSync('sync', ['--file-system', disk])
    const before = await files.measureFreeBytes()
    const expected = await fingerprintOf(files, path)
    const inode = (await stat(keep)).ino
    expect(
      await files.replaceByCopy(path, keep, {
        expected,
        method: 'reflink',
        aside: `${path}.aside`,
        prepared: `${path}.prepared`,
      }),
    ).toMatchObject({})
    await files.removeFile(`${path}.aside`, await fingerprintOf(files, `${path}.aside`))
    // XFS frees the blocks of a removed file in the background, and all of them before it is unmounted.
    await mounted.unmount()
    await mounted.mount()
    expect((await files.measureFreeBytes()) - before).toBeGreaterThan(60 * MEBIBYTE)
    expect((await stat(path)).ino).not.toBe(inode)
    expect((await stat(keep)).ino).toBe(inode)
    await writeFile(path, 'other')
    expect((await readFile(keep)).equals(Buffer.alloc(64 * MEBIBYTE, 7))).toBe(true)
    expect((await readdir(disk)).sort()).toEqual(['a', 'b'])
  })

  it.skipIf(lacks('ext4'))(
    'what the file system cannot do fails, and leaves everything as it was',
    async () => {
      const disk = (await mount('ext4')).path
      const files = createModelDirectory(root.path)
      const [here, there] = [await write('here', 'equal'), join(disk, 'there')]
      const beside = join(disk, 'beside')
      for (const each of [there, beside]) await writeFile(each, 'equal')
      const expected = await fingerprintOf(files, there)
      const cannot = async (
        source: string,
        method: 'hard-link' | 'reflink',
        errno: string,
      ): Promise<void> => {
        const refused = { code: 'IO', details: { errno } }
        await expect(
          files.replaceByCopy(there, source, {
            expected,
            method,
            aside: `${there}.aside`,
            prepared: `${there}.prepared`,
          }),
        ).rejects.toMatchObject(refused)
      }
      await cannot(here, 'hard-link', 'EXDEV')
      await cannot(here, 'reflink', 'EXDEV')
      await cannot(beside, 'reflink', 'ENOTSUP')
      expect((await readdir(disk)).sort()).toEqual(['beside', 'lost+found', 'there'])
      expect(await fingerprintOf(files, there)).toEqual(expected)
    },
  )
})
