import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type CatalogError, isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { type DigestOptions, digestFile } from '../src/index.ts'
import { createSparseFile, createWorkspace } from './workspace.ts'

/** For `native` a little more than what counts as small, for `wasm` more than one slice. */
const SIZES = { native: 4 * 1024 * 1024 + 4096, wasm: 300 * 1024 } as const

function overwrite(path: string): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, 'other bytes', 100_000)
  closeSync(fd)
}

function overwriteKeepingTimes(path: string): void {
  const { atime, mtime } = statSync(path)
  overwrite(path)
  utimesSync(path, atime, mtime)
}

function truncateAndExtend(path: string): void {
  const { size } = statSync(path)
  truncateSync(path, 100)
  truncateSync(path, size)
}

function replaceByCopy(path: string): void {
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
}

/** The open file keeps every one of its numbers; only the path leads elsewhere. */
function replaceDirectory(path: string): void {
  const { size } = statSync(path)
  renameSync(dirname(path), `${dirname(path)}.away`)
  mkdirSync(dirname(path))
  createSparseFile(path, size)
}

function replaceByLinkToItself(path: string): void {
  renameSync(path, `${path}.moved`)
  symlinkSync(`${path}.moved`, path)
}

const CHANGES: readonly (readonly [name: string, change: (path: string) => void, field: string])[] = [
  ['appended', (path) => appendFileSync(path, 'more'), 'size'],
  ['truncated', (path) => truncateSync(path, 100), 'size'],
  ['truncated and extended again', truncateAndExtend, 'ctimeNs'],
  ['overwritten', overwrite, 'mtimeNs'],
  ['overwritten and its times restored', overwriteKeepingTimes, 'ctimeNs'],
  ['replaced by a copy', replaceByCopy, 'ino'],
  ['replaced with its directory', replaceDirectory, 'ino'],
  ['replaced by a link to itself', replaceByLinkToItself, 'ino'],
  ['deleted', (path) => rmSync(path), 'path'],
]

async function digestChanging(
  path: string,
  change: () => void,
  { atBytes, ...options }: DigestOptions & { atBytes: number },
): Promise<CatalogError<'FILE_CHANGED'>> {
  try {
    await digestFile(path, {
      ...options,
      onProgress: ({ doneBytes }) => {
        if (doneBytes === atBytes) change()
      },
    })
  } catch (error) {
    if (isCatalogError(error, 'FILE_CHANGED')) return error
    throw error
  }
  return expect.unreachable('a digest was given')
}

function createModel(sizeBytes: number): string {
  const directory = join(createWorkspace(), 'models')
  mkdirSync(directory)
  return createSparseFile(join(directory, 'model.gguf'), sizeBytes)
}

describe.each(['native', 'wasm'] as const)('a file changed while it is read, %s', (engine) => {
  const sizeBytes = SIZES[engine]

  it.each(CHANGES)('%s before the first byte', async (_name, change, field) => {
    const path = createModel(sizeBytes)
    const error = await digestChanging(path, () => change(path), { engine, atBytes: 0 })
    expect(error.details.path).toBe(path)
    expect(error.details.changed).toContain(field)
  })

  it.each(CHANGES)('%s after the last byte', async (_name, change, field) => {
    const path = createModel(sizeBytes)
    const error = await digestChanging(path, () => change(path), { engine, atBytes: sizeBytes })
    expect(error.details.changed).toContain(field)
  })
})

it('a link that was turned to another file while that is read', async () => {
  const path = createModel(SIZES.native)
  createSparseFile(`${path}.other`, SIZES.native)
  const link = `${path}.link`
  symlinkSync(path, link)
  const turn = () => {
    rmSync(link)
    symlinkSync(`${path}.other`, link)
  }
  const error = await digestChanging(link, turn, { followSymlink: true, atBytes: 0 })
  expect(error.details.changed).toContain('ino')
})

it('a file that is only read meanwhile has not changed', async () => {
  const path = createModel(SIZES.native)
  const reading = () => copyFileSync(path, `${path}.copy`)
  await expect(digestFile(path, { onProgress: reading })).resolves.toMatchObject({ sizeBytes: SIZES.native })
})
