import { sampleDigest } from '@catalog/testkit'
import type { EntryContent, ModelFile, RegistrationInput, Sha256Digest } from '@catalog/types'
import { expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const other = sampleDigest(2)
const A: ModelFile = { path: 'a.bin', digest: right, sizeBytes: 1024 }
const B: ModelFile = { path: 'b.bin' }
const COMPLETE_B: ModelFile = { ...B, digest: right, sizeBytes: 1024 }
const PARTIALS = ['a.bin', 'b.bin'].map((path) => `/models/m.partial/.parts/${path}.partial`)

/** The digest of the whole set. */
function digestOf({ files }: TestCatalog): Sha256Digest {
  return files.digestManifest([A, COMPLETE_B].map(({ path }) => ({ path, digest: right })))
}

/** Finishes a download whose entry is changed after its files were synced, and before anything of them is read or moved. */
async function finishChanged(
  fields: (opened: TestCatalog) => Partial<EntryContent>,
  declare: (opened: TestCatalog) => Partial<RegistrationInput> = () => ({}),
): Promise<unknown[]> {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files } = opened
  await catalog.register({ id: 'm', source: 'x', files: [A, B], ...declare(opened) })
  await catalog.downloads.begin('m')
  for (const path of PARTIALS) files.put(path, right)
  const syncFile = files.syncFile.bind(files)
  files.syncFile = async (path) => {
    await syncFile(path)
    if (path === PARTIALS[1]) await edit(opened.other, 'm', fields(opened))
  }
  const code = await catalog.downloads.finish('m').catch((error) => error.code)
  const { state, quarantine } = (await catalog.get('m')) ?? {}
  return [
    typeof code === 'string' ? code : undefined,
    state,
    quarantine,
    PARTIALS.map((path) => files.has(path)),
  ]
}

it('a set whose digests and sizes another node completed before its files are read is finished', async () => {
  const finished = await finishChanged((opened) => ({ digest: digestOf(opened), files: [A, COMPLETE_B] }))
  expect(finished).toEqual([undefined, 'Active', undefined, [false, false]])
})

it('so is one that declares the digest of the whole, if only its files gain theirs', async () => {
  const finished = await finishChanged(
    () => ({ files: [A, COMPLETE_B] }),
    (opened) => ({ digest: digestOf(opened) }),
  )
  expect(finished).toEqual([undefined, 'Active', undefined, [false, false]])
})

it.each<[string, Partial<EntryContent>]>([
  ['another digest of a file', { files: [{ ...A, digest: other }, COMPLETE_B] }],
  ['another size of a file', { files: [{ ...A, sizeBytes: 7 }, COMPLETE_B] }],
  ['another file', { files: [A, { ...COMPLETE_B, path: 'c.bin' }] }],
  ['one file more', { files: [A, COMPLETE_B, { ...COMPLETE_B, path: 'c.bin' }] }],
  ['one file less', { files: [A] }],
])(
  'a set that comes to have %s before its files are read ends as a CONFLICT with its files untouched',
  async (_, fields) => {
    expect(await finishChanged(() => ({ digest: other, ...fields }))).toEqual([
      'CONFLICT',
      'Pending',
      undefined,
      [true, true],
    ])
  },
)

it('a model whose declared digest becomes another before its file is read keeps the partial file', async () => {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files } = opened
  await catalog.register({ id: 'm', source: 'x', digest: right })
  await catalog.downloads.begin('m')
  const partial = '/models/m.gguf.partial'
  files.put(partial, right)
  const syncFile = files.syncFile.bind(files)
  files.syncFile = async (path) => {
    await syncFile(path)
    await edit(opened.other, 'm', { digest: other })
  }
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(files.has(partial)).toBe(true)
})
