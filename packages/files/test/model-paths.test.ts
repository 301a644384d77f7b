import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { isCatalogError } from '@catalog/types'
import { afterEach, describe, expect, it } from 'vitest'
import { createModelDirectory, type ModelDirectoryOptions } from '../src/model-directory.ts'

const itWithLinks = it.skipIf(lacks('posix'))

const made: string[] = []
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true })
})

function createTree(...files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'catalog-models-'))
  made.push(root)
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true })
    writeFileSync(join(root, file), file)
  }
  return root
}

async function locateOne(
  root: string,
  file: string,
  options: ModelDirectoryOptions,
): Promise<string | undefined> {
  return (await createModelDirectory(root, options).locate([{ file }]))[0]
}

/** The kind of thing that a refusal names. */
async function refusedKind(locating: Promise<unknown>): Promise<string | undefined> {
  const error = await locating.catch((reason: unknown) => reason)
  return isCatalogError(error, 'NOT_A_REGULAR_FILE') ? error.details.kind : undefined
}

describe('several roots', () => {
  it('are searched in order for what is not in the first', async () => {
    const root = createTree('a.gguf')
    const second = createTree('a.gguf', 'b.gguf')
    const third = createTree('b.gguf', 'c.gguf')
    const options = { searchRoots: [second, third] }
    expect(await locateOne(root, 'a.gguf', options)).toBe(join(root, 'a.gguf'))
    expect(await locateOne(root, 'b.gguf', options)).toBe(join(second, 'b.gguf'))
    expect(await locateOne(root, 'c.gguf', options)).toBe(join(third, 'c.gguf'))
    expect(await locateOne(root, 'd.gguf', options)).toBe(join(root, 'd.gguf'))
  })

  it('give files that belong together from one root', async () => {
    const root = createTree('m/b')
    const second = createTree('m/a', 'm/b')
    const files = createModelDirectory(root, { searchRoots: [second] })
    expect(await files.locate([{ file: 'm/a' }, { file: 'm/b' }])).toEqual([
      join(second, 'm/a'),
      join(second, 'm/b'),
    ])
  })

  it('make a path below any of them a reference', () => {
    const [root, second] = [createTree(), createTree()]
    const files = createModelDirectory(root, { searchRoots: [second] })
    expect(files.referenceTo(join(second, 'x/y.gguf'))).toEqual({ file: 'x/y.gguf' })
    expect(files.referenceTo('/elsewhere/y.gguf')).toEqual({ location: '/elsewhere/y.gguf' })
  })

  it.each([[{ searchRoots: [''] }], [{ searchRoots: 'x' }], [{ symlinks: 'yes' }]])(
    'refuse %j',
    (options) => {
      expect(() => createModelDirectory('/x', options as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT' }),
      )
    },
  )
})

describe('symbolic links', () => {
  itWithLinks('that leave the root are refused unless they may lead anywhere', async () => {
    const outside = createTree('secret.gguf', 'sub/b.gguf')
    const root = createTree()
    symlinkSync(join(outside, 'secret.gguf'), join(root, 'a.gguf'))
    symlinkSync(join(outside, 'sub'), join(root, 'sub'))
    const kind = 'symbolic link out of the root'
    expect(await refusedKind(locateOne(root, 'a.gguf', { symlinks: 'inside' }))).toBe(kind)
    expect(await refusedKind(locateOne(root, 'sub/b.gguf', { symlinks: 'inside' }))).toBe(kind)
    // Without any links allowed the directory is refused here, and the file by the code that opens it.
    expect(await refusedKind(locateOne(root, 'sub/b.gguf', {}))).toBe(kind)
    expect(await locateOne(root, 'a.gguf', { symlinks: 'anywhere' })).toBe(join(root, 'a.gguf'))
    expect(await locateOne(root, 'sub/b.gguf', { symlinks: 'anywhere' })).toBe(join(root, 'sub/b.gguf'))
  })

  itWithLinks('may lead into one of the roots, as those of a Hugging Face cache do', async () => {
    const second = createTree('c.gguf')
    const root = createTree('blobs/1234')
    mkdirSync(join(root, 'snapshots/main'), { recursive: true })
    symlinkSync('../../blobs/1234', join(root, 'snapshots/main/model.gguf'))
    symlinkSync(join(second, 'c.gguf'), join(root, 'c.gguf'))
    const options: ModelDirectoryOptions = { symlinks: 'inside', searchRoots: [second] }
    const inside = join(root, 'snapshots/main/model.gguf')
    expect(await locateOne(root, 'snapshots/main/model.gguf', options)).toBe(inside)
    expect(await locateOne(root, 'c.gguf', options)).toBe(join(root, 'c.gguf'))
    expect(createModelDirectory(root, options).followsLinks({ file: 'c.gguf' })).toBe(true)
    expect(createModelDirectory(root).followsLinks({ file: 'c.gguf' })).toBe(false)
  })

  itWithLinks('do not make a root another one', async () => {
    const real = createTree('a.gguf')
    const link = join(createTree(), 'models')
    symlinkSync(real, link)
    expect(await locateOne(link, 'a.gguf', {})).toBe(join(link, 'a.gguf'))
  })

  itWithLinks('that lead nowhere are refused only when opened', async () => {
    const root = createTree()
    symlinkSync('gone', join(root, 'a.gguf'))
    expect(await locateOne(root, 'a.gguf', { symlinks: 'inside' })).toBe(join(root, 'a.gguf'))
  })
})
