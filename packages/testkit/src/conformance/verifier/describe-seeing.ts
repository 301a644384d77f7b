import { expect, it } from 'vitest'
import { sha256, type VerifierCapability, type VerifierFixture } from './verifier-harness.ts'

/** What is known of files without reading them to their end. */
export function describeSeeing(world: () => VerifierFixture, lacks: readonly VerifierCapability[]): void {
  it('the fingerprint is the same by each way to it, until the file is written', async () => {
    const { verifier, write } = world()
    const { path, fingerprint } = await write('a', 'bytes')
    expect(fingerprint.sizeBytes).toBe(5)
    expect(verifier.readFingerprint(path)).toEqual(fingerprint)
    const open = await verifier.openFile(path)
    expect(open).toMatchObject({ path, sizeBytes: 5, fingerprint })
    await open.close()
    const written = await write('a', 'other bytes')
    expect(written.fingerprint).toMatchObject({ ino: fingerprint.ino, sizeBytes: 11 })
    expect(verifier.readFingerprint(path)).toEqual(written.fingerprint)
  })

  it('a file that does not exist is FILE_MISSING', async () => {
    const { verifier, at } = world()
    const missing = { code: 'FILE_MISSING', details: { path: at('a') } }
    const looks = [
      verifier.statFile(at('a')),
      verifier.openFile(at('a')),
      verifier.diagnoseFile(at('a'), {}),
      verifier.takeFirstLook(at('a'), { name: 'a.gguf', isPart: false }),
    ]
    for (const outcome of await Promise.allSettled(looks)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: missing })
    }
    expect(() => verifier.readFingerprint(at('a'))).toThrow(expect.objectContaining(missing))
  })

  it('facts are of the file that was seen, and a file that is not a model has none', async () => {
    const { verifier, write } = world()
    const seen = await write('a', 'bytes')
    expect(await verifier.readFacts([seen])).toBeUndefined()
    const replaced = await write('a', 'other bytes')
    expect(await verifier.readFacts([replaced])).toBeUndefined()
    await expect(verifier.readFacts([seen])).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })

  it('a directory is NOT_A_REGULAR_FILE', async () => {
    const { verifier, at, world: own } = world()
    await own.makeDirectory(at('a'))
    const refused = expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' })
    await expect(verifier.statFile(at('a'))).rejects.toEqual(refused)
    await expect(verifier.openFile(at('a'))).rejects.toEqual(refused)
    expect(() => verifier.readFingerprint(at('a'))).toThrow(refused)
  })

  it('the digest of a manifest is that of its lines, sorted by path', () => {
    const { verifier } = world()
    const files = ['b', 'a/c', 'B'].map((path) => ({ path, digest: sha256(path) }))
    const lines = [files[2], files[1], files[0]].map((file) => `${file?.digest}  ${file?.path}\n`)
    expect(verifier.digestManifest(files)).toBe(sha256(lines.join('')))
  })

  it('a download starts at the first byte without a checkpoint', async () => {
    const { verifier, at, write } = world()
    const start = { resume: false, fromByte: 0 }
    expect(await verifier.resumeDownload(at('a'))).toMatchObject({ ...start, reason: 'no-file' })
    const { path } = await write('a', 'bytes')
    expect(await verifier.resumeDownload(path)).toMatchObject({ ...start, reason: 'no-checkpoint' })
    expect(verifier.checkpointPathOf(path)).not.toBe(path)
    expect(verifier.checkpointPathOf(path)).not.toBe(verifier.checkpointPathOf(at('b')))
  })

  if (lacks.includes('symbolic-links')) return
  it('a symbolic link has a fingerprint only if the caller follows it', async () => {
    const { verifier, at, write, world: own } = world()
    const { path, fingerprint } = await write('a', 'bytes')
    await own.makeLink(path, at('link'))
    const refused = expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' })
    await expect(verifier.statFile(at('link'))).rejects.toEqual(refused)
    await expect(verifier.openFile(at('link'))).rejects.toEqual(refused)
    expect(() => verifier.readFingerprint(at('link'))).toThrow(refused)
    expect(verifier.readFingerprint(at('link'), { followSymlink: true })).toEqual(fingerprint)
    expect(await verifier.statFile(at('link'), { followSymlink: true })).toEqual(fingerprint)
  })
}
