import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { type BundleImportReport, type BundleImportWait, importBundle } from '../src/index.ts'
import { type BundleWorld, createBundleWorld, manyFiles, oneFile, putManifest, sha256 } from './bundles.ts'

const WREN = sampleGguf('wren')
const FINCH = sampleGguf('finch')
const WEIGHTS = Buffer.alloc(1000, 0xb7)

/** A bundle with a model of one file, and one of two. */
async function createBundle(): Promise<BundleWorld> {
  const world = await createBundleWorld()
  world.put('usb/files/wren/wren.gguf', WREN)
  world.put('usb/files/robin/config.json', '{}')
  world.put('usb/files/robin/sub/weights.bin', WEIGHTS)
  const robin = { 'config.json': '{}', 'sub/weights.bin': WEIGHTS }
  putManifest(world, [oneFile('wren', WREN, { tags: ['chat'] }), manyFiles('robin', robin)])
  return world
}

/** What is in the root besides the catalog's own files. */
function listRoot(directory: string): readonly string[] {
  const own = ['.catalog', 'catalog.json']
  return readdirSync(join(directory, 'models'))
    .filter((name) => !own.includes(name))
    .sort()
}

function outcomesOf({ results }: BundleImportReport): readonly unknown[] {
  return results.map(({ model, outcome }) => [model.id, outcome])
}

describe('importBundle', () => {
  it('copies the models into the root, and verifies them there', async () => {
    const { catalog, bundle, directory } = await createBundle()
    const report = await importBundle(catalog, bundle)
    expect(outcomesOf(report)).toEqual([
      ['wren', 'added'],
      ['robin', 'added'],
    ])
    rmSync(bundle, { recursive: true })
    const { path } = await catalog.resolve('wren')
    expect(path).toBe(join(directory, 'models/wren.gguf'))
    expect(readFileSync(path)).toEqual(Buffer.from(WREN))
    expect((await catalog.resolve('robin')).paths).toEqual([
      join(directory, 'models/robin/config.json'),
      join(directory, 'models/robin/sub/weights.bin'),
    ])
    expect(listRoot(directory)).toEqual(['robin', 'wren.gguf'])
  })

  it('records that a model came by a bundle, and that a list has its digest', async () => {
    const { catalog, bundle } = await createBundle()
    await importBundle(catalog, bundle)
    expect(await catalog.get('wren')).toMatchObject({
      state: 'Active',
      name: 'wren',
      source: 'hf:acme/model',
      digest: sha256(WREN),
      digestOrigin: 'list',
      tags: ['chat', 'bundle'],
      facts: { format: 'gguf' },
    })
    const [first] = await catalog.history.of('wren')
    expect(first).toMatchObject({ operation: 'register', reason: `import of the bundle ${bundle}` })
  })

  it('records who declared the digest at home if that is asked for', async () => {
    const { catalog, bundle } = await createBundle()
    await importBundle(catalog, bundle, { keepOrigins: true })
    expect((await catalog.get('wren'))?.digestOrigin).toBe('hub')
  })

  it('changes nothing when it runs again', async () => {
    const { catalog, bundle } = await createBundle()
    await importBundle(catalog, bundle)
    const before = await catalog.list()
    expect(outcomesOf(await importBundle(catalog, bundle))).toEqual([
      ['wren', 'known'],
      ['robin', 'known'],
    ])
    expect(await catalog.list()).toEqual(before)
  })

  it('copies into another directory', async () => {
    const { catalog, bundle, directory } = await createBundle()
    await importBundle(catalog, bundle, { to: join(directory, 'disk/models') })
    expect((await catalog.resolve('wren')).path).toBe(join(directory, 'disk/models/wren.gguf'))
    expect((await catalog.resolve('robin')).paths[1]).toBe(
      join(directory, 'disk/models/robin/sub/weights.bin'),
    )
    expect(outcomesOf(await importBundle(catalog, bundle, { to: join(directory, 'disk/models') }))).toEqual([
      ['wren', 'known'],
      ['robin', 'known'],
    ])
  })

  it('registers the models where they are if that is asked for', async () => {
    const { catalog, bundle, directory } = await createBundle()
    const report = await importBundle(catalog, bundle, { inPlace: true })
    expect(outcomesOf(report)).toEqual([
      ['wren', 'added'],
      ['robin', 'added'],
    ])
    expect((await catalog.resolve('wren')).path).toBe(join(bundle, 'files/wren/wren.gguf'))
    expect((await catalog.resolve('robin')).path).toBe(join(bundle, 'files/robin'))
    expect(listRoot(directory)).toEqual([])
  })

  it('refuses in place what shares a file with another model, and copies it', async () => {
    const world = await createBundleWorld()
    const { catalog, bundle } = world
    world.put('usb/files/a/config.json', '{}')
    world.put('usb/files/b/weights.bin', WEIGHTS)
    const model = manyFiles('a', { 'config.json': '{}', 'weights.bin': WEIGHTS })
    const [config, weights] = model['files'] as { stored: string }[]
    putManifest(world, [{ ...model, files: [config, { ...weights, stored: 'files/b/weights.bin' }] }])
    const report = await importBundle(catalog, bundle, { inPlace: true })
    expect(report.results[0]).toMatchObject({ outcome: 'failed', error: { code: 'INVALID_INPUT' } })
    expect(outcomesOf(await importBundle(catalog, bundle))).toEqual([['a', 'added']])
  })

  it.each<[string, (path: string) => void, string, string]>([
    ['damaged', (path) => writeFileSync(path, Buffer.alloc(WREN.length, 1)), 'wrong', 'DIGEST_MISMATCH'],
    ['cut', (path) => truncateSync(path, 10), 'wrong', 'SIZE_MISMATCH'],
    ['excess', (path) => writeFileSync(path, Buffer.concat([WREN, WREN])), 'wrong', 'SIZE_MISMATCH'],
    ['no', (path) => rmSync(path), 'failed', 'FILE_MISSING'],
  ])('tells of a model with %s bytes, and leaves nothing of it', async (_what, damage, outcome, code) => {
    const { catalog, bundle, directory } = await createBundle()
    damage(join(bundle, 'files/wren/wren.gguf'))
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]).toMatchObject({ outcome, error: { code } })
    expect(results[1]).toMatchObject({ outcome: 'added' })
    expect(await catalog.get('wren')).toBeUndefined()
    expect(listRoot(directory)).toEqual(['robin'])
  })

  it('gives an id that means other bytes here a new revision, with its history', async () => {
    const { catalog, bundle, put } = await createBundle()
    const old = await catalog.register({ id: 'wren', source: 'hf:acme/old', tags: ['mine'] })
    put('models/wren.gguf', FINCH)
    await catalog.verify('wren')
    expect(outcomesOf(await importBundle(catalog, bundle))[0]).toEqual(['wren', 'updated'])
    const entry = (await catalog.get('wren')) ?? expect.unreachable()
    expect(entry).toMatchObject({ state: 'Active', digest: sha256(WREN), tags: ['mine', 'chat', 'bundle'] })
    expect(entry.revision).toBeGreaterThan(old.revision)
    expect(readFileSync((await catalog.resolve('wren')).path)).toEqual(Buffer.from(WREN))
  })

  it('does not give up a model that works for wrong bytes', async () => {
    const { catalog, bundle, put } = await createBundle()
    await catalog.register({ id: 'wren', source: 'hf:acme/old' })
    put('models/wren.gguf', FINCH)
    const before = await catalog.verify('wren')
    writeFileSync(join(bundle, 'files/wren/wren.gguf'), Buffer.alloc(WREN.length, 1))
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]).toMatchObject({ outcome: 'wrong', error: { code: 'DIGEST_MISMATCH' } })
    expect(await catalog.get('wren')).toEqual(before)
    await catalog.resolve('wren')
  })

  it('brings the files of a known model whose files are gone', async () => {
    const { catalog, bundle, directory } = await createBundle()
    await importBundle(catalog, bundle)
    rmSync(join(directory, 'models/wren.gguf'))
    expect(outcomesOf(await importBundle(catalog, bundle))[0]).toEqual(['wren', 'verified'])
    await catalog.resolve('wren')
  })

  it('takes a file that is at the place and right, and touches no other', async () => {
    const { catalog, bundle, directory, put } = await createBundle()
    put('models/wren.gguf', WREN)
    put('models/robin/config.json', '[]')
    const { ino } = statSync(join(directory, 'models/wren.gguf'))
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]).toMatchObject({ outcome: 'added' })
    expect(statSync(join(directory, 'models/wren.gguf')).ino).toBe(ino)
    expect(results[1]).toMatchObject({
      outcome: 'failed',
      error: { code: 'IO', details: { errno: 'EEXIST' } },
    })
    expect(readFileSync(join(directory, 'models/robin/config.json'), 'utf8')).toBe('[]')
    expect(await catalog.get('robin')).toBeUndefined()
  })

  it('takes only the named models, and says which the bundle does not have', async () => {
    const { catalog, bundle } = await createBundle()
    expect(outcomesOf(await importBundle(catalog, bundle, { ids: ['robin'] }))).toEqual([['robin', 'added']])
    await expect(importBundle(catalog, bundle, { ids: ['eagle'] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('foresees what it would do, and changes nothing', async () => {
    const { catalog, bundle, directory } = await createBundle()
    rmSync(join(bundle, 'files/robin/config.json'))
    expect(outcomesOf(await importBundle(catalog, bundle, { dryRun: true }))).toEqual([
      ['wren', 'added'],
      ['robin', 'failed'],
    ])
    expect(await catalog.list()).toEqual([])
    expect(existsSync(join(directory, 'models/wren.gguf'))).toBe(false)
  })

  it('tells how far it has come', async () => {
    const { catalog, bundle } = await createBundle()
    const seen: unknown[] = []
    const done: unknown[] = []
    await importBundle(catalog, bundle, {
      onProgress: (progress) => seen.push(progress),
      onResult: ({ model }) => done.push(model.id),
    })
    const totalBytes = WREN.length + 1002
    expect(seen.at(-1)).toEqual({ doneModels: 2, totalModels: 2, doneBytes: totalBytes, totalBytes })
    expect(done).toEqual(['wren', 'robin'])
  })

  it('goes on where it was aborted, without waiting', async () => {
    const { catalog, bundle } = await createBundle()
    const controller = new AbortController()
    const onProgress = (): void => controller.abort(new Error('enough'))
    await expect(importBundle(catalog, bundle, { signal: controller.signal, onProgress })).rejects.toThrow(
      'enough',
    )
    expect(await catalog.listByState('Active')).toEqual([])
    const report = await importBundle(catalog, bundle)
    expect(report.results.map(({ entry }) => entry?.state)).toEqual(['Active', 'Active'])
  })

  it('waits for the download of an import that was killed', async () => {
    const { catalog, bundle } = await createBundle()
    const { digest, source } = { digest: sha256(WREN), source: 'hf:acme/model' }
    await catalog.register({ id: 'wren', source, digest, sizeBytes: WREN.length })
    await catalog.downloads.begin('wren', { holder: 'killed', forMs: 5000 })
    const waits: BundleImportWait[] = []
    const report = await importBundle(catalog, bundle, { onWait: (wait) => waits.push(wait) })
    expect(outcomesOf(report)[0]).toEqual(['wren', 'verified'])
    expect(waits).toEqual([{ id: 'wren', waitMs: expect.any(Number) }])
  })

  it('rejects with the reason of the signal if it is aborted while it waits', async () => {
    const { catalog, bundle } = await createBundle()
    await catalog.register({ id: 'wren', source: 's', digest: sha256(WREN), sizeBytes: WREN.length })
    await catalog.downloads.begin('wren', { holder: 'killed', forMs: 50_000 })
    const controller = new AbortController()
    const { signal } = controller
    const imported = importBundle(catalog, bundle, { signal, onWait: () => controller.abort('enough') })
    await expect(imported).rejects.toBe('enough')
  })

  it('names the files that no record names, but not hidden ones, and imports none of them', async () => {
    const { catalog, bundle, put } = await createBundle()
    expect((await importBundle(catalog, bundle, { dryRun: true })).unnamed).toEqual([])
    put('usb/files/stray.gguf', WREN)
    put('usb/files/robin/sub/more.bin', WEIGHTS)
    put('usb/files/.DS_Store', '')
    const report = await importBundle(catalog, bundle, { ids: ['wren'] })
    expect(report.unnamed).toEqual(['files/robin/sub/more.bin', 'files/stray.gguf'])
    put('usb/UNFINISHED', '')
    expect((await importBundle(catalog, bundle)).unnamed).toEqual([])
  })

  it('does not wait for a download that another program keeps for long', async () => {
    const { catalog, bundle } = await createBundle()
    await catalog.register({
      id: 'wren',
      source: 'hf:acme/model',
      digest: sha256(WREN),
      sizeBytes: WREN.length,
    })
    await catalog.downloads.begin('wren', { holder: 'provisioner' })
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]).toMatchObject({ outcome: 'failed', error: { code: 'IN_USE' } })
  })

  it('says that an export was interrupted, and takes what is complete', async () => {
    const { catalog, bundle, put } = await createBundle()
    put('usb/UNFINISHED', '')
    rmSync(join(bundle, 'SHA256SUMS'))
    const report = await importBundle(catalog, bundle)
    expect(report.isUnfinished).toBe(true)
    expect(outcomesOf(report)).toHaveLength(2)
  })

  it.each([
    [{ to: 'x', inPlace: true }, 'to'],
    [{ ids: [1] }, 'ids'],
    [{ forMs: 0 }, 'forMs'],
    [{ verify: false }, 'verify'],
  ])('refuses %j', async (options, field) => {
    const { catalog, bundle } = await createBundle()
    await expect(importBundle(catalog, bundle, options as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field }] },
    })
  })
})
