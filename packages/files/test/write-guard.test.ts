import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import type { ModelFiles } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { createModelDirectory, type ModelDirectoryOptions } from '../src/model-directory.ts'

const root = useTemporaryDirectory()

async function write(file: string): Promise<string> {
  const path = root.at(file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, file)
  return path
}

/** The codes with which all that changes the disk is refused. */
async function tryAll(files: ModelFiles, path: string, other: string): Promise<readonly unknown[]> {
  const expected = (await files.lookAt(path))?.fingerprint
  if (expected === undefined) throw new Error(`${path} must be there`)
  const tries = [
    () => files.makeParent(`${path}.d/x`),
    () => files.moveFile(path, other),
    () => files.moveFile(other, `${path}.moved`),
    () =>
      files.replaceByCopy(path, other, {
        expected,
        method: 'hard-link',
        aside: `${path}.x`,
        prepared: `${path}.prepared`,
      }),
    () =>
      files.replaceByCopy(other, path, {
        expected,
        method: 'hard-link',
        aside: `${other}.x`,
        prepared: `${other}.prepared`,
      }),
    () => files.removeFile(path, expected),
    () => files.moveDirectory(path, `${other}.d`, []),
    () => files.moveDirectory(other, `${path}.d`, []),
    () => files.removeDirectory(path),
  ]
  const codes: unknown[] = []
  for (const attempt of tries) {
    const refused: unknown = await attempt().catch((error: unknown) => error)
    codes.push(refused instanceof Error && 'code' in refused ? refused.code : refused)
  }
  return codes
}

describe('nothing is written, moved or removed', () => {
  it.each(['.catalog-volume', '.catalog-volume.0b4c.tmp'])(
    'that is the anchor of a volume: %s',
    async (name) => {
      const anchor = await write(`models/sub/${name}`)
      const other = await write('models/other.gguf')
      const files = createModelDirectory(root.at('models'), { symlinks: 'anywhere' })
      const expected = (await files.lookAt(anchor))?.fingerprint
      if (expected === undefined) throw new Error(`${anchor} must be there`)
      const tries = [
        () => files.moveFile(anchor, `${other}.moved`),
        () => files.removeFile(anchor, expected),
        () => files.removeDirectory(anchor),
        () => files.moveDirectory(anchor, `${other}.moved`, []),
        () => files.moveDirectory(root.at('models/sub'), anchor, []),
        () =>
          files.replaceByCopy(anchor, other, {
            expected,
            method: 'hard-link',
            aside: `${other}.aside`,
            prepared: `${other}.prepared`,
          }),
        () =>
          files.replaceByCopy(other, anchor, {
            expected,
            method: 'hard-link',
            aside: `${other}.aside`,
            prepared: `${other}.prepared`,
          }),
        () => files.makeParent(root.at('models', name, 'x')),
      ]
      for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: 'READ_ONLY' })
      expect(await readdir(root.at('models/sub'))).toEqual([name])
      expect(await readdir(root.at('models'))).toEqual(['other.gguf', 'sub'])
    },
  )

  it.each<[string, string, string, ModelDirectoryOptions['symlinks']]>([
    ['in a search root', 'models', 'shared/m.gguf', 'refuse'],
    ['in one that a link in the root leads to', 'models', 'models/link/m.gguf', 'inside'],
    ['in one that a link leads to wherever it may lead', 'models', 'models/link/m.gguf', 'anywhere'],
  ])('%s', async (_, own, file, symlinks) => {
    const shared = await write('shared/m.gguf')
    const other = await write('models/other.gguf')
    await symlink(dirname(shared), root.at('models/link'))
    const files = createModelDirectory(root.at(own), { searchRoots: [dirname(shared)], symlinks })
    expect(await tryAll(files, root.at(file), other)).toEqual(new Array(9).fill('READ_ONLY'))
    expect(await readdir(dirname(shared))).toEqual(['m.gguf'])
  })

  it('in a search root below the root, whose files are not listed either', async () => {
    const shared = await write('shared/m.gguf')
    const other = await write('other.gguf')
    const files = createModelDirectory(root.path, { searchRoots: [dirname(shared)] })
    expect(await tryAll(files, shared, other)).toEqual(new Array(9).fill('READ_ONLY'))
    expect((await files.listFiles()).files.map(({ file }) => file)).toEqual(['other.gguf'])
  })

  it('where links in the root lead out of it, unless they may lead anywhere', async () => {
    const path = await write('elsewhere/m.gguf')
    const other = await write('models/other.gguf')
    await symlink(dirname(path), root.at('models/link'))
    const linked = root.at('models/link/m.gguf')
    for (const symlinks of ['refuse', 'inside'] as const) {
      const codes = await tryAll(createModelDirectory(root.at('models'), { symlinks }), linked, other)
      expect(codes).toEqual(new Array(9).fill('NOT_A_REGULAR_FILE'))
    }
    const anywhere = createModelDirectory(root.at('models'), { symlinks: 'anywhere' })
    expect(await anywhere.moveFile(linked, root.at('models/link/n.gguf'))).toBe(true)
  })

  it('in a read-only catalog', async () => {
    const [path, other] = [await write('m.gguf'), await write('other.gguf')]
    const files = createModelDirectory(root.path, { readOnly: true })
    expect(await tryAll(files, path, other)).toEqual(new Array(9).fill('READ_ONLY'))
  })
})

describe('the root is written', () => {
  it('even if it is below a search root, is one, or does not exist yet', async () => {
    const path = await write('models/m.gguf')
    const files = createModelDirectory(dirname(path), { searchRoots: [root.path, dirname(path)] })
    expect(await files.moveFile(path, root.at('models/n.gguf'))).toBe(true)
    expect((await files.listFiles()).files.map(({ file }) => file)).toEqual(['n.gguf'])
    await createModelDirectory(root.at('new'), { searchRoots: [dirname(path)] }).makeParent(
      root.at('new/a/b'),
    )
    expect(await readdir(root.at('new'))).toEqual(['a'])
  })

  it('and so is a place outside all roots', async () => {
    await createModelDirectory(root.at('models')).makeParent(root.at('elsewhere/m.gguf'))
    expect(await readdir(root.path)).toEqual(['elsewhere'])
  })
})

describe('a directory that has a catalog of its own', () => {
  it.each([
    ['below the root', 'models/team/m.gguf', 'models/team'],
    ['above a directory below the root', 'models/team/deep/m.gguf', 'models/team'],
    ['outside the root', 'other/m.gguf', 'other'],
  ])('%s is not written to', async (_where, file, catalog) => {
    const path = await write(file)
    const other = await write('models/o.gguf')
    await mkdir(root.at(`${catalog}/.catalog`))
    const codes = await tryAll(createModelDirectory(root.at('models')), path, other)
    expect(codes).toEqual(Array.from({ length: 9 }, () => 'READ_ONLY'))
  })

  it('is not listed, with all that is below it', async () => {
    for (const file of ['models/a.gguf', 'models/team/m.gguf', 'models/team/deep/m.gguf']) await write(file)
    for (const catalog of ['models', 'models/team']) await mkdir(root.at(`${catalog}/.catalog`))
    const { files: found } = await createModelDirectory(root.at('models')).listFiles()
    expect(found.map(({ file }) => file)).toEqual(['a.gguf'])
  })
})
