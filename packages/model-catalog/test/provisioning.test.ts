import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync } from 'node:fs'
import fs, { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { expect, it, onTestFinished } from 'vitest'
import { serveModels } from './model-server.ts'
import { provision } from './provisioner.ts'

const KIB = 1024
/** Many of the pieces that `fetch` gives: those under way are lost when the connection breaks. */
const SIZE_BYTES = 2048 * KIB
const MODEL = sampleGguf('m', { sizeBytes: SIZE_BYTES })
const CHECKPOINTS = { checkpointEveryBytes: 64 * KIB }
/** The server has the same bytes at every path. */
const FILES = ['config.gguf', 'sub/weights.gguf'].map((path) => ({
  path,
  digest: digestOf(MODEL),
  sizeBytes: SIZE_BYTES,
}))

async function openWithModel(): Promise<{ root: string; catalog: Catalog }> {
  const root = await mkdtemp(join(tmpdir(), 'catalog-provisioning-'))
  const catalog = await openCatalog({ root })
  onTestFinished(async () => {
    await catalog.close()
    await rm(root, { recursive: true, force: true })
  })
  await catalog.register({ id: 'm', source: 'https://models.example/m.gguf', digest: digestOf(MODEL) })
  return { root, catalog }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

it('goes on after the connection broke, and leaves nothing but the model', async () => {
  const { root, catalog } = await openWithModel()
  const breaks: (number | undefined)[] = [1536 * KIB, undefined]
  const { url, served } = await serveModels(() => MODEL, { breakAfter: () => breaks.shift() })
  await expect(provision(catalog, { id: 'm', url, ...CHECKPOINTS })).rejects.toThrow()
  expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
  await provision(catalog, { id: 'm', url, ...CHECKPOINTS })
  expect(served[0]).toBe(0)
  expect(served[1]).toBeGreaterThan(0)
  expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
  expect((await readFile(join(root, 'm.gguf'))).equals(MODEL)).toBe(true)
  expect((await readdir(root)).filter((name) => name.startsWith('m.gguf'))).toEqual(['m.gguf'])
  await provision(catalog, { id: 'm', url })
  expect(served).toHaveLength(2)
})

it('starts over where the source has another file by then', async () => {
  const { root, catalog } = await openWithModel()
  const breaks: (number | undefined)[] = [1536 * KIB, undefined]
  const versions = [sampleGguf('another', { sizeBytes: SIZE_BYTES }), MODEL]
  const find = (): Uint8Array => versions.shift() ?? MODEL
  const { url, served } = await serveModels(find, { breakAfter: () => breaks.shift() })
  await expect(provision(catalog, { id: 'm', url, ...CHECKPOINTS })).rejects.toThrow()
  await provision(catalog, { id: 'm', url, ...CHECKPOINTS })
  expect(served).toEqual([0, 0])
  expect((await readFile(join(root, 'm.gguf'))).equals(MODEL)).toBe(true)
})

it('leaves no second name of the file where a move was broken off', async () => {
  const { root, catalog } = await openWithModel()
  const path = join(root, 'm.gguf')
  await writeFile(`${path}.partial`, MODEL)
  await link(`${path}.partial`, path)
  expect(await catalog.downloads.begin('m')).toMatchObject({ files: [{ isPresent: true }] })
  expect(existsSync(`${path}.partial`)).toBe(false)
  await link(path, `${path}.partial`)
  expect(await catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
  expect(existsSync(`${path}.partial`)).toBe(false)
  expect(await catalog.downloads.begin('m')).toMatchObject({ needed: false })
})

it('leaves no second name of a file where a move to or from its directory was broken off', async () => {
  const { root, catalog } = await openWithModel()
  await catalog.register({ id: 'many', source: 'https://models.example/many', files: FILES })
  const begun = await catalog.downloads.begin('many')
  const partials = begun.needed ? begun.files.map(({ partialPath }) => partialPath) : []
  for (const path of partials) await writeFile(path, MODEL)
  const [partial = '', whole, final] = [
    partials[0],
    join(root, 'many.partial/.whole/config.gguf'),
    join(root, 'many/config.gguf'),
  ]
  const isPresent = { files: [{ isPresent: true }, { isPresent: false }] }
  for (const [from, to] of [
    [partial, whole],
    [whole, final],
  ] as const) {
    await mkdir(dirname(to))
    await link(from, to)
    expect(await catalog.downloads.begin('many')).toMatchObject(isPresent)
    expect([existsSync(from), existsSync(to)]).toEqual([false, true])
  }
  await link(final, partial)
  expect(await catalog.downloads.finish('many')).toMatchObject({ state: 'Active' })
  expect((await readdir(root)).filter((name) => name.startsWith('many'))).toEqual(['many'])
})

it('is for one of two that begin at once, each with the catalog open for itself', async () => {
  const { root, catalog } = await openWithModel()
  await using other = await openCatalog({ root })
  const begun = await Promise.allSettled([catalog.downloads.begin('m'), other.downloads.begin('m')])
  expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refusal = begun.find(({ status }) => status === 'rejected')
  expect(refusal).toMatchObject({ reason: { code: 'IN_USE' } })
})

it('quarantines a wrong file, tells why it may be wrong, and fetches another', async () => {
  const { root, catalog } = await openWithModel()
  const page = Buffer.from(`<!DOCTYPE html><html><body>${'Sign in to go on. '.repeat(50)}</body></html>`)
  const versions = [page]
  const { url } = await serveModels(() => versions.shift() ?? MODEL)
  await expect(provision(catalog, { id: 'm', url })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  const path = join(root, 'm.gguf.quarantined-1')
  const diagnosis = expect.arrayContaining([expect.objectContaining({ kind: 'html-page' })])
  expect(await catalog.get('m')).toMatchObject({
    state: 'Failed',
    failure: { path, diagnosis },
    quarantine: [{ path, sizeBytes: page.length, digest: digestOf(page), diagnosis }],
  })
  expect((await readFile(path)).equals(page)).toBe(true)
  await provision(catalog, { id: 'm', url })
  expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
  expect((await readFile(join(root, 'm.gguf'))).equals(MODEL)).toBe(true)
})

it('gives a model of many files its directory with all of them, and leaves nothing beside it', async () => {
  const { root, catalog } = await openWithModel()
  await catalog.register({ id: 'org/many', source: 'https://models.example/many', files: FILES })
  const breaks: (number | undefined)[] = [undefined, 200 * KIB, undefined]
  const { url, served } = await serveModels(() => MODEL, { breakAfter: () => breaks.shift() })
  await expect(provision(catalog, { id: 'org/many', url, ...CHECKPOINTS })).rejects.toThrow()
  expect(await readdir(join(root, 'org'))).toEqual(['many.partial'])
  await provision(catalog, { id: 'org/many', url, ...CHECKPOINTS })
  expect(served.filter((fromByte) => fromByte > 0).length).toBeGreaterThan(0)
  expect(await readdir(join(root, 'org'))).toEqual(['many'])
  expect((await readdir(join(root, 'org/many'))).sort()).toEqual(['config.gguf', 'sub'])
  expect(await readdir(join(root, 'org/many/sub'))).toEqual(['weights.gguf'])
  const { paths } = await catalog.resolve('org/many')
  for (const path of paths) expect((await readFile(path)).equals(MODEL)).toBe(true)
})

it('changes no file of such a model from its reading to the record', async () => {
  const { root, catalog } = await openWithModel()
  await catalog.register({ id: 'many', source: 'https://models.example/many', files: FILES })
  const begun = await catalog.downloads.begin('many')
  for (const { partialPath } of begun.needed ? begun.files : []) await writeFile(partialPath, MODEL)
  const read = new Map<bigint, bigint>()
  const onProgress = (): void => {
    for (const { path } of FILES) {
      const { ino, ctimeNs } = lstatSync(join(root, 'many.partial/.whole', path), { bigint: true })
      read.set(ino, ctimeNs)
    }
  }
  await catalog.downloads.finish('many', { onProgress })
  const kept = FILES.map(({ path }) => lstatSync(join(root, 'many', path), { bigint: true }))
  expect(new Map(kept.map(({ ino, ctimeNs }) => [ino, ctimeNs]))).toEqual(read)
  expect(await catalog.resolve('many')).toMatchObject({ path: join(root, 'many') })
})

it.skipIf(process.platform === 'win32').each(['before', 'after'] as const)(
  'notices a writer that puts the time back right %s the directory gets its name',
  async (when) => {
    const { root, catalog } = await openWithModel()
    await catalog.register({ id: 'many', source: 'https://models.example/many', files: FILES })
    const begun = await catalog.downloads.begin('many')
    for (const { partialPath } of begun.needed ? begun.files : []) await writeFile(partialPath, MODEL)
    const directory = join(root, when === 'before' ? 'many.partial/.whole' : 'many')
    aroundRename(when, () => overwriteUnseen(join(directory, 'sub/weights.gguf')))
    const details = { path: join(root, 'many/sub/weights.gguf'), changed: ['ctimeNs'] }
    await expect(catalog.downloads.finish('many')).rejects.toMatchObject({ code: 'FILE_CHANGED', details })
    await expect(catalog.resolve('many')).rejects.toMatchObject({ code: 'NOT_USABLE' })
  },
)

it.skipIf(process.platform === 'win32')(
  'gives the files their names one by one in a directory that comes to be at the last moment',
  async () => {
    const { root, catalog } = await openWithModel()
    await catalog.register({ id: 'many', source: 'https://models.example/many', files: FILES })
    const begun = await catalog.downloads.begin('many')
    for (const { partialPath } of begun.needed ? begun.files : []) await writeFile(partialPath, MODEL)
    aroundRename('before', async () => {
      await mkdir(join(root, 'many'))
      await writeFile(join(root, 'many/README.md'), 'of another program')
    })
    expect(await catalog.downloads.finish('many')).toMatchObject({ state: 'Active' })
    expect((await readdir(join(root, 'many'))).sort()).toEqual(['README.md', 'config.gguf', 'sub'])
    expect(existsSync(join(root, 'many.partial'))).toBe(false)
    expect(await catalog.resolve('many')).toMatchObject({ path: join(root, 'many') })
  },
)

/** Acts when a directory with whole files is renamed. */
function aroundRename(when: 'before' | 'after', act: () => Promise<void>): void {
  const { rename } = fs
  const replaceRename = (by: typeof rename): void => {
    fs.rename = by
    syncBuiltinESMExports()
  }
  replaceRename(async (from, to) => {
    const isWhole = /[.]whole[\\/]$/u.test(String(from))
    if (isWhole && when === 'before') await act()
    await rename(from, to)
    if (isWhole && when === 'after') await act()
  })
  onTestFinished(() => replaceRename(rename))
}

async function overwriteUnseen(path: string): Promise<void> {
  const { mtimeNs } = lstatSync(path, { bigint: true })
  const file = await fs.open(path, 'r+')
  await file.write(sampleGguf('another', { sizeBytes: SIZE_BYTES }))
  await file.close()
  execFileSync('touch', [
    '-m',
    '-d',
    `@${mtimeNs / 10n ** 9n}.${`${mtimeNs % 10n ** 9n}`.padStart(9, '0')}`,
    path,
  ])
}
