import { sampleDigest, sampleVolume } from '@catalog/testkit'
import { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const PATH = '/models/deep/m.gguf'

/** A model whose directory does not exist, and the paths whose volume was asked for. */
async function openAsked(
  refuse: (path: string) => Error | undefined,
  fields: object = { file: 'deep/m.gguf' },
): Promise<TestCatalog & { readonly asked: readonly string[] }> {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files } = opened
  await catalog.register({ id: 'm', source: 'x', digest: right, ...fields })
  const asked: string[] = []
  const prepare = files.volumes.prepare.bind(files.volumes)
  files.volumes.prepare = async (path) => {
    asked.push(path)
    const error = refuse(path)
    if (error !== undefined) throw error
    return await prepare(path)
  }
  return { ...opened, asked }
}

function missing(path: string): CatalogError {
  return new CatalogError('FILE_MISSING', `${path} does not exist`, { path })
}

describe('the volume of a download', () => {
  it('is that of the nearest directory that exists', async () => {
    const { catalog, asked } = await openAsked((path) => (path === '/models' ? undefined : missing(path)))
    const begun = await catalog.downloads.begin('m')
    expect(asked).toEqual([PATH, '/models/deep', '/models'])
    expect(begun.entry.download).toMatchObject({ volume: 'volume-1' })
  })

  it('is looked for up to the root, and its absence does not prevent the download', async () => {
    const { catalog, asked } = await openAsked(missing, { location: '/srv/m.gguf' })
    const begun = await catalog.downloads.begin('m', { inPlace: true })
    expect(asked).toEqual(['/srv/m.gguf', '/srv', '/'])
    expect(begun.entry.download).not.toHaveProperty('volume')
  })

  it('is not looked for further up if a directory cannot be examined', async () => {
    const details = { operation: 'stat', path: PATH, errno: 'EACCES' }
    const { catalog, asked } = await openAsked(() => new CatalogError('IO', 'stat failed: EACCES', details))
    const begun = await catalog.downloads.begin('m')
    expect(asked).toEqual([PATH])
    expect(begun.entry.download).not.toHaveProperty('volume')
  })

  it('hides no error that is not of the file system', async () => {
    const { catalog } = await openAsked(() => new TypeError('a fault'))
    await expect(catalog.downloads.begin('m')).rejects.toThrow('a fault')
  })
})

describe('a download on a volume without an anchor', () => {
  it('names no volume, and is the holder’s on its machine alone', async () => {
    const opened = await openTestCatalog({ holder: 'a' })
    const { catalog, files } = opened
    files.volumes.present = []
    await catalog.register({ id: 'm', source: 'x', digest: right })
    const { entry } = await catalog.downloads.begin('m')
    expect(entry.download).not.toHaveProperty('volume')
    expect(await catalog.downloads.renew('m')).toMatchObject({ download: { holder: 'a' } })
    const namesake = await openTestCatalog({ ...opened, holder: 'a', node: 'node-2' })
    await expect(namesake.catalog.downloads.renew('m')).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED' })
    await expect(namesake.catalog.downloads.begin('m')).rejects.toMatchObject({ code: 'IN_USE' })
  })
})

it('a download is the holder’s on a machine that has other volumes too', async () => {
  const { catalog, files, clock } = await openTestCatalog({ holder: 'a' })
  files.volumes.present = [sampleVolume({ id: 'volume-0', dev: '7' }), sampleVolume()]
  await catalog.register({ id: 'm', source: 'x', digest: right })
  await catalog.downloads.begin('m')
  clock.advance(60_000)
  const renewed = await catalog.downloads.renew('m')
  expect(renewed.download).toMatchObject({ volume: 'volume-1', until: '2025-10-01T00:11:00.000Z' })
  const abandoned = await catalog.downloads.abandon('m')
  expect(abandoned).not.toHaveProperty('download')
  expect(await catalog.downloads.abandon('m')).toEqual(abandoned)
})
