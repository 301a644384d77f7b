import { type FakeFiles, sampleDigest } from '@catalog/testkit'
import { CatalogError, type ModelEntry } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog, withoutDev } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const DIRECTORY = '/models/m'
const COLLECTING = `${DIRECTORY}.partial`
const PARTS = ['a.bin', 'sub/b.bin'] as const
const pathOf = (part: string): string => `${DIRECTORY}/${part}`
const partialOf = (part: string): string => `${COLLECTING}/.parts/${part}.partial`
const wholeOf = (part: string): string => `${COLLECTING}/.whole/${part}`
const ASIDE = `${COLLECTING}/.parts/a.bin.quarantined-1`

async function register({ catalog }: Pick<TestCatalog, 'catalog'>): Promise<void> {
  const files = PARTS.map((path) => ({ path, digest: right, sizeBytes: 1024 }))
  await catalog.register({ id: 'm', source: 'x', files })
}

/** A model of two files whose directory does not exist, with what was downloaded for it. */
async function openCollected(first = right, second = right): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a' })
  await register(opened)
  await opened.catalog.downloads.begin('m')
  opened.files.put(partialOf(PARTS[0]), first)
  opened.files.put(partialOf(PARTS[1]), second)
  return opened
}

async function pathsOf(files: FakeFiles): Promise<readonly string[]> {
  return (await files.listFiles()).files.map(({ path }) => path)
}

/** Acts when the directory is to get its name, and before it gets it. */
function beforeMove(files: FakeFiles, act: () => unknown): void {
  const moveDirectory = files.moveDirectory.bind(files)
  files.moveDirectory = async (from, to, held) => {
    await act()
    return await moveDirectory(from, to, held)
  }
}

/** Acts once the directory has its name, and nothing is recorded yet. */
function afterMove(files: FakeFiles, act: () => unknown): void {
  const moveDirectory = files.moveDirectory.bind(files)
  files.moveDirectory = async (from, to, held) => {
    const isMoved = await moveDirectory(from, to, held)
    await act()
    return isMoved
  }
}

function assertActive(entry: ModelEntry | undefined, files: FakeFiles): void {
  expect(entry).toMatchObject({ state: 'Active' })
  expect(entry).not.toHaveProperty('download')
  const known = PARTS.map((path) => ({ path, fingerprint: withoutDev(files.readFingerprint(pathOf(path))) }))
  expect(entry?.evidence?.['volume-1']).toMatchObject({ outcome: 'match', files: known })
}

describe('a model of many files whose directory does not exist', () => {
  it('is collected beside that directory', async () => {
    const opened = await openTestCatalog({ holder: 'a' })
    await register(opened)
    expect(await opened.catalog.downloads.begin('m')).toMatchObject({
      entry: { download: { path: COLLECTING } },
      files: PARTS.map((part) => ({ path: pathOf(part), partialPath: partialOf(part), isPresent: false })),
    })
    expect(opened.files.done).toEqual(PARTS.map((part) => `make parent of ${partialOf(part)}`))
  })

  it('is read there, and then gets its directory with all files in it, which nothing changes later', async () => {
    const { catalog, files } = await openCollected()
    files.duringRead = async () => {
      expect(await files.lookAt(DIRECTORY)).toBeUndefined()
      expect((await catalog.get('m'))?.download).not.toHaveProperty('placing')
    }
    let before: unknown
    beforeMove(files, async () => {
      before = PARTS.map((part) => files.readFingerprint(wholeOf(part)))
      expect(await catalog.get('m')).toMatchObject({ state: 'Pending', download: { placing: true } })
    })
    assertActive(await catalog.downloads.finish('m'), files)
    expect(files.read).toEqual(PARTS.map(wholeOf))
    expect(PARTS.map((part) => files.readFingerprint(pathOf(part)))).toEqual(before)
    expect(await catalog.resolve('m')).toMatchObject({ path: DIRECTORY, paths: PARTS.map(pathOf) })
  })

  it('takes nothing but its files to its name, and leaves nothing of its download', async () => {
    const { catalog, files } = await openCollected()
    for (const end of ['checkpoint', 'checkpoint.new', 'etag'])
      files.put(`${partialOf(PARTS[0])}.${end}`, sampleDigest(3))
    await catalog.downloads.finish('m')
    expect(await pathsOf(files)).toEqual(PARTS.map(pathOf))
    const removed = files.done.filter((done) => done.startsWith('remove directory'))
    expect(removed.at(-1)).toBe(`remove directory ${COLLECTING}`)
  })

  it('leaves what an earlier manifest has left among the whole files out of its directory', async () => {
    const { catalog, files } = await openCollected()
    const stray = `${COLLECTING}/.whole/earlier.safetensors`
    files.put(stray, wrong)
    assertActive(await catalog.downloads.finish('m'), files)
    expect(await pathsOf(files)).toEqual([stray, ...PARTS.map(pathOf)].sort())
  })

  it('leaves what a program keeps beside a partial file where it is, and no upkeep takes that', async () => {
    const { catalog, files, clock } = await openCollected()
    const control = `${partialOf(PARTS[0])}.aria2`
    files.put(control, sampleDigest(3))
    await catalog.downloads.finish('m')
    expect(await pathsOf(files)).toEqual([control, ...PARTS.map(pathOf)].sort())
    clock.advance(48 * 3_600_000)
    await catalog.upkeep.apply(await catalog.upkeep.collect({ orphans: ['**'] }))
    expect(files.has(control)).toBe(true)
  })
})

describe('unread bytes are not served', () => {
  it('if they are written between the reading and the name', async () => {
    const { catalog, files } = await openCollected()
    beforeMove(files, () => files.overwriteUnseen(wholeOf(PARTS[1]), wrong))
    const changed = { code: 'FILE_CHANGED', details: { path: pathOf(PARTS[1]), changed: ['ctimeNs'] } }
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject(changed)
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
  })

  it('if they are written between the name and the record', async () => {
    const { catalog, files } = await openCollected()
    afterMove(files, () => files.overwriteUnseen(pathOf(PARTS[0]), wrong))
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    // From there on the files are at their names.
    expect(await catalog.downloads.begin('m')).toMatchObject({
      files: PARTS.map(() => ({ isPresent: true })),
    })
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { path: `${pathOf(PARTS[0])}.quarantined-1` },
    })
  })

  it('nor collected, and doctor tells of them, if the process ends between the name and the record', async () => {
    const { catalog, files, clock } = await openCollected()
    afterMove(files, () => Promise.reject(new Error('crash')))
    await expect(catalog.downloads.finish('m')).rejects.toThrow('crash')
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
    clock.advance(48 * 3_600_000)
    await catalog.upkeep.apply(await catalog.upkeep.collect({ orphans: ['**'] }))
    const plan = await catalog.upkeep.doctor()
    expect(plan.findings).toMatchObject(PARTS.map((part) => ({ kind: 'unverified', path: pathOf(part) })))
    await catalog.upkeep.apply(plan)
    expect(await catalog.resolve('m')).toMatchObject({ path: DIRECTORY })
  })
})

describe('a wrong file', () => {
  it('stays below the collecting directory, beside the right ones, and the model gets no directory', async () => {
    const { catalog, files } = await openCollected(wrong)
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { path: ASIDE, found: wrong, isQuarantined: true },
    })
    expect(await pathsOf(files)).toEqual([ASIDE, wholeOf(PARTS[1])])
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', quarantine: [{ path: ASIDE }] })
    expect(await catalog.downloads.begin('m')).toMatchObject({
      files: [
        { partialPath: partialOf(PARTS[0]), isPresent: false },
        { partialPath: partialOf(PARTS[1]), isPresent: true },
      ],
    })
    files.put(partialOf(PARTS[0]), right)
    assertActive(await catalog.downloads.finish('m'), files)
    expect(await pathsOf(files)).toEqual([ASIDE, ...PARTS.map(pathOf)].sort())
  })

  it('of another size is quarantined from where it was collected', async () => {
    const { catalog, files } = await openCollected()
    files.put(partialOf(PARTS[0]), wrong, 2000)
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({
      code: 'SIZE_MISMATCH',
      details: { path: ASIDE },
    })
    expect(files.done.filter((done) => done.startsWith('move'))).toEqual([
      `move ${partialOf('a.bin')} to ${ASIDE}`,
    ])
  })

  it('gets the directory made in which it is quarantined', async () => {
    const { catalog, files } = await openCollected(wrong)
    for (const part of PARTS) await files.moveFile(partialOf(part), wholeOf(part))
    files.done.length = 0
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ details: { path: ASIDE } })
    expect(files.done).toContain(`make parent of ${ASIDE}`)
  })

  it('makes room for the right one, if the entry came to mean other bytes', async () => {
    const { catalog, files } = await openCollected(wrong)
    files.duringRead = () => Promise.reject(new Error('crash'))
    await expect(catalog.downloads.finish('m')).rejects.toThrow('crash')
    files.duringRead = () => undefined
    files.put(wholeOf(PARTS[0]), sampleDigest(9), 7)
    expect(await catalog.downloads.begin('m')).toMatchObject({
      files: [{ isPresent: false }, { isPresent: true }],
    })
    files.put(partialOf(PARTS[0]), right)
    assertActive(await catalog.downloads.finish('m'), files)
    expect(files.bytesOf(ASIDE)).toBe(sampleDigest(9))
  })
})

describe('a directory that comes to the name meanwhile', () => {
  it.each(['before finish', 'after the reading'])(
    '%s keeps it, and the files get their names in it singly',
    async (when) => {
      const { catalog, files } = await openCollected()
      const other = pathOf('other.txt')
      if (when === 'before finish') files.put(other, sampleDigest(7))
      else beforeMove(files, () => files.put(other, sampleDigest(7)))
      assertActive(await catalog.downloads.finish('m'), files)
      expect(files.read.slice(-2)).toEqual(PARTS.map(pathOf))
      expect(await pathsOf(files)).toEqual([other, ...PARTS.map(pathOf)].sort())
    },
  )

  it('does not make a provisioner begin anew, or take a file for missing that is whole', async () => {
    const { catalog, files } = await openCollected()
    await files.moveFile(partialOf(PARTS[1]), wholeOf(PARTS[1]))
    files.put(pathOf('other.txt'), sampleDigest(7))
    expect(await catalog.downloads.begin('m')).toMatchObject({
      entry: { download: { path: DIRECTORY } },
      files: [{ partialPath: partialOf(PARTS[0]), isPresent: false }, { isPresent: true }],
    })
    assertActive(await catalog.downloads.finish('m'), files)
    expect(await pathsOf(files)).toEqual([pathOf('other.txt'), ...PARTS.map(pathOf)].sort())
  })

  it('keeps a file that stands at a name until the new one was read', async () => {
    const { catalog, files } = await openCollected(wrong)
    files.put(pathOf(PARTS[0]), sampleDigest(8), 99)
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(files.bytesOf(pathOf(PARTS[0]))).toBe(sampleDigest(8))
  })
})

it('files that cannot be moved with their directory get their names singly', async () => {
  const { catalog, files } = await openCollected()
  files.moveDirectory = async () => false
  assertActive(await catalog.downloads.finish('m'), files)
})

it('a directory whose move is refused changes nothing, and the next finish goes on', async () => {
  const { catalog, files } = await openCollected()
  const moveDirectory = files.moveDirectory.bind(files)
  files.moveDirectory = async (from) => {
    const details = { operation: 'rename', path: from, errno: 'EPERM' }
    throw new CatalogError('IO', `rename ${from} failed: EPERM`, details)
  }
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'IO' })
  expect(await pathsOf(files)).toEqual(PARTS.map(wholeOf))
  files.moveDirectory = moveDirectory
  expect(await catalog.downloads.begin('m')).toMatchObject({ files: PARTS.map(() => ({ isPresent: true })) })
  assertActive(await catalog.downloads.finish('m'), files)
})

it('an entry that comes to mean other bytes while its files are read gets no directory', async () => {
  const { catalog, files, other } = await openCollected()
  files.duringRead = (path) => path === wholeOf(PARTS[0]) && edit(other, 'm', { source: 'y' })
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await files.lookAt(DIRECTORY)).toBeUndefined()
})

it('a download that another holder took over while the files were read gives the model no directory', async () => {
  const { catalog, files, other } = await openCollected()
  files.duringRead = async (path) => {
    if (path !== wholeOf(PARTS[0])) return
    const { download } = (await catalog.get('m')) ?? {}
    if (download !== undefined) await edit(other, 'm', { download: { ...download, holder: 'b' } })
  }
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED' })
  expect(await files.lookAt(DIRECTORY)).toBeUndefined()
})

it('two models that share a directory fill it file by file', async () => {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files } = opened
  await register(opened)
  const other = [{ path: 'c.bin', digest: right, sizeBytes: 1024 }]
  await catalog.register({ id: 'n', source: 'x', file: 'm', files: other })
  for (const id of ['m', 'n']) {
    const begun = await catalog.downloads.begin(id)
    for (const { path, partialPath } of begun.needed ? begun.files : []) {
      expect(partialPath).toBe(`${path}.partial`)
      files.put(partialPath, right)
    }
  }
  await catalog.downloads.finish('m')
  await catalog.downloads.finish('n')
  expect(await pathsOf(files)).toEqual(['a.bin', 'c.bin', 'sub/b.bin'].map(pathOf))
})

it('a model is collected in its own directory while a file has the name of the one beside it', async () => {
  const opened = await openTestCatalog({ holder: 'a' })
  await register(opened)
  opened.files.put(COLLECTING, sampleDigest(7))
  expect(await opened.catalog.downloads.begin('m')).toMatchObject({
    files: PARTS.map((part) => ({ partialPath: `${pathOf(part)}.partial` })),
  })
})

it('a partial file that a download began with stays in the directory that it made for it', async () => {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files } = opened
  await register(opened)
  const old = PARTS.map((part) => `${pathOf(part)}.partial`)
  for (const path of old) files.put(path, right)
  expect(await catalog.downloads.begin('m')).toMatchObject({
    files: old.map((partialPath) => ({ partialPath })),
  })
  assertActive(await catalog.downloads.finish('m'), files)
})

it('a model that is registered in place is collected beside its directory there', async () => {
  const { catalog, files } = await openTestCatalog({ holder: 'a' })
  const parts = [{ path: 'sub/b.bin', digest: right, sizeBytes: 1024 }]
  await catalog.register({ id: 'm', source: 'x', location: '/srv/many/', files: parts })
  const begun = await catalog.downloads.begin('m', { inPlace: true })
  const partialPath = '/srv/many.partial/.parts/sub/b.bin.partial'
  expect(begun).toMatchObject({ files: [{ partialPath, isPresent: false }] })
  files.put(partialPath, right)
  await catalog.downloads.finish('m')
  expect(await catalog.resolve('m')).toMatchObject({ paths: ['/srv/many/sub/b.bin'] })
  expect(await files.lookAt('/srv/many.partial')).toBeUndefined()
})

it('a set that lacks a file takes no state from a model that was verified elsewhere meanwhile', async () => {
  const { catalog, files } = await openCollected()
  for (const part of PARTS) {
    await files.moveFile(partialOf(part), wholeOf(part))
    files.put(`/archive/${part}`, right)
  }
  files.indexedShards.set(wholeOf(PARTS[0]), ['c.bin'])
  files.pathsOf = (reference) => [
    files.pathOf(reference),
    files.pathOf(reference).replace('/models/m', '/archive'),
  ]
  files.locate = async (references) =>
    references.map((reference) => files.pathOf(reference).replace('/models/m', '/archive'))
  await catalog.verify('m')
  const refused = await catalog.downloads.finish('m').catch((error: unknown) => error)
  expect([refused, (await catalog.get('m'))?.state]).toEqual([expect.any(CatalogError), 'Active'])
})

describe('upkeep of what was collected', () => {
  it('keeps it while the model lacks its files, tells whose it is, and counts it', async () => {
    const { catalog, files, clock } = await openCollected()
    await files.moveFile(partialOf(PARTS[1]), wholeOf(PARTS[1]))
    clock.advance(48 * 3_600_000)
    await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect(await pathsOf(files)).toEqual([partialOf(PARTS[0]), wholeOf(PARTS[1])])
    const { findings } = await catalog.upkeep.collect()
    expect(findings.map(({ kind, id }) => [kind, id])).toEqual([
      ['partial', 'm'],
      ['partial', 'm'],
    ])
    expect(await catalog.upkeep.stats()).toMatchObject({ partialBytes: 2048 })
  })

  it('removes it with its directories once no model is to have it', async () => {
    const { catalog, files, clock } = await openCollected()
    files.put(`${partialOf(PARTS[0])}.checkpoint`, sampleDigest(3))
    await catalog.downloads.abandon('m')
    await catalog.remove('m')
    clock.advance(48 * 3_600_000)
    await catalog.upkeep.apply(await catalog.upkeep.collect())
    expect(await pathsOf(files)).toEqual([])
    expect(files.done.at(-1)).toBe(`remove directory ${COLLECTING}`)
  })
})
