import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { expect, it, onTestFinished } from 'vitest'
import { serveModels } from './model-server.ts'
import { provision } from './provisioner.ts'

const KIB = 1024
const SIZE_BYTES = 300 * KIB
const MODEL = sampleGguf('m', { sizeBytes: SIZE_BYTES })
const CHECKPOINTS = { checkpointEveryBytes: 64 * KIB }

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

it('is shown in the docs as it is tested here', async () => {
  const docs = await readFile(new URL('../../../docs/provisioning.md', import.meta.url), 'utf8')
  const example = await readFile(new URL('provisioner.ts', import.meta.url), 'utf8')
  expect([...docs.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)).toContain(example)
})

it('goes on after the connection broke, and leaves nothing but the model', async () => {
  const { root, catalog } = await openWithModel()
  const breaks: (number | undefined)[] = [200 * KIB, undefined]
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
  const breaks: (number | undefined)[] = [200 * KIB, undefined]
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

it('is for one of two that begin at once, each with the catalog open for itself', async () => {
  const { root, catalog } = await openWithModel()
  await using other = await openCatalog({ root })
  const begun = await Promise.allSettled([catalog.downloads.begin('m'), other.downloads.begin('m')])
  expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refusal = begun.find(({ status }) => status === 'rejected')
  expect(refusal).toMatchObject({ reason: { code: 'IN_USE' } })
})

it('puts a wrong file aside, tells why it may be wrong, and fetches another', async () => {
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
