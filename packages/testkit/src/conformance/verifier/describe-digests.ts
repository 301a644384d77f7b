import type { DigestProgress } from '@catalog/types'
import { expect, it } from 'vitest'
import { sha256, type VerifierCapability, type VerifierFixture } from './verifier-harness.ts'

/** Larger than what a verifier reads at once. */
const LARGE = 'weights '.repeat(1 << 20)

/** Files that are read to their last byte. */
export function describeDigests(world: () => VerifierFixture, lacks: readonly VerifierCapability[]): void {
  it('the digest of each file is its SHA-256, in the order of the files', async () => {
    const { verifier, write } = world()
    const contents = ['bytes', '', LARGE, 'more bytes']
    const files = await Promise.all(contents.map((content, index) => write(`${index}`, content)))
    const found = await verifier.digestFiles(files)
    expect(found.map(({ digest }) => digest)).toEqual(contents.map(sha256))
    expect(found.map(({ sizeBytes }) => sizeBytes)).toEqual(contents.map(({ length }) => length))
    expect(found.map(({ fingerprint }) => fingerprint)).toEqual(files.map(({ fingerprint }) => fingerprint))
    expect(found.every(({ durationMs }) => durationMs >= 0)).toBe(true)
  })

  it('no files have no digests, and one file may be read twice', async () => {
    const { verifier, write } = world()
    expect(await verifier.digestFiles([])).toEqual([])
    const file = await write('a', 'bytes')
    const digests = (await verifier.digestFiles([file, file])).map(({ digest }) => digest)
    expect(digests).toEqual([sha256('bytes'), sha256('bytes')])
  })

  it('the progress is one of all files, never goes back, and ends with all bytes', async () => {
    const { verifier, write } = world()
    const files = [await write('a', LARGE), await write('b', 'bytes'), await write('c', LARGE)]
    const totalBytes = 2 * LARGE.length + 5
    const seen: DigestProgress[] = []
    await verifier.digestFiles(files, { onProgress: (progress) => seen.push({ ...progress }) })
    const done = seen.map(({ doneBytes }) => doneBytes)
    expect(done).toEqual([...done].sort((one, other) => one - other))
    expect(seen.every((progress) => progress.totalBytes === totalBytes)).toBe(true)
    expect(done.at(-1)).toBe(totalBytes)
  })

  it('a file that was written since it was seen is FILE_CHANGED', async () => {
    const { verifier, write, world: own } = world()
    const file = await write('a', 'bytes')
    await own.write(file.path, 'other bytes')
    const changed = { code: 'FILE_CHANGED', details: { path: file.path } }
    await expect(verifier.digestFiles([file])).rejects.toMatchObject(changed)
  })

  it('a file in the place of the one that was seen is FILE_CHANGED', async () => {
    const { verifier, write, world: own } = world()
    const file = await write('a', 'bytes')
    await own.remove(file.path)
    await own.write(file.path, 'other bytes')
    await expect(verifier.digestFiles([file])).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })

  it('a file that is gone is FILE_MISSING, whatever can be read beside it', async () => {
    const { verifier, write, world: own } = world()
    const files = [await write('a', LARGE), await write('b', 'bytes')]
    await own.remove(files[1]?.path ?? '')
    const missing = { code: 'FILE_MISSING', details: { path: files[1]?.path } }
    await expect(verifier.digestFiles(files)).rejects.toMatchObject(missing)
  })

  it('a directory in the place of a file is NOT_A_REGULAR_FILE', async () => {
    const { verifier, write, world: own } = world()
    const file = await write('a', 'bytes')
    await own.remove(file.path)
    await own.makeDirectory(file.path)
    await expect(verifier.digestFiles([file])).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
  })

  if (lacks.includes('symbolic-links')) return
  it('a symbolic link is read only if the caller follows it', async () => {
    const { verifier, write, at, world: own } = world()
    const { path, fingerprint } = await write('a', 'bytes')
    await own.makeLink(path, at('link'))
    const files = [{ path: at('link'), fingerprint }]
    await expect(verifier.digestFiles(files)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    const [found] = await verifier.digestFiles(files, { followSymlink: true })
    expect(found?.digest).toBe(sha256('bytes'))
  })
}
