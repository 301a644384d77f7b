import { createHash } from 'node:crypto'
import { appendFileSync, chmodSync, linkSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import type { DigestProgress, SeenFile } from '@catalog/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readFingerprint } from '../src/file/read-fingerprint.ts'
import { createVerifier, type Verifier } from '../src/index.ts'
import { createSparseFile, createWorkspace, isProbe, listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024
/** Small and large ones, mixed. */
const SIZES = [5 * MIB, 3, 6 * MIB + 1, 0, 2 * MIB]

function createFiles(sizes: readonly number[] = SIZES): { root: string; files: readonly SeenFile[] } {
  const root = createWorkspace()
  const files = sizes.map((size, index) => {
    const path = createSparseFile(join(root, `${index}.bin`), size)
    if (size > 0 && size < 100 * MIB) appendFileSync(path, `${index}`)
    return { path, fingerprint: readFingerprint(path) }
  })
  return { root, files }
}

function openVerifier(threads = 2): Verifier {
  const verifier = createVerifier({ threads })
  onTestFinished(() => verifier.close())
  return verifier
}

describe('digestFiles', () => {
  it('gives the digest of each file, in the order given', async () => {
    const { files } = createFiles()
    const found = await openVerifier().digestFiles(files)
    const expected = files.map(({ path, fingerprint }) => ({
      digest: createHash('sha256').update(readFileSync(path)).digest('hex'),
      fingerprint,
    }))
    expect(found).toMatchObject(expected)
    expect(await openVerifier().digestFiles([])).toEqual([])
  })

  it('has one progress that never goes back, over the bytes of all', async () => {
    const { files } = createFiles()
    const totalBytes = files.reduce((sum, { fingerprint }) => sum + fingerprint.sizeBytes, 0)
    const seen: DigestProgress[] = []
    await openVerifier().digestFiles(files, { onProgress: (progress) => seen.push(progress) })
    const done = seen.map(({ doneBytes }) => doneBytes)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect([done.at(0), done.at(-1)]).toEqual([0, totalBytes])
    expect(new Set(seen.map((progress) => progress.totalBytes))).toEqual(new Set([totalBytes]))
  })

  it.each([
    ['is missing', (path: string) => rmSync(path), 'FILE_MISSING'],
    ['grew since it was seen', (path: string) => appendFileSync(path, 'x'), 'FILE_CHANGED'],
  ])('rejects if one of the files %s', async (_what, change, code) => {
    const { files } = createFiles()
    const path = files[3]?.path ?? ''
    change(path)
    await expect(openVerifier().digestFiles(files)).rejects.toMatchObject({ code, details: { path } })
  })

  it('takes a file that got another name or mode since it was seen', async () => {
    const { files } = createFiles()
    const path = files[0]?.path ?? ''
    linkSync(path, `${path}.link`)
    chmodSync(path, 0o400)
    expect(await openVerifier().digestFiles(files)).toHaveLength(files.length)
  })

  it.skipIf(lacks('proc'))(
    'closes all files before it rejects, by an abort or by what is wrong',
    async () => {
      const { root, files } = createFiles([100e9, 100e9, 100e9])
      const verifier = openVerifier()
      const listOpen = () => listOpenFiles().filter((name) => name.startsWith(root))
      const controller = new AbortController()
      let most = 0
      const onProgress = ({ doneBytes }: DigestProgress) => {
        most = Math.max(most, listOpen().filter((name) => !isProbe(name)).length)
        if (doneBytes > 0) controller.abort('not wanted')
      }
      const { signal } = controller
      await expect(verifier.digestFiles(files, { signal, onProgress })).rejects.toBe('not wanted')
      expect(most).toBe(2)
      expect(listOpen()).toEqual([])
      const [first, ...others] = files
      const missing = { path: `${first?.path}.not-there`, fingerprint: others[0]?.fingerprint as never }
      const reading = verifier.digestFiles([...others, missing])
      await expect(reading).rejects.toMatchObject({ code: 'FILE_MISSING' })
      expect(listOpen()).toEqual([])
    },
  )
})
