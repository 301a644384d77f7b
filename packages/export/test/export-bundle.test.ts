import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { exportBundle } from '../src/index.ts'
import { createExporting, type Exporting } from './exporting.ts'

const FINCH = sampleGguf('finch')
const WEIGHTS = Buffer.alloc(1000, 0xb7)

/** A catalog with a model of one file, one that has the same bytes, and one of two files. */
async function createModels(): Promise<Exporting & { readonly bundle: string }> {
  const exporting = await createExporting()
  const { addActive, directory } = exporting
  const source = 'hf:acme/wren'
  await addActive(
    { id: 'wren', source: 'https://me:secret@host.example/wren.gguf?token=secret', tags: ['chat'] },
    FINCH,
  )
  await addActive({ id: 'acme/twin', source }, FINCH)
  await addActive(
    { id: 'acme/robin', source, files: [{ path: 'config.json' }, { path: 'sub/weights.bin' }] },
    '{}',
    WEIGHTS,
  )
  return { ...exporting, bundle: join(directory, 'usb', 'bundle') }
}

function listFiles(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory())
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1)).sort()
}

function readManifest(bundle: string): { models: Record<string, unknown>[] } {
  return JSON.parse(readFileSync(join(bundle, 'bundle.json'), 'utf8'))
}

function assertSums(bundle: string): void {
  const { status, stdout, stderr } = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
    cwd: bundle,
    encoding: 'utf8',
  })
  expect(`${stdout}${stderr}`).not.toContain('FAILED')
  expect(status).toBe(0)
}

describe('exportBundle', () => {
  it('writes models with their files, and the same bytes once', async () => {
    const { catalog, bundle } = await createModels()
    const exported = await exportBundle(catalog, bundle)
    expect(exported.models.map(({ id, outcome, copiedBytes }) => [id, outcome, copiedBytes])).toEqual([
      ['acme/robin', 'added', 1002],
      ['acme/twin', 'added', FINCH.length],
      ['wren', 'added', 0],
    ])
    expect(listFiles(bundle)).toEqual([
      'SHA256SUMS',
      'bundle.json',
      'files/acme+robin/config.json',
      'files/acme+robin/sub/weights.bin',
      'files/acme+twin/twin.gguf',
    ])
    expect(readFileSync(join(bundle, 'files/acme+twin/twin.gguf'))).toEqual(Buffer.from(FINCH))
    expect(readFileSync(join(bundle, 'SHA256SUMS'), 'utf8').split('\n').length).toBe(5)
  })

  it.skipIf(lacks('sha256sum'))('writes a list of everything that sha256sum accepts', async () => {
    const { catalog, bundle } = await createModels()
    await exportBundle(catalog, bundle)
    assertSums(bundle)
  })

  it('describes each model without anything of the machine', async () => {
    const { catalog, bundle, directory } = await createModels()
    await exportBundle(catalog, bundle, { ids: ['wren'] })
    const [wren] = readManifest(bundle).models
    const { registeredAt, verifiedAt, digest } = (await catalog.get('wren')) ?? expect.unreachable()
    expect(wren).toEqual({
      id: 'wren',
      name: 'wren',
      source: 'https://host.example/wren.gguf',
      digest,
      digest_origin: 'computed',
      size: FINCH.length,
      registered_at: registeredAt,
      verified_at: verifiedAt,
      tags: ['chat'],
      facts: expect.objectContaining({ format: 'gguf' }),
      stored: 'files/wren/wren.gguf',
    })
    const text = readFileSync(join(bundle, 'bundle.json'), 'utf8')
    expect(text).not.toContain(directory)
    expect(text).not.toContain('secret')
  })

  it('changes nothing when it runs again', async () => {
    const { catalog, bundle } = await createModels()
    await exportBundle(catalog, bundle)
    const stamps = (): readonly unknown[] =>
      listFiles(bundle).map((name) => [name, statSync(join(bundle, name), { bigint: true }).ctimeNs])
    const before = stamps()
    const { models } = await exportBundle(catalog, bundle)
    expect(models.map(({ outcome }) => outcome)).toEqual(['known', 'known', 'known'])
    expect(stamps()).toEqual(before)
  })

  it('copies only what is missing or wrong, and adds models to a bundle', async () => {
    const { catalog, bundle } = await createModels()
    await exportBundle(catalog, bundle, { ids: ['acme/robin'] })
    writeFileSync(join(bundle, 'files/acme+robin/sub/weights.bin'), 'x'.repeat(1000))
    const { models } = await exportBundle(catalog, bundle, { ids: ['acme/robin', 'wren'] })
    expect(models.map(({ id, outcome, copiedBytes }) => [id, outcome, copiedBytes])).toEqual([
      ['acme/robin', 'repaired', 1000],
      ['wren', 'added', FINCH.length],
    ])
    expect(readFileSync(join(bundle, 'files/acme+robin/sub/weights.bin'))).toEqual(WEIGHTS)
    expect(readManifest(bundle).models.map(({ id }) => id)).toEqual(['acme/robin', 'wren'])
    expect(listFiles(bundle)).toHaveLength(5)
  })

  it('replaces a model that means other bytes by now, and keeps what both revisions have', async () => {
    const { catalog, bundle } = await createModels()
    await exportBundle(catalog, bundle)
    const path = await catalog.modelPath('acme/robin')
    writeFileSync(join(path, 'config.json'), '{"a":1}')
    await catalog.update('acme/robin', { files: [{ path: 'config.json' }, { path: 'sub/weights.bin' }] })
    await catalog.verify('acme/robin')
    const { ino } = statSync(join(bundle, 'files/acme+robin/sub/weights.bin'))
    const { models } = await exportBundle(catalog, bundle)
    expect(models[0]).toMatchObject({ id: 'acme/robin', outcome: 'updated', copiedBytes: 7 })
    expect(readFileSync(join(bundle, 'files/acme+robin/config.json'), 'utf8')).toBe('{"a":1}')
    expect(statSync(join(bundle, 'files/acme+robin/sub/weights.bin')).ino).toBe(ino)
  })

  it('leaves a model out whose file is not what the catalog says, and nothing of it', async () => {
    const { catalog, bundle } = await createModels()
    writeFileSync(join(await catalog.modelPath('acme/robin'), 'sub/weights.bin'), 'x'.repeat(1000))
    const { models } = await exportBundle(catalog, bundle)
    expect(models[0]).toMatchObject({
      id: 'acme/robin',
      outcome: 'failed',
      error: { code: 'DIGEST_MISMATCH' },
    })
    expect(models[1]).toMatchObject({ id: 'acme/twin', outcome: 'added' })
    expect(readManifest(bundle).models.map(({ id }) => id)).toEqual(['acme/twin', 'wren'])
    expect(listFiles(bundle)).toEqual(['SHA256SUMS', 'bundle.json', 'files/acme+twin/twin.gguf'])
  })

  it('says which models are not Active, and of named ones refuses that', async () => {
    const { catalog, bundle } = await createModels()
    await catalog.register({ id: 'new', source: 'hf:acme/new' })
    expect((await exportBundle(catalog, bundle)).otherStates).toEqual({
      Pending: 1,
      Active: 0,
      Retired: 0,
      Failed: 0,
    })
    await expect(exportBundle(catalog, bundle, { ids: ['new'] })).rejects.toMatchObject({
      code: 'NOT_USABLE',
    })
  })

  it('foresees what it would do, and changes nothing', async () => {
    const { catalog, bundle } = await createModels()
    const { models } = await exportBundle(catalog, bundle, { dryRun: true })
    expect(models.map(({ id, copiedBytes }) => [id, copiedBytes])).toEqual([
      ['acme/robin', 1002],
      ['acme/twin', FINCH.length],
      ['wren', 0],
    ])
    expect(existsSync(bundle)).toBe(false)
  })

  it('tells how far it has come', async () => {
    const { catalog, bundle } = await createModels()
    const seen: unknown[] = []
    await exportBundle(catalog, bundle, { onProgress: (progress) => seen.push(progress) })
    const totalBytes = 1002 + 2 * FINCH.length
    expect(seen.at(-1)).toEqual({ doneModels: 3, totalModels: 3, doneBytes: totalBytes, totalBytes })
  })

  it('leaves what is complete, and says so, when it is aborted', async () => {
    const { catalog, bundle } = await createModels()
    const controller = new AbortController()
    const onResult = (): void => controller.abort(new Error('enough'))
    await expect(exportBundle(catalog, bundle, { signal: controller.signal, onResult })).rejects.toThrow(
      'enough',
    )
    expect(listFiles(bundle)).toContain('UNFINISHED')
    expect(readManifest(bundle).models.map(({ id }) => id)).toEqual(['acme/robin'])
    const { models } = await exportBundle(catalog, bundle)
    expect(models.map(({ outcome }) => outcome)).toEqual(['known', 'added', 'added'])
    expect(listFiles(bundle)).not.toContain('UNFINISHED')
  })

  it('removes what an interrupted export left half-copied', async () => {
    const { catalog, bundle } = await createModels()
    mkdirSync(join(bundle, 'files/wren'), { recursive: true })
    writeFileSync(join(bundle, 'UNFINISHED'), '')
    writeFileSync(join(bundle, 'files/wren/.wren.gguf.0123456789ab.tmp'), 'half')
    await exportBundle(catalog, bundle, { ids: ['wren'] })
    expect(listFiles(bundle)).toEqual(['SHA256SUMS', 'bundle.json', 'files/wren/wren.gguf'])
  })

  it('refuses a directory that is not a bundle', async () => {
    const { catalog, directory, put } = await createModels()
    put('full/notes.txt', 'mine')
    await expect(exportBundle(catalog, join(directory, 'full'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    await expect(exportBundle(catalog, join(directory, 'models'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    await expect(exportBundle(catalog, join(directory, 'models/below'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    expect(readFileSync(join(directory, 'full/notes.txt'), 'utf8')).toBe('mine')
    expect(listFiles(join(directory, 'full'))).toEqual(['notes.txt'])
  })

  it.each([
    ['cut', '{"format": "model-cat', 'DAMAGED'],
    ['of another program', '{"models": []}', 'DAMAGED'],
    [
      'with a record that is not valid',
      '{"format":"model-catalog-bundle","version":1,"models":[{}]}',
      'DAMAGED',
    ],
    ['of a newer version', '{"format":"model-catalog-bundle","version":2}', 'UNSUPPORTED_FORMAT'],
  ])('refuses a bundle whose manifest is %s', async (_what, text, code) => {
    const { catalog, put, directory } = await createModels()
    put('usb/bundle.json', text)
    await expect(exportBundle(catalog, join(directory, 'usb'))).rejects.toMatchObject({ code })
    expect(listFiles(join(directory, 'usb'))).toEqual(['bundle.json'])
  })

  it('writes nothing through a symbolic link in the directory', async () => {
    const { catalog, directory, bundle } = await createModels()
    mkdirSync(join(directory, 'elsewhere'))
    await exportBundle(catalog, bundle, { ids: ['acme/robin'] })
    symlinkSync(join(directory, 'elsewhere'), join(bundle, 'files/wren'))
    await expect(exportBundle(catalog, bundle, { ids: ['wren'] })).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
    })
    rmSync(join(bundle, 'files'), { recursive: true })
    symlinkSync(join(directory, 'elsewhere'), join(bundle, 'files'))
    await expect(exportBundle(catalog, bundle)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    expect(readdirSync(join(directory, 'elsewhere'))).toEqual([])
  })

  it('copies what symbolic links of a model lead to', async () => {
    const { catalog, directory, bundle, put } = await createModels()
    put('store/blobs/one', WEIGHTS)
    mkdirSync(join(directory, 'store/snapshot'))
    symlinkSync('../blobs/one', join(directory, 'store/snapshot/weights.bin'))
    const place = { location: join(directory, 'store/snapshot'), linksInto: join(directory, 'store/blobs') }
    await catalog.register({ id: 'linked', source: 'hf:acme/x', ...place, files: [{ path: 'weights.bin' }] })
    await catalog.verify('linked')
    await exportBundle(catalog, bundle, { ids: ['linked'] })
    expect(readFileSync(join(bundle, 'files/linked/weights.bin'))).toEqual(WEIGHTS)
    expect(JSON.stringify(readManifest(bundle))).not.toContain(directory)
  })

  it.each([
    [{ ids: 'wren' }, 'ids'],
    [{ id: ['wren'] }, 'id'],
  ])('refuses %j', async (options, field) => {
    const { catalog, bundle } = await createModels()
    await expect(exportBundle(catalog, bundle, options as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field }] },
    })
  })
})
