import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleGguf, sampleShards } from '@catalog/testkit/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Catalog, type OpenCatalogOptions, openCatalog } from '../src/index.ts'

const SOURCE = 'hf:org/model'

let root = ''
let opened: Catalog[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catalog-resolve-'))
  opened = []
})
afterEach(async () => {
  for (const catalog of opened) await catalog.close()
  rmSync(root, { recursive: true })
})

async function open(options: OpenCatalogOptions = {}): Promise<Catalog> {
  const catalog = await openCatalog({ root: join(root, 'models'), ...options })
  opened.push(catalog)
  return catalog
}

function write(...names: readonly string[]): string {
  const path = join(root, ...names)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, sampleGguf(names.at(-1) ?? ''))
  return path
}

describe('resolve on real files', () => {
  it('serves the verified file, and not the one that took its place', async () => {
    const catalog = await open()
    const path = write('models', 'm.gguf')
    await catalog.register({ id: 'm', source: SOURCE })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path, paths: [path] })
    // Of the same size and, as `cp -p` leaves it, of the same time.
    writeFileSync(`${path}.new`, sampleGguf('n.gguf'))
    utimesSync(`${path}.new`, 1, 1)
    renameSync(`${path}.new`, path)
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED', details: { id: 'm' } })
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('holds the verified bytes open even if the name changes', async () => {
    const catalog = await open()
    const path = write('models', 'm.gguf')
    await catalog.register({ id: 'm', source: SOURCE })
    await catalog.verify('m')
    await using model = await catalog.openVerified('m')
    writeFileSync(`${path}.new`, sampleGguf('n.gguf'))
    renameSync(`${path}.new`, path)
    const [file] = model.files
    const bytes = Buffer.alloc(file?.sizeBytes ?? 0)
    readSync(file?.fd ?? -1, bytes, 0, bytes.length, 0)
    expect(bytes).toEqual(sampleGguf('m.gguf'))
  })

  it('only reports where a catalog is read only', async () => {
    const catalog = await open()
    const path = write('models', 'm.gguf')
    await catalog.register({ id: 'm', source: SOURCE })
    await catalog.verify('m')
    const reader = await open({ readOnly: true })
    expect(await reader.resolve('m')).toMatchObject({ path })
    writeFileSync(path, sampleGguf('n.gguf'))
    await expect(reader.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
  })

  it('finds a model in the second root, and prefers the first', async () => {
    const searchRoots = [join(root, 'nas')]
    const catalog = await open({ searchRoots })
    const far = write('nas', 'm.gguf')
    await catalog.register({ id: 'm', source: SOURCE })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path: far })
    // A file that appears in front of it was never verified.
    write('models', 'm.gguf')
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path: join(root, 'models', 'm.gguf') })
  })

  it('names the directory of many files in the root that has them, also if they share a prefix', async () => {
    const catalog = await open({ searchRoots: [join(root, 'models', 'm-archive')] })
    const file = write('models', 'm-archive', 'm', 'm.gguf')
    await catalog.register({ id: 'm', source: SOURCE, files: [{ path: 'm.gguf' }] })
    await catalog.verify('m')
    const path = join(root, 'models', 'm-archive', 'm')
    expect(await catalog.resolve('m')).toMatchObject({ path, paths: [file] })
  })

  it('takes all files of a model from one root', async () => {
    const catalog = await open({ searchRoots: [join(root, 'nas')] })
    const [a, b] = [write('nas', 'm', 'a.gguf'), write('nas', 'm', 'b.gguf')]
    await catalog.register({ id: 'm', source: SOURCE, files: [{ path: 'a.gguf' }, { path: 'b.gguf' }] })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path: join(root, 'nas', 'm'), paths: [a, b] })
    // The first file says which root counts, and there the second one is not.
    write('models', 'm', 'a.gguf')
    await expect(catalog.resolve('m')).rejects.toMatchObject({
      code: 'FILE_MISSING',
      details: { path: join(root, 'models', 'm', 'b.gguf') },
    })
  })

  it('takes a link that stays inside where links may, and none that leads out', async () => {
    write('models', 'blobs', '1234')
    write('elsewhere', 'secret')
    symlinkSync('blobs/1234', join(root, 'models', 'a.gguf'))
    symlinkSync('../elsewhere/secret', join(root, 'models', 'b.gguf'))
    const catalog = await open({ symlinks: 'inside' })
    for (const id of ['a', 'b']) await catalog.register({ id, source: SOURCE })
    expect(await catalog.verify('a')).toMatchObject({ state: 'Active' })
    expect(await catalog.resolve('a')).toMatchObject({ path: join(root, 'models', 'a.gguf') })
    await expect(catalog.verify('b')).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
      details: { id: 'b' },
    })
    const strict = await open()
    await expect(strict.verify('a')).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    await expect(strict.resolve('a')).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
  })

  it('serves all files of a model or none', async () => {
    const catalog = await open()
    const directory = join(root, 'models', 'org', 'm')
    mkdirSync(directory, { recursive: true })
    const shards = [...sampleShards('m', { format: 'safetensors', count: 2 })]
    for (const [name, bytes] of shards) writeFileSync(join(directory, name), bytes)
    const files = shards.map(([path, bytes]) => ({ path, digest: digestOf(bytes) }))
    const digest = digestOf(files.map((file) => `${file.digest}  ${file.path}\n`).join(''))
    const paths = files.map(({ path }) => join(directory, path))
    await catalog.register({ id: 'org/m', source: SOURCE, files, digest })
    await catalog.verify('org/m')
    expect(await catalog.resolve('org/m')).toMatchObject({
      path: directory,
      paths,
      digest,
    })
    rmSync(paths[1] ?? '')
    await expect(catalog.resolve('org/m')).rejects.toMatchObject({
      code: 'FILE_MISSING',
      details: { id: 'org/m', path: paths[1] },
    })
  })
})

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
