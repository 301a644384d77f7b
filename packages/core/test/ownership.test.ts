import { createMemoryBacking, FakeFiles, fixedClock, sampleDigest } from '@catalog/testkit'
import { CatalogError, type RegistrationInput } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { dropEntry, edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const [one, two] = [sampleDigest(1), sampleDigest(2)]
const HOUR_MS = 3_600_000

function model(id: string, more: Partial<RegistrationInput> = {}): RegistrationInput {
  return { id, source: `hf:org/${id}`, digest: one, ...more }
}

/** Two processes of one node with one catalog. */
async function openTwo(): Promise<{ a: TestCatalog; b: TestCatalog; files: FakeFiles }> {
  const shared = { backing: createMemoryBacking(), files: new FakeFiles(), clock: fixedClock() }
  const a = await openTestCatalog({ ...shared, holder: 'a' })
  const b = await openTestCatalog({ ...shared, holder: 'b' })
  return { a, b, files: shared.files }
}

async function openVerified(file: string): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  opened.files.put(`/models/${file}`, one)
  await opened.catalog.register(model('a', { file }))
  await opened.catalog.verify('a')
  return opened
}

describe('registering a path that another model names', () => {
  it.each([
    ['its file', { file: 'x.gguf' }, { file: 'x.gguf', digest: two }],
    ['its file, without a digest', { file: 'x.gguf' }, { file: 'x.gguf', digest: null }],
    ['its file, of which no digest is known', { file: 'x.gguf', digest: null }, { file: 'x.gguf' }],
    ['its file by its location', { file: 'x.gguf', digest: two }, { location: '/models/x.gguf' }],
    ['its location by a file', { location: '/models/d/x.gguf', digest: two }, { file: 'd/x.gguf' }],
    ['its file of the name made from its id', { digest: two }, { file: 'a.gguf' }],
    ['one of its files', { files: [{ path: 'x.gguf' }], digest: null }, { file: 'a/x.gguf' }],
    ['its directory', { files: [{ path: 'x.gguf' }], digest: null }, { file: 'a' }],
    ['the name of its partial file', { file: 'x.gguf' }, { file: 'x.gguf.partial' }],
    ['that of its checkpoint', { file: 'x.gguf' }, { file: 'x.gguf.partial.checkpoint' }],
    ['that of its quarantined file', { file: 'x.gguf' }, { file: 'x.gguf.quarantined-7' }],
    ['a file whose partial file has its name', { file: 'x.gguf.partial' }, { file: 'x.gguf' }],
    ['a file whose ETag has its name', { file: 'x.gguf.partial.etag' }, { file: 'x.gguf' }],
    [
      'a file whose partial file has the name of its directory',
      { file: 'x.partial', files: [{ path: '1' }], digest: null },
      { file: 'x' },
    ],
    [
      'the directory in which its files are collected, as a file',
      { file: 'd', files: [{ path: '1' }], digest: null },
      { file: 'd.partial' },
    ],
    [
      'the directory in which its files are collected, as a directory',
      { file: 'd.partial', files: [{ path: '1' }], digest: null },
      { file: 'd', files: [{ path: '1' }], digest: null },
    ],
  ])('is refused: %s', async (_what, first, second) => {
    const { catalog } = await openTestCatalog()
    await catalog.register(model('a', first))
    const refused = catalog.register(model('b', second))
    await expect(refused).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      details: { id: 'b', existingId: 'a', path: expect.stringContaining('/models/') },
    })
    expect(await catalog.get('b')).toBeUndefined()
  })

  it.each([
    ['one file with one declared digest', {}, { file: 'a.gguf' }],
    [
      'one directory with other files',
      { file: 'd', files: [{ path: '1' }] },
      { file: 'd', files: [{ path: '2' }] },
    ],
    ['names that only begin alike', { file: 'x' }, { file: 'x.gguf.partial2' }],
    [
      'a file with the name of a checkpoint of no file',
      { file: 'd', files: [{ path: '1' }] },
      { file: 'd.partial.checkpoint' },
    ],
  ])('is taken: %s', async (_what, first, second) => {
    const { catalog } = await openTestCatalog()
    await catalog.register(model('a', { ...first, digest: 'files' in first ? null : one }))
    await catalog.register(model('b', { ...second, digest: 'files' in second ? null : one }))
    expect(await catalog.count()).toBe(2)
  })

  it('is refused for a model of many files, with all their names', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(model('a', { file: 'd/77.gguf.partial' }))
    const files = Array.from({ length: 100 }, (_, index) => ({ path: `${index}.gguf` }))
    const refused = catalog.register(model('d', { files, digest: null }))
    await expect(refused).rejects.toMatchObject({ code: 'ALREADY_EXISTS', details: { existingId: 'a' } })
  })

  it('is refused while the record of a quarantined file names it', async () => {
    const { catalog, other } = await openTestCatalog()
    await catalog.register(model('a'))
    const at = '2025-10-01T00:00:00.000Z'
    const path = '/models/old.gguf.quarantined-1'
    await edit(other, 'a', { quarantine: [{ path, node: 'node-1', at, sizeBytes: 1 }] })
    const refused = catalog.register(model('b', { file: 'old.gguf.quarantined-1' }))
    await expect(refused).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })

  it.each(['d.partial/.parts/x.gguf', 'd.partial/.whole/sub/x.gguf'])(
    'is refused where files of a model are collected, also if no model collects there: %s',
    async (file) => {
      const { catalog } = await openTestCatalog()
      const refusal = (field: string): object => ({
        code: 'INVALID_INPUT',
        details: { problems: [{ field }] },
      })
      await expect(catalog.register(model('a', { file }))).rejects.toMatchObject(refusal('file'))
      const inPlace = catalog.register(model('a', { location: `/srv/${file}` }))
      await expect(inPlace).rejects.toMatchObject(refusal('location'))
      await catalog.register(model('a', { file: file.replace('/.', '/') }))
      await expect(catalog.update('a', { file })).rejects.toMatchObject(refusal('file'))
    },
  )

  it('is refused for a model whose files would be collected in the directory that another has by its id', async () => {
    const { catalog } = await openTestCatalog()
    const files = [{ path: '1' }]
    await catalog.register(model('d.partial', { files, digest: null }))
    const refused = catalog.register(model('d', { files, digest: null }))
    await expect(refused).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      details: { existingId: 'd.partial' },
    })
  })

  it('is refused for two files of one model', async () => {
    const { catalog } = await openTestCatalog()
    const files = [{ path: '1.gguf' }, { path: '1.gguf.partial' }]
    const refused = catalog.register(model('a', { files, digest: null }))
    const details = { problems: [{ field: 'files' }] }
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', details })
  })

  it('leaves one of two that two processes register at once', async () => {
    const { a, b } = await openTwo()
    a.store.beforeNextCommit(() => b.catalog.register(model('b', { file: 'x.gguf', digest: two })))
    const late = a.catalog.register(model('a', { file: 'x.gguf' }))
    await expect(late).rejects.toMatchObject({ code: 'ALREADY_EXISTS', details: { existingId: 'b' } })
    expect((await a.catalog.list()).map(({ id }) => id)).toEqual(['b'])
  })

  it.each([
    ['was pruned meanwhile', () => Promise.reject(new CatalogError('INVALID_INPUT', 'x', { problems: [] }))],
    ['does not have it', async () => []],
  ])('is undone if the history that tells who was first %s', async (_, changes) => {
    const { a, b } = await openTwo()
    a.store.beforeNextCommit(() => b.catalog.register(model('b', { file: 'x.gguf', digest: two })))
    a.store.changes = changes
    const late = a.catalog.register(model('a', { file: 'x.gguf' }))
    await expect(late).rejects.toMatchObject({ code: 'ALREADY_EXISTS', details: { existingId: 'b' } })
    expect((await a.catalog.list()).map(({ id }) => id)).toEqual(['b'])
  })

  it('fails if the history that tells who was first cannot be read', async () => {
    const { a, b } = await openTwo()
    a.store.beforeNextCommit(() => b.catalog.register(model('b', { file: 'x.gguf', digest: two })))
    a.store.changes = () => Promise.reject(new CatalogError('IO', 'bad sector', { operation: 'read' }))
    await expect(a.catalog.register(model('a', { file: 'x.gguf' }))).rejects.toMatchObject({ code: 'IO' })
  })

  it('is undone also if others registered what is not in its way after its rival', async () => {
    const { a, b } = await openTwo()
    a.store.beforeNextCommit(async () => {
      await b.catalog.register(model('b', { file: 'x.gguf', digest: two }))
      await b.catalog.register(model('c'))
    })
    const late = a.catalog.register(model('a', { file: 'x.gguf' }))
    await expect(late).rejects.toMatchObject({ code: 'ALREADY_EXISTS', details: { existingId: 'b' } })
    expect((await a.catalog.list()).map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it('leaves the first of many that are registered at once', async () => {
    const { a } = await openTwo()
    const ids = Array.from({ length: 20 }, (_, index) => `m${index}`)
    const all = ids.map((id) => a.catalog.register(model(id, { file: 'x.gguf', digest: null })))
    const outcomes = await Promise.allSettled(all)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await a.catalog.count()).toBe(1)
  })

  it.each<[string, string, (opened: TestCatalog) => Promise<unknown>]>([
    ['was changed', 'ALREADY_EXISTS', ({ other }) => edit(other, 'a', { name: 'changed' })],
    ['was removed', 'ALREADY_EXISTS', ({ other }) => dropEntry(other, 'a')],
    [
      'cannot be undone',
      'NO_SPACE',
      () => Promise.reject(new CatalogError('NO_SPACE', 'full', { path: '/models', outcome: 'none' })),
    ],
  ])('says what it met if the later one %s before it is undone', async (_, code, interfere) => {
    const { a, b } = await openTwo()
    a.store.beforeNextCommit(() => b.catalog.register(model('b', { file: 'x.gguf', digest: two })))
    a.store.beforeNextCommit(() => interfere(a))
    await expect(a.catalog.register(model('a', { file: 'x.gguf' }))).rejects.toMatchObject({ code })
  })
})

describe('changing what a model refers to', () => {
  it('is refused by an update to the path of another model, or to other bytes there', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(model('a'))
    await catalog.register(model('b'))
    const refused = { code: 'ALREADY_EXISTS', details: { id: 'b', existingId: 'a', path: '/models/a.gguf' } }
    await expect(catalog.update('b', { file: 'a.gguf', digest: two })).rejects.toMatchObject(refused)
    await catalog.update('b', { file: 'a.gguf' })
    await expect(catalog.update('b', { digest: two })).rejects.toMatchObject(refused)
    await catalog.update('b', { tags: ['x'] })
  })

  it('is undone where two processes update at once', async () => {
    const { a, b } = await openTwo()
    for (const id of ['a', 'b']) await a.catalog.register(model(id, { digest: null }))
    a.store.beforeNextCommit(() => b.catalog.update('b', { file: 'x.gguf' }))
    await expect(a.catalog.update('a', { file: 'x.gguf' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect((await a.catalog.list()).map(({ file }) => file)).toEqual([undefined, 'x.gguf'])
  })

  it('is undone also if the model itself was changed before its rival', async () => {
    const { a, b } = await openTwo()
    for (const id of ['a', 'b']) await a.catalog.register(model(id, { digest: null }))
    a.store.beforeNextCommit(() => b.catalog.update('a', { tags: ['t'] }))
    a.store.beforeNextCommit(() => b.catalog.update('b', { file: 'x.gguf' }))
    await expect(a.catalog.update('a', { file: 'x.gguf' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect((await a.catalog.list()).map(({ file }) => file)).toEqual([undefined, 'x.gguf'])
    expect(await a.catalog.get('a')).toMatchObject({ tags: ['t'] })
  })

  it('stays if the other model came to name the path only after it', async () => {
    const { a, b } = await openTwo()
    for (const id of ['a', 'b']) await a.catalog.register(model(id, { digest: null }))
    a.store.beforeNextCommit(() => b.catalog.update('b', { tags: ['t'] }))
    const commit = a.store.commit.bind(a.store)
    a.store.commit = async (commits) => {
      const outcomes = await commit(commits)
      // As an older version does, which does not look.
      await edit(b.other, 'b', { file: 'x.gguf' })
      return outcomes
    }
    expect(await a.catalog.update('a', { file: 'x.gguf' })).toMatchObject({ file: 'x.gguf' })
    expect(await b.catalog.get('a')).toMatchObject({ file: 'x.gguf' })
  })

  it('is refused by a verification at the path of another model, before anything is read', async () => {
    const { catalog, files } = await openVerified('a.gguf')
    await catalog.register(model('b', { digest: two }))
    files.read.length = 0
    await expect(catalog.verify('b', '/models/a.gguf')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(files.read).toEqual([])
    await catalog.register(model('c', { digest: null }))
    expect(await catalog.verify('c', '/models/a.gguf')).toMatchObject({ state: 'Active', file: 'a.gguf' })
  })
})

describe('downloads', () => {
  it('are exclusive by path, even for the same holder', async () => {
    const { a, b } = await openTwo()
    await a.catalog.register(model('a'))
    await a.catalog.register(model('b', { file: 'a.gguf' }))
    await a.catalog.downloads.begin('a')
    for (const { catalog } of [a, b]) {
      await expect(catalog.downloads.begin('b')).rejects.toMatchObject({
        code: 'IN_USE',
        details: { id: 'a', users: [{ use: 'download', holder: 'a' }] },
      })
    }
    await a.catalog.downloads.abandon('a')
    expect(await b.catalog.downloads.begin('b')).toMatchObject({ needed: true })
  })

  it('of one path that two processes begin at once leave the first', async () => {
    const { a, b } = await openTwo()
    await a.catalog.register(model('a'))
    await a.catalog.register(model('b', { file: 'a.gguf' }))
    a.store.beforeNextCommit(() => b.catalog.downloads.begin('b'))
    await expect(a.catalog.downloads.begin('a')).rejects.toMatchObject({ code: 'IN_USE' })
    expect((await a.catalog.list()).map(({ download }) => download?.holder)).toEqual([undefined, 'b'])
  })

  it('are neither begun nor finished at a path that an older version or an edit gave to two models', async () => {
    const { catalog, other } = await openVerified('a.gguf')
    await catalog.register(model('b', { digest: two }))
    await catalog.downloads.begin('b')
    await edit(other, 'b', { file: 'a.gguf' })
    await expect(catalog.downloads.finish('b')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await expect(catalog.downloads.begin('b')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await catalog.resolve('a')).toMatchObject({ path: '/models/a.gguf' })
  })

  it.each(['its path', 'another name of it'])(
    'leave the file of a leased model, known by %s',
    async (how) => {
      const { catalog, files, other } = await openVerified('a.gguf')
      await catalog.leases.take('a', { forMs: HOUR_MS, holder: 'server' })
      if (how === 'its path') await catalog.register(model('b', { file: 'a.gguf' }))
      else {
        await catalog.register(model('b', { digest: two, sizeBytes: 7 }))
        files.link('/models/a.gguf', '/models/b.gguf')
      }
      await edit(other, 'b', { state: 'Failed' })
      await catalog.downloads.begin('b')
      files.put('/models/b.gguf.partial', two, 7)
      files.put('/models/a.gguf.partial', one)
      if (how === 'its path') files.rot('/models/a.gguf', two)
      await expect(catalog.downloads.finish('b')).rejects.toMatchObject({
        code: 'IN_USE',
        details: { id: 'a', users: [{ use: 'lease', holder: 'server' }] },
      })
      expect(files.has('/models/a.gguf')).toBe(true)
      expect(files.has('/models/b.gguf')).toBe(how !== 'its path')
    },
  )

  it('quarantine a wrong file under no name of another model', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register(model('a', { file: 'b.gguf.quarantined-1' }))
    await catalog.register(model('b', { digest: two }))
    await catalog.downloads.begin('b')
    files.put('/models/b.gguf.partial', sampleDigest(3))
    const refused = { code: 'DIGEST_MISMATCH', details: { path: '/models/b.gguf.quarantined-2' } }
    await expect(catalog.downloads.finish('b')).rejects.toMatchObject(refused)
  })
})

it('two models that share a file by right keep it until the last is gone', async () => {
  const { catalog, files, clock } = await openVerified('a.gguf')
  await catalog.register(model('b', { file: 'a.gguf' }))
  await catalog.verify('b')
  clock.advance(48 * HOUR_MS)
  const collect = async (): Promise<number> =>
    (await catalog.upkeep.apply(await catalog.upkeep.collect({ orphans: true }))).done.length
  await catalog.setState('a', 'Retired')
  expect(await collect()).toBe(0)
  await catalog.remove('a')
  expect(await collect()).toBe(0)
  await catalog.setState('b', 'Retired')
  expect(await collect()).toBe(1)
  expect(files.has('/models/a.gguf')).toBe(false)
})
