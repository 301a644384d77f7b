import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import type { DigestProgress } from '@catalog/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createVerifier, digestManifest, type ManifestFile, verifyManifest } from '../src/index.ts'
import { createSparseFile, createWorkspace, digestAtOnce, isProbe, listOpenFiles } from './workspace.ts'

const KIB = 1024
const NAMES = ['a.safetensors', 'b.safetensors', 'sub/c.json', 'sub/deep/d']

interface Model {
  readonly root: string
  readonly files: readonly Required<ManifestFile>[]
}

function createModel(): Model {
  const root = join(createWorkspace(), 'model')
  const files = NAMES.map((path, index) => {
    const name = join(root, path)
    mkdirSync(dirname(name), { recursive: true })
    createSparseFile(name, index * KIB + 5)
    return { path, digest: digestAtOnce(name), sizeBytes: index * KIB + 5 }
  })
  return { root, files }
}

describe('a whole model', () => {
  it('matches, with the digest of its manifest and of each file', async () => {
    const { root, files } = createModel()
    const check = await verifyManifest(root, files)
    expect(check).toMatchObject({ outcome: 'match', digest: digestManifest(files), sizeBytes: 6 * KIB + 20 })
    expect([...check.found.keys()].sort()).toEqual(NAMES)
    expect(check.found.get('a.safetensors')).toMatchObject({ digest: files[0]?.digest, sizeBytes: 5 })
  })

  it('matches without sizes, and through a link to its root', async () => {
    const { root, files } = createModel()
    symlinkSync(root, `${root}.link`)
    const lines = files.map(({ path, digest }) => ({ path, digest }))
    expect(await verifyManifest(`${root}.link`, lines)).toMatchObject({ outcome: 'match' })
  })

  it('matches where links stay inside the root', async () => {
    const { root, files } = createModel()
    renameSync(join(root, 'sub'), join(root, 'real'))
    symlinkSync('real', join(root, 'sub'))
    expect(await verifyManifest(root, files, { allowExtra: true })).toMatchObject({ outcome: 'match' })
    const problems = ['real/c.json', 'real/deep/d'].map((path) => ({ kind: 'extra', path }))
    expect(await verifyManifest(root, files)).toMatchObject({ problems })
  })

  it('matches where links lead out of the root, if they may: a snapshot of a Hugging Face cache', async () => {
    const { root, files } = createModel()
    const snapshot = join(dirname(root), 'snapshots/abc')
    for (const { path, digest } of files) {
      mkdirSync(dirname(join(snapshot, path)), { recursive: true })
      const blob = join(dirname(root), 'blobs', digest)
      mkdirSync(dirname(blob), { recursive: true })
      renameSync(join(root, path), blob)
      symlinkSync(blob, join(snapshot, path))
    }
    const check = await verifyManifest(snapshot, files, { symlinks: 'anywhere' })
    expect(check).toMatchObject({ outcome: 'match', digest: digestManifest(files) })
    const refused = (await verifyManifest(snapshot, files)) as { problems: readonly { kind: string }[] }
    expect(refused.problems.map(({ kind }) => kind)).toEqual(files.map(() => 'outside-root'))
  })

  it('is read by the threads of a given verifier', async () => {
    const { root, files } = createModel()
    const verifier = createVerifier({ engine: 'wasm', threads: 1 })
    onTestFinished(() => verifier.close())
    const check = await verifyManifest(root, files, { verifier })
    expect(check.found.get('sub/deep/d')).toMatchObject({ engine: 'wasm' })
  })
})

describe('a model that is not what its manifest says', () => {
  it('all that is wrong is named, in the order of the paths', async () => {
    const { root, files } = createModel()
    rmSync(join(root, 'a.safetensors'))
    truncateSync(join(root, 'b.safetensors'), 7)
    writeFileSync(join(root, 'extra'), '')
    writeFileSync(join(root, 'sub/extra'), '')
    createSparseFile(join(root, 'sub/c.json'), 2 * KIB + 4)
    writeFileSync(join(root, 'sub/c.json'), '!', { flag: 'a' })
    const found = digestAtOnce(join(root, 'sub/c.json'))
    const check = await verifyManifest(root, files)
    expect(check).toMatchObject({ outcome: 'mismatch' })
    expect('problems' in check && check.problems).toEqual([
      { kind: 'missing', path: 'a.safetensors' },
      { kind: 'size-mismatch', path: 'b.safetensors', expectedBytes: KIB + 5, foundBytes: 7 },
      { kind: 'extra', path: 'extra' },
      {
        kind: 'digest-mismatch',
        path: 'sub/c.json',
        expected: files[2]?.digest,
        found,
        sizeBytes: 2 * KIB + 5,
      },
      { kind: 'extra', path: 'sub/extra' },
    ])
    expect([...check.found.keys()].sort()).toEqual(['sub/c.json', 'sub/deep/d'])
  })

  it('the anchor of a volume is not an extra file', async () => {
    const { root, files } = createModel()
    writeFileSync(join(root, '.catalog-volume'), '')
    writeFileSync(join(root, 'sub/.catalog-volume.0b4c.tmp'), '')
    expect(await verifyManifest(root, files)).toMatchObject({ outcome: 'match' })
  })

  it.each<[string, (path: string) => void, object]>([
    ['a fifo', (path) => execFileSync('mkfifo', [path]), { kind: 'not-regular', fileKind: 'fifo' }],
    ['a directory', (path) => mkdirSync(path), { kind: 'not-regular', fileKind: 'directory' }],
    ['a link out', (path) => symlinkSync('/dev/null', path), { kind: 'outside-root', target: '/dev/null' }],
    ['a link to nowhere', (path) => symlinkSync('nowhere', path), { kind: 'not-regular' }],
    ['a link to itself', (path) => symlinkSync('a.safetensors', path), { kind: 'not-regular' }],
    ['a link to the root', (path) => symlinkSync('.', path), { kind: 'outside-root' }],
  ])('%s', async (_name, make, expected) => {
    const { root, files } = createModel()
    rmSync(join(root, 'a.safetensors'))
    make(join(root, 'a.safetensors'))
    const check = await verifyManifest(root, files)
    expect(check).toMatchObject({ problems: [{ path: 'a.safetensors', ...expected }] })
    expect(check.found.size).toBe(3)
  })

  it('a directory that leads out, to a sibling whose name begins the same', async () => {
    const { root, files } = createModel()
    renameSync(join(root, 'sub'), `${root}-2`)
    symlinkSync(`${root}-2`, join(root, 'sub'))
    const target = expect.stringContaining('model-2')
    expect(await verifyManifest(root, files)).toMatchObject({
      problems: [
        { kind: 'outside-root', path: 'sub/c.json', target },
        { kind: 'outside-root', path: 'sub/deep/d', target },
      ],
    })
  })

  it('a file in a directory’s place', async () => {
    const { root, files } = createModel()
    rmSync(join(root, 'sub'), { recursive: true })
    writeFileSync(join(root, 'sub'), '')
    const kinds = (await verifyManifest(root, files)) as { problems: readonly { kind: string }[] }
    expect(kinds.problems.map(({ kind }) => kind)).toEqual(['missing', 'missing'])
  })

  it('no more than a thousand extra files', async () => {
    const { root, files } = createModel()
    for (let index = 0; index < 1005; index++)
      linkSync(join(root, 'a.safetensors'), join(root, `extra-${index}`))
    const check = await verifyManifest(root, files)
    expect('problems' in check && check.problems).toHaveLength(1000)
    expect(await verifyManifest(root, files, { allowExtra: true })).toMatchObject({ outcome: 'match' })
  })

  it('one without a file, unless missing files are to be ignored', async () => {
    const { root, files } = createModel()
    const options = { ignoreMissing: true }
    rmSync(join(root, 'a.safetensors'))
    const rest = files.slice(1)
    expect(await verifyManifest(root, files)).toMatchObject({
      problems: [{ kind: 'missing', path: 'a.safetensors' }],
    })
    expect(await verifyManifest(root, files, options)).toMatchObject({
      outcome: 'match',
      digest: digestManifest(rest),
    })
    for (const { path } of rest) rmSync(join(root, path))
    const kinds = (await verifyManifest(root, files, options)) as { problems: readonly { kind: string }[] }
    expect(kinds.problems.map(({ kind }) => kind)).toEqual(files.map(() => 'missing'))
  })

  it('a file that vanishes before its turn', async () => {
    const { root, files } = createModel()
    const onProgress = () => rmSync(join(root, 'sub/deep/d'), { force: true })
    const check = await verifyManifest(root, files, { onProgress })
    expect(check).toMatchObject({ problems: [{ kind: 'missing', path: 'sub/deep/d' }] })
  })
})

describe('the progress', () => {
  it('is over the bytes of all files that are read', async () => {
    const { root, files } = createModel()
    rmSync(join(root, 'a.safetensors'))
    const reports: DigestProgress[] = []
    await verifyManifest(root, files, { onProgress: (progress) => reports.push(progress) })
    const done = reports.map(({ doneBytes }) => doneBytes)
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b))
    expect([done.at(0), done.at(-1)]).toEqual([0, 6 * KIB + 15])
    expect(new Set(reports.map(({ totalBytes }) => totalBytes))).toEqual(new Set([6 * KIB + 15]))
  })

  it('ends the check with what the callback throws', async () => {
    const { root, files } = createModel()
    const error = new Error('of the caller')
    const failing = (at: number) => (progress: DigestProgress) => {
      if (progress.doneBytes === at) throw error
    }
    for (const at of [0, 6 * KIB + 20]) {
      await expect(verifyManifest(root, files, { onProgress: failing(at) })).rejects.toBe(error)
    }
  })
})

describe('an aborted check', () => {
  it('rejects with the reason before it looks', async () => {
    const { files } = createModel()
    const signal = AbortSignal.abort('not wanted')
    await expect(verifyManifest('/missing', files, { signal })).rejects.toBe('not wanted')
  })

  it('rejects in the middle of 400 GB', async () => {
    const { root, lines } = createHugeModel()
    // It is soon done, and then the others are under way.
    truncateSync(join(root, 'a.safetensors'), 5)
    const controller = new AbortController()
    const onProgress = ({ doneBytes }: DigestProgress) => {
      if (doneBytes > 0) controller.abort('not wanted')
    }
    const checking = verifyManifest(root, lines, { signal: controller.signal, onProgress })
    await expect(checking).rejects.toBe('not wanted')
  })

  it.skipIf(lacks('proc'))('has as many files open as there are threads, and none at its end', async () => {
    const { root, lines } = createHugeModel()
    const controller = new AbortController()
    const listOpen = () => listOpenFiles().filter((name) => name.startsWith(root))
    const open: number[] = []
    const onProgress = ({ doneBytes }: DigestProgress) => {
      open.push(listOpen().filter((name) => !isProbe(name)).length)
      if (doneBytes > 0) controller.abort('not wanted')
    }
    const checking = verifyManifest(root, lines, { signal: controller.signal, onProgress })
    await expect(checking).rejects.toBe('not wanted')
    expect(Math.max(...open)).toBeLessThanOrEqual(2)
    expect(listOpen()).toEqual([])
  })

  function createHugeModel(): { root: string; lines: readonly ManifestFile[] } {
    const { root, files } = createModel()
    for (const { path } of files) truncateSync(join(root, path), 100e9)
    return { root, lines: files.map(({ path, digest }) => ({ path, digest })) }
  }
})

describe('refused', () => {
  it('a root that is none', async () => {
    const { root, files } = createModel()
    await expect(verifyManifest('/missing', files)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    const file = verifyManifest(join(root, 'a.safetensors'), files)
    await expect(file).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'root' }] },
    })
  })

  it('a manifest that is none, before the root', async () => {
    const digest = 'a'.repeat(64)
    const checking = verifyManifest('/missing', [{ path: '../a', digest }])
    await expect(checking).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('a file that is written to meanwhile', async () => {
    const { root, files } = createModel()
    createSparseFile(join(root, 'b.safetensors'), 400e9)
    const lines = files.map(({ path, digest }) => ({ path, digest }))
    const onProgress = ({ doneBytes }: DigestProgress) => {
      // More than the other files have: it is being read.
      if (doneBytes > 6 * KIB + 20) truncateSync(join(root, 'b.safetensors'), 5)
    }
    const checking = verifyManifest(root, lines, { onProgress })
    await expect(checking).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })

  it('a file that is written or replaced before its turn, and not taken for one with wrong bytes', async () => {
    for (const change of [
      (path: string) => writeFileSync(path, 'x'.repeat(3 * KIB + 5)),
      (path: string) => renameSync(createSparseFile(`${path}.new`, 3 * KIB + 5), path),
      (path: string) => truncateSync(path, 7),
    ]) {
      const { root, files } = createModel()
      const path = join(root, 'sub/deep/d')
      const onProgress = ({ doneBytes }: DigestProgress) => {
        if (doneBytes === 0) change(path)
      }
      const checking = verifyManifest(root, files, { onProgress })
      await expect(checking).rejects.toMatchObject({ code: 'FILE_CHANGED', details: { path } })
    }
  })
})
