import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { moveDirectory } from '../src/disk/model-disk.ts'
import { makeOpened, withOpened } from '../src/disk/opened-directory.ts'
import { createWriteGuard } from '../src/disk/write-guard.ts'
import { createModelDirectory } from '../src/model-directory.ts'

const root = useTemporaryDirectory()

/** `models/d/x`, and a file of the same name in a directory outside. */
function makeTwo(): string {
  for (const directory of ['models/d', 'outside']) mkdirSync(root.at(directory), { recursive: true })
  for (const file of ['models/d/x', 'outside/x']) writeFileSync(root.at(file), 'x')
  return root.at('models/d/x')
}

/** Puts a link to the directory outside where `d` was. */
function exchange(): void {
  renameSync(root.at('models/d'), root.at('models/away'))
  symlinkSync(root.at('outside'), root.at('models/d'))
}

it.runIf(process.platform === 'linux')(
  'a directory that was allowed stays the one that is changed',
  async () => {
    const guard = createWriteGuard(root.at('models'), {})
    await withOpened([makeTwo()], guard, async (acting = '') => {
      exchange()
      await unlink(acting)
    })
    expect(readdirSync(root.at('outside'))).toEqual(['x'])
    expect(readdirSync(root.at('models/away'))).toEqual([])
  },
)

it.runIf(process.platform === 'linux')('a directory is made in the one that was allowed', async () => {
  makeTwo()
  const guard = {
    assertWritable: async () => {
      if (!existsSync(root.at('models/away'))) exchange()
    },
  }
  await makeOpened(root.at('models/d/made'), guard)
  expect(readdirSync(root.at('outside'))).toEqual(['x'])
  expect(readdirSync(root.at('models/away')).sort()).toEqual(['made', 'x'])
})

it('what the system says of an opened directory names the path that was asked for', async () => {
  const files = createModelDirectory(root.at('models'))
  const from = makeTwo()
  const to = root.at('models/d/x/y')
  await expect(files.moveFile(root.at('models/d/none'), root.at('models/n'))).rejects.toMatchObject({
    code: 'FILE_MISSING',
    details: { path: root.at('models/d/none') },
  })
  const refused: unknown = await files.moveFile(from, to).catch((error: unknown) => error)
  expect(String(refused)).not.toContain('/proc/')
})

it('a file that is gone with its directory is not there to be removed', async () => {
  const files = createModelDirectory(root.at('models'))
  const found = await files.lookAt(makeTwo())
  if (found === undefined) throw new Error('it must be there')
  expect(await files.removeFile(root.at('models/gone/x'), found.fingerprint)).toBe(false)
})

it.skipIf(process.platform === 'win32')(
  'a name that is taken between the look and the move is not given to a directory',
  async () => {
    makeTwo()
    mkdirSync(root.at('models/whole'))
    writeFileSync(root.at('models/whole/y'), 'y')
    const guard = createWriteGuard(root.at('models'), {})
    const takeAtLast = async (from = '', to = ''): Promise<boolean> => {
      // As `rename` meets it, after nothing was found there.
      renameSync(root.at('models/d'), root.at('models/m'))
      return await moveDirectory(from, to, ['y'])
    }
    const paths = [root.at('models/whole'), root.at('models/m')]
    expect(await withOpened(paths, guard, takeAtLast)).toBe(false)
    expect(readdirSync(root.at('models/m'))).toEqual(['x'])
  },
)
