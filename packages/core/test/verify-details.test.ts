import { type FakeFiles, sampleDigest, sampleEvidence } from '@catalog/testkit'
import { CatalogError, type LookResult, type WrongFile } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { dropEntry, edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const PATH = '/models/m.gguf'
const IO = new CatalogError('IO', 'read failed: EIO', { operation: 'read', path: PATH, errno: 'EIO' })

async function openModel(fields: object = { digest: right }): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a' })
  await opened.catalog.register({ id: 'm', source: 'x', ...fields })
  return opened
}

/** What the verifier is asked about wrong files. */
function recordDiagnoses(files: FakeFiles): WrongFile[] {
  const asked: WrongFile[] = []
  files.diagnoseFile = async (_, known) => {
    asked.push(known)
    return []
  }
  return asked
}

describe('the diagnosis of a wrong file', () => {
  it('knows what was expected, what was found, which model has it, and what was found before', async () => {
    const { catalog, files } = await openModel({ digest: right, sizeBytes: 1024 })
    await catalog.register({ id: 'n', source: 'x', digest: wrong })
    const asked = recordDiagnoses(files)
    const expected = { expectedDigest: right, expectedSizeBytes: 1024, followSymlink: false }
    files.put(PATH, wrong, 7)
    await catalog.verify('m').catch(() => undefined)
    files.put(PATH, wrong)
    await catalog.verify('m').catch(() => undefined)
    await catalog.verify('m').catch(() => undefined)
    const unread = {
      ...expected,
      foundDigest: undefined,
      knownDigests: undefined,
      previousFoundDigest: undefined,
    }
    const read = { ...unread, foundDigest: wrong, knownDigests: new Map([[wrong, 'n']]) }
    expect(asked).toEqual([unread, read, { ...read, previousFoundDigest: wrong }])
  })

  it.each<[string, () => Promise<never[]>]>([
    ['finds nothing', async () => []],
    ['cannot read the file', () => Promise.reject(IO)],
  ])('is absent if it %s', async (_, diagnose) => {
    const { catalog, files } = await openModel()
    files.put(PATH, wrong)
    files.diagnoseFile = diagnose
    const error = await catalog.verify('m').catch((each) => each)
    expect(error).toMatchObject({ code: 'DIGEST_MISMATCH', details: { expected: right, found: wrong } })
    expect(error.details).not.toHaveProperty('diagnosis')
    expect((await catalog.get('m'))?.failure).not.toHaveProperty('diagnosis')
  })

  it('hides no fault of the program', async () => {
    const { catalog, files } = await openModel()
    files.put(PATH, wrong)
    files.diagnoseFile = () => Promise.reject(new TypeError('a fault'))
    await expect(catalog.verify('m')).rejects.toThrow('a fault')
  })

  it('is not asked for after a first look has told, or of files that are only wrong together', async () => {
    const { catalog, files } = await openModel({})
    const asked = recordDiagnoses(files)
    files.put(PATH, wrong)
    files.refusals.set(PATH, [{ kind: 'html-page', text: 'a page' }])
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL' })
    await catalog.register({ id: 's', source: 'x', files: [{ path: 'a' }, { path: 'b' }], digest: right })
    for (const path of ['a', 'b']) files.put(`/models/s/${path}`, wrong)
    await expect(catalog.verify('s')).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { path: '/models/s', expected: right },
    })
    expect(asked).toEqual([])
  })
})

it('the first look knows each file by the name that the entry states, and whether it is one of many', async () => {
  const { catalog, files } = await openModel({ file: 'sub/m.gguf' })
  await catalog.update('m', { digest: null })
  await catalog.register({ id: 's', source: 'x', files: [{ path: 'a.json' }] })
  const looks: unknown[] = []
  files.takeFirstLook = async (path, look): Promise<LookResult> => {
    looks.push([path, look])
    return { refusals: [], notes: [] }
  }
  const paths = ['/models/sub/m.gguf', '/else/n.gguf', '/models/s/a.json'] as const
  for (const path of paths) files.put(path, right)
  await catalog.verify('m')
  await catalog.verify('m', paths[1])
  await catalog.verify('s')
  expect(looks).toMatchObject([
    [paths[0], { name: 'sub/m.gguf', isPart: false, followSymlink: false }],
    [paths[1], { name: paths[1], isPart: false, followSymlink: false }],
    [paths[2], { name: 'a.json', isPart: true, followSymlink: false }],
  ])
})

it('facts and the shards of an index are read by the rules of the model for links, and until it is cancelled', async () => {
  const { catalog, files } = await openModel({ files: [{ path: 'a.json' }] })
  const { signal } = new AbortController()
  const asked: unknown[] = []
  files.readFacts = async (_, options?: object) => {
    asked.push(options)
    return undefined
  }
  files.findIndexedShards = async (_, options?: object) => {
    asked.push(options)
    return []
  }
  files.put('/models/m/a.json', right)
  await catalog.verify('m', undefined, { signal })
  expect(asked).toEqual([{ followSymlink: false }, { followSymlink: false, signal }])
})

it('a wrong file is named by the root in which it was found', async () => {
  const { catalog, files } = await openModel()
  const inArchive = '/archive/m.gguf'
  files.put(inArchive, wrong)
  files.pathsOf = () => [PATH, inArchive]
  files.locate = async (references) => references.map(() => inArchive)
  await expect(catalog.verify('m')).rejects.toMatchObject({ details: { path: inArchive } })
  expect(await catalog.get('m')).toMatchObject({ failure: { path: inArchive } })
})

it('the volumes of the files that were read are looked for by their anchors', async () => {
  const { catalog, files } = await openModel()
  files.put(PATH, right)
  const asked: unknown[] = []
  const find = files.volumes.find.bind(files.volumes)
  files.volumes.find = (dev: string, anchors?: readonly string[]) => {
    asked.push(anchors)
    return find(dev)
  }
  await catalog.verify('m')
  files.volumes.present = []
  await catalog.verify('m')
  const read = asked.filter((anchors) => anchors !== undefined)
  expect(read).toEqual([['/volume-1/anchor'], []])
})

it.each([
  ['caller', 'a caller declared the digest of each file', { digest: right }],
  ['computed', 'no digest of a file was declared', {}],
])('the digest of a set is of the origin %s if %s', async (digestOrigin, _, declared) => {
  const { catalog, files } = await openModel({
    files: [
      { path: 'a', digest: right },
      { path: 'b', ...declared },
    ],
  })
  for (const path of ['a', 'b']) files.put(`/models/m/${path}`, right)
  expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digestOrigin })
  expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digestOrigin })
})

it('the digest of a set is of the origin name if the name of a file states what no caller declared', async () => {
  const stated = `blobs/sha256-${right}`
  const { catalog, files } = await openModel({ files: [{ path: 'a', digest: right }, { path: stated }] })
  for (const path of ['a', stated]) files.put(`/models/m/${path}`, right)
  expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digestOrigin: 'name' })
})

describe('what an older version kept by the name of the machine', () => {
  it.each([
    [right, 'Active'],
    [wrong, 'Failed'],
  ])('is replaced by a verification of %s, and what names a volume is not', async (digest, state) => {
    const { catalog, files, other } = await openModel()
    const { volume: _volume, ...old } = { ...sampleEvidence(sampleDigest(9)), outcome: 'mismatch' as const }
    const evidence = { 'node-1': old, 'node-2': old, 'volume-7': { ...old, volume: 'volume-7' } }
    await edit(other, 'm', { evidence })
    files.put(PATH, digest)
    await catalog.verify('m').catch(() => undefined)
    const entry = await catalog.get('m')
    expect(entry?.state).toBe(state)
    expect(Object.keys(entry?.evidence ?? {}).sort()).toEqual(['node-2', 'volume-1', 'volume-7'])
  })
})

describe('a recorded verification', () => {
  it('takes as long as it took, however long the program has run before', async () => {
    const { catalog, files } = await openModel()
    files.put(PATH, right)
    for (let n = 0; n < 3; n += 1) await catalog.verify('m')
    const durations = (await catalog.history.of('m')).flatMap(
      (change) => change.verification?.durationMs ?? [],
    )
    expect(durations).toHaveLength(3)
    expect(new Set(durations.slice(1)).size).toBe(1)
    expect((await catalog.get('m'))?.evidence?.['volume-1']?.durationMs).toBe(12.5)
  })

  it('of a set lasts from before the first file was looked at until all were read', async () => {
    const { catalog, files } = await openModel({ files: [{ path: 'a' }, { path: 'b' }] })
    for (const path of ['a', 'b']) files.put(`/models/m/${path}`, right)
    await catalog.verify('m')
    const again = await catalog.verify('m')
    const [first] = (await catalog.history.of('m')).flatMap((change) => change.verification ?? [])
    const durationMs = again.evidence?.['volume-1']?.durationMs ?? 0
    expect(durationMs).toBeGreaterThan(0)
    expect(durationMs).toBeLessThanOrEqual(first?.durationMs ?? 0)
  })

  it('is not made of an attempt that read nothing of an entry that changed', async () => {
    const opened = await openModel({ digest: right, sizeBytes: 9 })
    const { catalog, files, other } = opened
    files.put(PATH, right, 7)
    const statFile = files.statFile.bind(files)
    files.statFile = async (...args) => {
      await edit(other, 'm', { digest: wrong })
      return await statFile(...args)
    }
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await catalog.history.changes()).map(({ operation }) => operation)).toEqual(['register', 'edit'])
  })

  it.each([
    ['the verifier was closed', new CatalogError('CLOSED', 'closed', { what: 'verifier' })],
    ['the program has a fault', new TypeError('a fault')],
  ])('is not made if %s', async (_, error) => {
    const { catalog, files } = await openModel()
    files.put(PATH, right)
    files.duringRead = () => Promise.reject(error)
    await expect(catalog.verify('m')).rejects.toBe(error)
    expect(await catalog.history.changes()).toHaveLength(1)
  })

  it('is not made of a file if it was the store that could not be written', async () => {
    const { catalog, files, store } = await openModel()
    files.put(PATH, right)
    const details = { operation: 'write', errno: 'EIO', outcome: 'none' } as const
    store.beforeNextCommit(() => Promise.reject(new CatalogError('IO', 'write failed', details)))
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'IO' })
    expect(await catalog.history.changes()).toHaveLength(1)
  })

  it('is made once if the store cannot be read after its verdict was recorded', async () => {
    const { catalog, files, store } = await openModel()
    files.put('/else/m.gguf', right)
    const commit = store.commit.bind(store)
    store.commit = async (commits) => {
      const outcomes = await commit(commits)
      store.list = () => Promise.reject(IO)
      return outcomes
    }
    await expect(catalog.verify('m', '/else/m.gguf')).rejects.toMatchObject({ code: 'IO' })
    const { verifications } = await catalog.history.totals()
    expect(verifications).toEqual({ success: 1, failure: 0, unreadable: 0, superseded: 0 })
  })
})

describe('a verification during which the catalog changes', () => {
  it('counts if the model was changed, and another model was removed', async () => {
    const { catalog, files, other } = await openModel()
    await catalog.register({ id: 'n', source: 'x' })
    await catalog.update('n', { tags: ['a'] })
    await catalog.update('n', { tags: ['b'] })
    files.put(PATH, right)
    files.duringRead = async () => {
      await edit(other, 'm', { tags: ['t'] })
      await dropEntry(other, 'n')
    }
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active', tags: ['t'] })
  })

  it('counts if the entry came to refer to the file that is read for it', async () => {
    const { catalog, files, other } = await openModel()
    files.put('/else/m.gguf', right)
    files.duringRead = () => edit(other, 'm', { location: '/else/m.gguf' })
    expect(await catalog.verify('m', '/else/m.gguf')).toMatchObject({ state: 'Active' })
  })

  it('rejects if the history cannot be read that tells of it', async () => {
    const { catalog, files, other, store } = await openModel()
    files.put(PATH, right)
    files.duringRead = async () => {
      await edit(other, 'm', { tags: ['t'] })
      store.changes = () => Promise.reject(IO)
    }
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'IO' })
  })
})

describe('a verification of a model at its own path', () => {
  it('is not refused because an edit gave another model that path', async () => {
    const { catalog, files, other } = await openModel({})
    await catalog.register({ id: 'n', source: 'x', digest: wrong, file: 'n.gguf' })
    await edit(other, 'n', { file: 'm.gguf' })
    files.put(PATH, right)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digest: right })
  })

  it('is not refused because another model has the name that its id makes', async () => {
    const { catalog, files } = await openModel({ digest: right, file: 'x.gguf' })
    await catalog.register({ id: 'n', source: 'x', digest: wrong, file: 'm.gguf' })
    files.put('/models/x.gguf', right)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  })
})
