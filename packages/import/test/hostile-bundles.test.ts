import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { importBundle } from '../src/index.ts'
import {
  type BundleWorld,
  createBundleWorld,
  manyFiles,
  oneFile,
  putManifest,
  type WireModel,
} from './bundles.ts'

const WREN = sampleGguf('wren')
const GOOD = oneFile('good', WREN)

/** Everything below the directory but the bundle and the catalog's own files. */
function listOutside(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => !/^(?:usb|models)(?:\/|$)/u.test(name) || /^models\/(?!\.catalog|catalog\.json)/u.test(name),
    )
    .sort()
}

async function createWorld(models: readonly WireModel[] | string): Promise<BundleWorld> {
  const world = await createBundleWorld()
  world.put('usb/files/good/good.gguf', WREN)
  putManifest(world, models)
  return world
}

describe('a record of a hostile bundle', () => {
  it.each<[string, WireModel]>([
    ['leads out of the bundle', { ...GOOD, id: 'bad', stored: 'files/../../secret' }],
    ['is absolute', { ...GOOD, id: 'bad', stored: '/etc/passwd' }],
    ['is not below files', { ...GOOD, id: 'bad', stored: 'bundle.json' }],
    ['has a backslash', { ...GOOD, id: 'bad', stored: 'files\\..\\secret' }],
    ['has a control character', { ...GOOD, id: 'bad', stored: 'files/a\u001b[31m' }],
    ['has NUL', { ...GOOD, id: 'bad', stored: 'files/a\0' }],
    ['is missing', { ...GOOD, id: 'bad', stored: undefined }],
    ['is stored with other bytes before', { ...GOOD, id: 'bad', digest: 'a'.repeat(64) }],
    ['differs only in case from another', { ...GOOD, id: 'bad', stored: 'files/GOOD/good.gguf' }],
    ['gives its files paths that lead out of the model', manyFiles('bad', { '../good.gguf': WREN })],
    ['gives its files absolute paths', manyFiles('bad', { '/etc/passwd': WREN })],
    ['gives two files paths that differ only in case', manyFiles('bad', { 'a.bin': '1', 'A.bin': '2' })],
    ['puts a file below another', manyFiles('bad', { a: '1', 'a/b': '2' })],
    ['names the anchor of a volume', manyFiles('bad', { '.catalog-volume': 'x' })],
    ['has the id of the view', { ...GOOD, id: 'catalog.json' }],
    ['has an id that leads out of the root', { ...GOOD, id: '../bad' }],
    ['has the id of an earlier one in another case', { ...GOOD, id: 'GOOD' }],
    ['has a negative size', { ...GOOD, id: 'bad', size: -1 }],
    ['has a size beyond all numbers', { ...GOOD, id: 'bad', size: 1e300 }],
    ['has a size that is not that of its files', { ...manyFiles('bad', { a: '1' }), size: 7 }],
    ['has a digest that is none', { ...GOOD, id: 'bad', digest: 'md5:x' }],
    ['has a name with an escape character', { ...GOOD, id: 'bad', name: 'a\u001b]0;x' }],
    ['is not an object', [] as unknown as WireModel],
  ])('that %s does not count, and the others do', async (_what, bad) => {
    const { catalog, bundle, directory } = await createWorld([GOOD, bad])
    const { results, problems } = await importBundle(catalog, bundle)
    expect(problems).toHaveLength(1)
    expect(results.map(({ model, outcome }) => [model.id, outcome])).toEqual([['good', 'added']])
    expect(listOutside(directory)).toEqual(['models/good.gguf'])
  })

  it('that has fields of a later version, or a prototype, counts without them', async () => {
    const text = JSON.stringify(GOOD).replace('{', '{"later":[1],"__proto__":{"polluted":true},')
    const { catalog, bundle } = await createWorld(
      `{"format":"model-catalog-bundle","version":1,"models":[${text}]}`,
    )
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]?.outcome).toBe('added')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Object.keys((await catalog.get('good')) ?? {})).not.toContain('later')
  })

  it('that names wrong facts counts, and the facts are read from the bytes', async () => {
    const { catalog, bundle } = await createWorld([{ ...GOOD, facts: { format: 'gguf', licence: 'mine' } }])
    await importBundle(catalog, bundle)
    expect((await catalog.get('good'))?.facts?.licence).not.toBe('mine')
  })

  it('decides only of names that follow from its id', async () => {
    const { catalog, bundle, directory, put } = await createWorld([
      { ...GOOD, stored: 'files/good/authorized_keys.sh', file: '.ssh/authorized_keys' },
    ])
    put('usb/files/good/authorized_keys.sh', WREN)
    await importBundle(catalog, bundle)
    expect(listOutside(directory)).toEqual(['models/good.bin'])
  })
})

describe('a hostile manifest', () => {
  it.each<[string, string]>([
    ['is empty', ''],
    ['is cut', '{"format":"model-catalog-bundle","version":1,"models":[{"id"'],
    ['is nested too deep', `${'['.repeat(1_000_000)}`],
    ['has a field twice', '{"format":"model-catalog-bundle","version":1,"models":[],"models":[]}'],
    [
      'has a field twice in two spellings',
      '{"format":"x","\\u0066ormat":"model-catalog-bundle","version":1,"models":[]}',
    ],
    ['has no models', '{"format":"model-catalog-bundle","version":1}'],
    ['has no version', '{"format":"model-catalog-bundle","models":[]}'],
    ['is a list', '[]'],
    ['is of something else', '{"models":[]}'],
  ])('that %s is refused', async (_what, text) => {
    const { catalog, bundle } = await createWorld(text)
    await expect(importBundle(catalog, bundle)).rejects.toMatchObject({ code: 'DAMAGED' })
    expect(await catalog.list()).toEqual([])
  })

  it('of a newer version is refused as such', async () => {
    const { catalog, bundle } = await createWorld(
      '{"format":"model-catalog-bundle","version":2,"entries":{}}',
    )
    await expect(importBundle(catalog, bundle)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      details: { found: '2', supported: '1' },
    })
  })

  it('of a gigabyte is refused unread', async () => {
    const { catalog, bundle } = await createWorld([GOOD])
    const file = openSync(join(bundle, 'bundle.json'), 'w')
    ftruncateSync(file, 1024 ** 3)
    closeSync(file)
    const before = process.memoryUsage().rss
    await expect(importBundle(catalog, bundle)).rejects.toMatchObject({ code: 'DAMAGED' })
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2)
  })

  it('that is not the one of the checksum list is refused', async () => {
    const { catalog, bundle } = await createWorld([GOOD])
    const path = join(bundle, 'bundle.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('hf:acme', 'hf:evil'))
    await expect(importBundle(catalog, bundle)).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it.each(['bundle.json', 'SHA256SUMS'])('without %s is refused', async (name) => {
    const { catalog, bundle } = await createWorld([GOOD])
    rmSync(join(bundle, name))
    await expect(importBundle(catalog, bundle)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })

  it.each(['bundle.json', 'SHA256SUMS'])(
    'is not read through a symbolic link in place of %s',
    async (name) => {
      const { catalog, bundle, directory } = await createWorld([GOOD])
      renameSync(join(bundle, name), join(directory, 'elsewhere'))
      symlinkSync(join(directory, 'elsewhere'), join(bundle, name))
      await expect(importBundle(catalog, bundle)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    },
  )

  it.skipIf(lacks('posix'))('that is a pipe is refused, and not waited for', async () => {
    const { catalog, bundle } = await createWorld([GOOD])
    rmSync(join(bundle, 'bundle.json'))
    execFileSync('mkfifo', [join(bundle, 'bundle.json')])
    await expect(importBundle(catalog, bundle)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
  })
})

describe('a file of a hostile bundle', () => {
  it.each<[string, (path: string, outside: string) => void]>([
    ['that is a symbolic link, even to the right bytes', (path, outside) => symlinkSync(outside, path)],
    ['that is a link to itself', (path) => symlinkSync(path, path)],
    ['that is a directory', (path) => mkdirSync(path)],
  ])('%s is refused', async (_what, replace) => {
    const { catalog, bundle, put } = await createWorld([GOOD])
    const path = join(bundle, 'files/good/good.gguf')
    rmSync(path)
    replace(path, put('elsewhere/model.gguf', WREN))
    for (const inPlace of [false, true]) {
      const { results } = await importBundle(catalog, bundle, { inPlace })
      expect(results[0]).toMatchObject({ outcome: 'failed', error: { code: 'NOT_A_REGULAR_FILE' } })
    }
    expect(await catalog.list()).toEqual([])
  })

  it('below a directory that is a symbolic link is refused', async () => {
    const { catalog, bundle, directory } = await createWorld([GOOD])
    renameSync(join(bundle, 'files'), join(directory, 'elsewhere'))
    symlinkSync(join(directory, 'elsewhere'), join(bundle, 'files'))
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]).toMatchObject({ outcome: 'failed', error: { code: 'NOT_A_REGULAR_FILE' } })
  })

  it('that is a hard link is copied, so that nothing outside is shared', async () => {
    const { catalog, bundle, put } = await createWorld([GOOD])
    const path = join(bundle, 'files/good/good.gguf')
    rmSync(path)
    const outside = put('elsewhere/model.gguf', WREN)
    linkSync(outside, path)
    await importBundle(catalog, bundle)
    writeFileSync(outside, 'changed')
    expect(readFileSync((await catalog.resolve('good')).path)).toEqual(Buffer.from(WREN))
  })

  it('cannot take the place of a file that no model names', async () => {
    const { catalog, bundle, put } = await createWorld([GOOD])
    const mine = put('models/good.gguf', Buffer.alloc(WREN.length, 7))
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]).toMatchObject({ outcome: 'failed', error: { code: 'IO' } })
    expect(readFileSync(mine)).toEqual(Buffer.alloc(WREN.length, 7))
    expect(await catalog.list()).toEqual([])
  })

  it('cannot take the place of the file of another model', async () => {
    const { catalog, bundle, put } = await createWorld([GOOD])
    const finch = sampleGguf('finch')
    put('models/good.gguf', finch)
    await catalog.register({ id: 'mine', source: 'hf:acme/mine', file: 'good.gguf' })
    await catalog.verify('mine')
    const { results } = await importBundle(catalog, bundle)
    expect(results[0]).toMatchObject({ outcome: 'failed', error: { code: 'ALREADY_EXISTS' } })
    expect(readFileSync((await catalog.resolve('mine')).path)).toEqual(Buffer.from(finch))
  })
})
