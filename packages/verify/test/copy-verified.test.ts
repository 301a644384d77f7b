import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { lacks, mountImage, mountMemory } from '@catalog/testkit/running'
import { describe, expect, it, onTestFinished } from 'vitest'
import { copyVerified } from '../src/index.ts'
import { createBytes, createWorkspace } from './workspace.ts'

const BYTES = createBytes(3_000_001)
const DIGEST = createHash('sha256').update(BYTES).digest('hex')

function createSource(): { readonly directory: string; readonly source: string; readonly target: string } {
  const directory = createWorkspace()
  const source = join(directory, 'source')
  writeFileSync(source, BYTES)
  return { directory, source, target: join(directory, 'target') }
}

describe('copyVerified', () => {
  it('copies a file whose bytes have the expected digest', async () => {
    const { source, target } = createSource()
    const copied = await copyVerified(source, target, { expected: DIGEST, expectedSizeBytes: BYTES.length })
    expect(copied).toMatchObject({ digest: DIGEST, sizeBytes: BYTES.length })
    expect(readFileSync(target)).toEqual(BYTES)
    expect(statSync(target).ino).not.toBe(statSync(source).ino)
  })

  it('replaces a regular file, and leaves nothing of a longer one', async () => {
    const { source, target } = createSource()
    writeFileSync(target, createBytes(4_000_000))
    await copyVerified(source, target, { expected: DIGEST })
    expect(readFileSync(target)).toEqual(BYTES)
  })

  it.each<[string, object, string]>([
    ['another digest', { expected: 'a'.repeat(64) }, 'DIGEST_MISMATCH'],
    ['another size', { expected: DIGEST, expectedSizeBytes: 7 }, 'SIZE_MISMATCH'],
    ['no digest', { expected: 'x' }, 'INVALID_INPUT'],
    ['a size that is not an integer', { expected: DIGEST, expectedSizeBytes: 1.5 }, 'INVALID_INPUT'],
    ['an unknown option', { expected: DIGEST, engine: 'wasm' }, 'INVALID_INPUT'],
  ])('rejects with %s expected, and leaves no target', async (_what, options, code) => {
    const { source, target } = createSource()
    const copied = copyVerified(source, target, options as Parameters<typeof copyVerified>[2])
    await expect(copied).rejects.toMatchObject({ code })
    expect(existsSync(target)).toBe(false)
  })

  it('names the source in the error of wrong bytes', async () => {
    const { source, target } = createSource()
    const copied = copyVerified(source, target, { expected: 'a'.repeat(64) })
    await expect(copied).rejects.toMatchObject({ details: { path: source, found: DIGEST } })
  })

  it('tells of each step, and stops when it is aborted', async () => {
    const { directory, source, target } = createSource()
    const seen: number[] = []
    await copyVerified(source, target, {
      expected: DIGEST,
      onProgress: ({ doneBytes }) => seen.push(doneBytes),
    })
    expect(seen.at(-1)).toBe(BYTES.length)
    const controller = new AbortController()
    const onProgress = (): void => controller.abort(new Error('enough'))
    const aborted = copyVerified(source, target, { expected: DIGEST, onProgress, signal: controller.signal })
    await expect(aborted).rejects.toThrow('enough')
    expect(readdirSync(directory)).toEqual(['source'])
  })

  it('follows a symbolic link to the source only if that is asked for, and never writes through one', async () => {
    const { directory, source, target } = createSource()
    const link = join(directory, 'link')
    symlinkSync(source, link)
    await expect(copyVerified(link, target, { expected: DIGEST })).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
    })
    await copyVerified(link, target, { expected: DIGEST, followSymlink: true })
    const outside = join(directory, 'outside')
    writeFileSync(outside, 'mine')
    symlinkSync(outside, join(directory, 'placed'))
    const written = copyVerified(source, join(directory, 'placed'), { expected: DIGEST })
    await expect(written).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    expect(readFileSync(outside, 'utf8')).toBe('mine')
  })

  it('rejects if the source or the directory of the target is missing, or the target is a directory', async () => {
    const { directory, source, target } = createSource()
    const expected = { expected: DIGEST }
    await expect(copyVerified(join(directory, 'no'), target, expected)).rejects.toMatchObject({
      code: 'FILE_MISSING',
    })
    await expect(copyVerified(source, join(directory, 'no/target'), expected)).rejects.toMatchObject({
      code: 'FILE_MISSING',
    })
    mkdirSync(target)
    await expect(copyVerified(source, target, expected)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    expect(readdirSync(directory).sort()).toEqual(['source', 'target'])
  })

  it.skipIf(lacks('btrfs'))('makes a reflink where the file system can, with a mode of its own', async () => {
    const { directory } = createSource()
    const path = join(directory, 'disk')
    mkdirSync(path)
    const disk = await mountImage(join(directory, 'image'), path, 'btrfs', 128 * 1024 * 1024)
    onTestFinished(() => disk.release())
    const source = join(path, 'source')
    writeFileSync(source, BYTES)
    chmodSync(source, 0o400)
    const target = join(path, 'target')
    expect((await copyVerified(source, target, { expected: DIGEST })).by).toBe('reflink')
    expect(statSync(target).mode & 0o600).toBe(0o600)
    const wrong = copyVerified(source, target, { expected: 'a'.repeat(64) })
    await expect(wrong).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', details: { path: source } })
    expect(existsSync(target)).toBe(false)
  })

  it.skipIf(lacks('tmpfs'))('rejects with NO_SPACE on a full disk, and leaves nothing there', async () => {
    const { directory, source } = createSource()
    const path = join(directory, 'disk')
    mkdirSync(path)
    const disk = await mountMemory(path, 1024 * 1024)
    onTestFinished(() => disk.release())
    const copied = copyVerified(source, join(path, 'target'), { expected: DIGEST })
    await expect(copied).rejects.toMatchObject({ code: 'NO_SPACE' })
    expect(readdirSync(path)).toEqual([])
  })
})
