import { FakeFiles, sampleDigest, sampleVolume } from '@catalog/testkit'
import { CatalogError, type ModelFile } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { CatalogContext } from '../src/context/catalog-ports.ts'
import { LostDigests } from '../src/upkeep/survey/lost-digests.ts'
import { createLossCheck, StrayIndex } from '../src/upkeep/survey/moved-files.ts'
import { findRecordedFailure } from '../src/upkeep/survey/recorded-failure.ts'
import type { NamedFile, Survey } from '../src/upkeep/survey/survey.ts'
import { entryOf, fingerprintOf, foundFile, namedFile } from './named-file.ts'
import { edit, openTestCatalog } from './test-catalog.ts'

function surveyOf(...files: readonly NamedFile[]): Survey {
  const named = new Map(files.map((file) => [{ ...file.entry }, [file]]))
  const none = { entries: [], files: new Map(), unreadable: [] }
  return { ...none, named, owners: new Map(), ownersOfInode: new Map() }
}

const toPart = (path: string, ino: string): Partial<NamedFile> => ({
  part: { path },
  known: fingerprintOf(ino),
})

describe('where the files of a model are now', () => {
  it('is the name that its file has, by its inode and size, or by its size and time', () => {
    const same = foundFile('new.gguf', fingerprintOf('7'))
    expect(new StrayIndex([same]).findMoved([namedFile()])).toEqual({ to: 'new.gguf', found: [same] })
    const copy = foundFile('new.gguf', { ...fingerprintOf('7'), ino: '8' })
    expect(new StrayIndex([copy]).findMoved([namedFile()])).toEqual({ to: 'new.gguf', found: [copy] })
  })

  it.each<[string, Partial<NamedFile>, string]>([
    ['it was never read', { known: undefined }, 'new.gguf'],
    ['it is in its place', { sight: { kind: 'file', fingerprint: fingerprintOf('7') } }, 'new.gguf'],
    ['something else is in its place', { sight: { kind: 'special', text: 'a FIFO' } }, 'new.gguf'],
    ['no plan can carry the name', {}, 'new\u0007.gguf'],
  ])('is not known if %s', (_, fields, name) => {
    const index = new StrayIndex([foundFile(name, fingerprintOf('7'))])
    expect(index.findMoved([namedFile(fields)])).toBeUndefined()
  })

  it('is not known of a model without files', () => {
    expect(new StrayIndex([]).findMoved([])).toBeUndefined()
  })

  it.each([
    ['n', 'n/x.gguf', 'n/sub/y.gguf'],
    [undefined, 'n/x.gguf', 'o/sub/y.gguf'],
    [undefined, 'n/z.gguf', 'n/sub/y.gguf'],
    [undefined, 'n/zx.gguf', 'n/sub/y.gguf'],
    [undefined, 'n/x.gguf', 'n/y.gguf'],
  ])('is the directory %s for its files at %s and %s', (to, first, second) => {
    const strays = [foundFile(first, fingerprintOf('7')), foundFile(second, fingerprintOf('8'))]
    const files = [namedFile(toPart('x.gguf', '7')), namedFile(toPart('sub/y.gguf', '8'))]
    expect(new StrayIndex(strays).findMoved(files)?.to).toBe(to)
  })
})

describe('a file that a model may be missing', () => {
  const isMissed = (file: NamedFile, ino = '7'): boolean =>
    createLossCheck(surveyOf(file))(foundFile('x', { ...fingerprintOf('7'), ino }))

  it('is the very file, and a copy of the same size and time', () => {
    expect([isMissed(namedFile()), isMissed(namedFile(), '8')]).toEqual([true, true])
  })

  it('is none if the model has its file, was never verified, or was wrong', () => {
    const present = namedFile({ sight: { kind: 'file', fingerprint: fingerprintOf('7') } })
    const files = [
      present,
      namedFile({ known: undefined }),
      namedFile({ entry: entryOf({ state: 'Failed' }) }),
    ]
    expect(files.map((file) => isMissed(file))).toEqual([false, false, false])
  })
})

describe('a file with the digest of a lost one', () => {
  const GOOD = sampleDigest(1)

  /** What comes of comparing files of these sizes, and how many of them are read. */
  async function compare(
    lost: NamedFile,
    sizes: readonly number[],
    maxBytes = 100,
    files: FakeFiles = new FakeFiles(),
  ): Promise<readonly [kinds: readonly string[], read: number]> {
    const context: Pick<CatalogContext, 'verifier'> = { verifier: files }
    const digests = new LostDigests(context as CatalogContext, surveyOf(lost), maxBytes)
    const kinds: string[] = []
    for (const [index, size] of sizes.entries()) {
      const path = `/models/${index}`
      files.put(path, GOOD, size)
      kinds.push((await digests.compare(foundFile(`${index}`, files.readFingerprint(path)))).kind)
    }
    return [kinds, files.read.length]
  }

  const partOf = (fields: Partial<ModelFile>): ModelFile => ({ path: 'x', ...fields })

  it('is looked for within the budget, to its last byte', async () => {
    const lost = namedFile({ known: undefined })
    expect(await compare(lost, [7, 5, 4, 3], 10)).toEqual([['lost', 'unknown', 'unknown', 'lost'], 2])
  })

  it('is not known if it cannot be read, and any other error is passed on', async () => {
    const files = new FakeFiles()
    files.duringRead = () => Promise.reject(new CatalogError('IO', 'bad sector', { operation: 'read' }))
    expect(await compare(namedFile(), [5], 100, files)).toEqual([['unknown'], 1])
    files.duringRead = () => Promise.reject(new Error('unexpected'))
    await expect(compare(namedFile(), [5], 100, files)).rejects.toThrow('unexpected')
  })

  it.each<[string, NamedFile, readonly string[]]>([
    ['of the size that was read', namedFile(), ['lost', 'none']],
    ['of the declared size', namedFile({ entry: entryOf({ sizeBytes: 7 }) }), ['none', 'lost']],
    ['of any size if it was never read', namedFile({ known: undefined }), ['lost', 'lost']],
    ['of any size if what was read was wrong', namedFile({}, 'mismatch'), ['lost', 'lost']],
    [
      'of the size and the digest of one of several files',
      namedFile({
        part: partOf({ digest: GOOD, sizeBytes: 7 }),
        entry: entryOf({ digest: null, sizeBytes: 5 }),
      }),
      ['none', 'lost'],
    ],
  ])('is read %s', async (_, lost, kinds) => {
    const [found, read] = await compare(lost, [5, 7])
    expect(found).toEqual(kinds)
    expect(read).toBe(kinds.filter((kind) => kind === 'lost').length)
  })

  it.each<[string, NamedFile]>([
    ['is there', namedFile({ sight: { kind: 'file', fingerprint: fingerprintOf('7') } })],
    ['has no known digest', namedFile({ entry: entryOf({ digest: null }) })],
    ['is one of several and has no digest of its own', namedFile({ part: partOf({}) })],
  ])('is not looked for if the file %s', async (_, file) => {
    expect(await compare(file, [5, 7])).toEqual([['none', 'none'], 0])
  })
})

describe('what is on record against the files of a model', () => {
  const sized = (path: string, ino: string, sizeBytes: number): NamedFile => {
    const fingerprint = fingerprintOf(ino, sizeBytes)
    return namedFile({ path, sight: { kind: 'file', fingerprint }, known: fingerprint }, 'mismatch')
  }
  const [first, second] = [sized('/models/m/x', '1', 5), sized('/models/m/y', '2', 7)]
  const match = { ...second, own: namedFile().own }
  const sizeOf = (path: string, found: string) => {
    const failure = { reason: 'size-mismatch' as const, path, expected: '9', found }
    return entryOf({
      state: 'Failed',
      failure: { ...failure, node: 'n', at: '2025-10-01T00:00:00.000Z', diagnosis: [] },
    })
  }

  it.each([
    ['/models/m/x', '5', 'SIZE_MISMATCH'],
    ['/models/m/y', '7', 'SIZE_MISMATCH'],
    ['/models/m', '12', 'SIZE_MISMATCH'],
    ['/models/m/x', '7', undefined],
    ['/models/m', '5', undefined],
    ['/models/m/z', '5', undefined],
  ])('is the size of %s, %s bytes: %s', (path, found, code) => {
    expect(findRecordedFailure(sizeOf(path, found), [first, match])).toBe(code)
  })

  it('counts a missing file as one of no bytes', () => {
    expect(findRecordedFailure(sizeOf('/models/m', '5'), [first, namedFile()])).toBe('SIZE_MISMATCH')
  })

  it('is that their bytes are wrong if all of them are as they were read', () => {
    expect(findRecordedFailure(entryOf({ state: 'Failed' }), [first, second])).toBe('DIGEST_MISMATCH')
    const changed = { ...second, known: fingerprintOf('3', 7) }
    expect(findRecordedFailure(entryOf({ state: 'Failed' }), [first, changed])).toBeUndefined()
  })
})

it('a file of a set whose first file is gone is compared with what was read on its own volume', async () => {
  const { catalog, files, other } = await openTestCatalog()
  const parts = ['a.bin', 'b.bin'].map((path) => ({ path }))
  for (const { path } of parts) files.put(`/models/m/${path}`, sampleDigest(1))
  await catalog.register({ id: 'm', source: 'x', files: parts })
  const { evidence = {} } = await catalog.verify('m')
  const own = evidence['volume-1']
  if (own === undefined) throw new Error('there must be evidence')
  const earlier = { ...own, at: '2025-09-30T00:00:00.000Z' }
  const elsewhere = { ...own, volume: 'volume-2', anchor: '/volume-2/anchor' }
  await edit(other, 'm', { evidence: { 'volume-1': earlier, 'volume-2': elsewhere } })
  files.volumes.present = [sampleVolume(), sampleVolume({ id: 'volume-2', dev: '2050' })]
  files.delete('/models/m/a.bin')
  const { findings } = await catalog.upkeep.doctor()
  expect(findings.map(({ kind, path }) => [kind, path])).toEqual([['missing', '/models/m/a.bin']])
})
