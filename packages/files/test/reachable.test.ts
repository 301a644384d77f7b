import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import { isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { createModelDirectory, type SymlinkPolicy } from '../src/model-directory.ts'

const root = useTemporaryDirectory()

async function write(file: string): Promise<void> {
  await mkdir(dirname(root.at(file)), { recursive: true })
  await writeFile(root.at(file), file)
}

/** Moves what is at a path, and puts a link to it in its place. */
async function exchange(path: string, to: string): Promise<void> {
  await mkdir(dirname(root.at(to)), { recursive: true })
  await rename(root.at(path), root.at(to))
  await symlink(root.at(to), root.at(path))
}

describe.skipIf(lacks('posix'))('the way to a file', () => {
  const policies: readonly SymlinkPolicy[] = ['refuse', 'inside', 'anywhere']
  const ways: readonly [
    what: string,
    from: string,
    to: string,
    reached: Readonly<Record<SymlinkPolicy, boolean>>,
  ][] = [
    ['without a link', 'models/none', 'models/none', { refuse: true, inside: true, anywhere: true }],
    ['by a directory that leads out', 'models/d', 'out/d', { refuse: false, inside: false, anywhere: true }],
    ['by one above it that leads out', 'models/a', 'out/a', { refuse: false, inside: false, anywhere: true }],
    ['by one that stays inside', 'models/d', 'models/x/d', { refuse: true, inside: true, anywhere: true }],
    ['by one into another root', 'models/d', 'shared/d', { refuse: false, inside: true, anywhere: true }],
    ['of a nested one into it', 'models/a/b', 'shared/b', { refuse: false, inside: true, anywhere: true }],
    // The file itself is refused by the code that opens it.
    ['that is a link out', 'models/d/m', 'out/m', { refuse: true, inside: false, anywhere: true }],
    ['that is a link into a root', 'models/d/m', 'shared/m', { refuse: true, inside: true, anywhere: true }],
  ]
  const cases = ways.flatMap(([what, from, to, reached]) =>
    policies.map((symlinks) => [what, symlinks, from, to, reached[symlinks]] as const),
  )
  it.each(cases)('%s, where links may lead: %s', async (_, symlinks, from, to, isReached) => {
    const names = ['d/m', 'a/b/m', 'm']
    for (const file of [...names.map((name) => `models/${name}`), 'shared/s']) await write(file)
    const files = createModelDirectory(root.at('models'), { symlinks, searchRoots: [root.at('shared')] })
    const references = names.map((file) => ({ file }))
    if (from !== to) await exchange(from, to)
    const refused = async (run: () => unknown): Promise<boolean> => {
      try {
        await run()
        return false
      } catch (error) {
        if (isCatalogError(error, 'NOT_A_REGULAR_FILE')) return true
        throw error
      }
    }
    const found: boolean[] = []
    for (const reference of references) {
      const now = await refused(() => files.assertReachable(reference, files.pathOf(reference)))
      expect(now, 'as locate says').toBe(await refused(() => files.locate([reference])))
      found.push(now)
    }
    expect(found.some((each) => each)).toBe(!isReached)
  })

  it('to a file in place elsewhere may be any', async () => {
    await write('out/d/m')
    await mkdir(root.at('models'))
    await exchange('out/d', 'out/e')
    const files = createModelDirectory(root.at('models'))
    const location = root.at('out/d/m')
    expect(() => files.assertReachable({ location }, location)).not.toThrow()
  })

  it('is a mistake of the caller for a path that is not one of the reference', () => {
    const files = createModelDirectory(root.at('models'))
    expect(() => files.assertReachable({ file: 'a.gguf' }, root.at('models', 'b.gguf'))).toThrow(TypeError)
  })

  it('is not checked for a missing file', async () => {
    await write('models/file')
    const files = createModelDirectory(root.at('models'), { symlinks: 'inside' })
    for (const file of ['none/m', 'file/m', 'm']) {
      expect(() => files.assertReachable({ file }, files.pathOf({ file }))).not.toThrow()
    }
  })
})
