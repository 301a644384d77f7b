import { getEventListeners } from 'node:events'
import { sampleDigest } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const PATH = '/models/m.gguf'
const PARTIAL = `${PATH}.partial`
const START = { resume: false, fromByte: 0, resumeFrom: undefined, reason: 'no-file' }

async function openVerified(policy = {}): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a', policy })
  opened.files.put(PATH, right)
  await opened.catalog.register({ id: 'm', source: 'x', digest: right })
  await opened.catalog.verify('m')
  return opened
}

describe('a begun download', () => {
  it('of one file says all that a provisioner needs, and nothing of a manifest', async () => {
    const { catalog } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', digest: right })
    const begun = await catalog.downloads.begin('m')
    expect(begun).toStrictEqual({
      needed: true,
      id: 'm',
      entry: await catalog.get('m'),
      holder: 'a',
      until: '2025-10-01T00:10:00.000Z',
      files: [
        {
          path: PATH,
          partialPath: PARTIAL,
          isPresent: false,
          start: { ...START, detail: `${PARTIAL}: no-file` },
        },
      ],
    })
  })

  it('of many files says which each of them is', async () => {
    const { catalog } = await openTestCatalog({ holder: 'a' })
    const parts = [{ path: 'a.bin', digest: right }, { path: 'b.bin' }]
    await catalog.register({ id: 'm', source: 'x', files: parts })
    expect(await catalog.downloads.begin('m')).toMatchObject({ files: parts.map((part) => ({ part })) })
  })

  it('of a Pending model whose files are in order finds them present, and finish reads them', async () => {
    const { catalog, files, other } = await openVerified()
    await edit(other, 'm', { state: 'Pending' })
    const begun = await catalog.downloads.begin('m')
    expect(begun).toMatchObject({ needed: true, files: [{ isPresent: true }] })
    files.read.length = 0
    expect(await catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
    expect(files.read).toEqual([PATH])
    expect((await catalog.history.of('m')).map(({ operation }) => operation)).toEqual([
      ...['register', 'verify', 'edit', 'begin-download', 'renew-download', 'finish-download'],
    ])
  })

  it('does not write where the files of the model may be links', async () => {
    const { catalog } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', location: '/hub/m', linksInto: '/hub/blobs' })
    await expect(catalog.downloads.begin('m', { inPlace: true })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'linksInto' }] },
    })
  })

  it('keeps the evidence of a file of which only the ctime changed', async () => {
    const { catalog, files } = await openVerified()
    const { evidence } = (await catalog.get('m')) ?? {}
    files.touchMode(PATH)
    const begun = await catalog.downloads.begin('m')
    expect(begun).toMatchObject({ needed: true, entry: { state: 'Active', evidence } })
  })
})

describe('a finished download', () => {
  it('leaves a model Pending whose digest a policy does not trust', async () => {
    const { catalog, files } = await openTestCatalog({
      holder: 'a',
      policy: { requireDeclaredDigest: true },
    })
    await catalog.register({ id: 'm', source: 'x' })
    await catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    const entry = await catalog.downloads.finish('m')
    expect(entry).toMatchObject({ state: 'Pending', digest: right, digestOrigin: 'computed' })
  })

  it('makes a Pending model Failed whose right files are in another root, if what was downloaded is wrong', async () => {
    const { catalog, files, other } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', digest: right })
    await catalog.downloads.begin('m')
    files.put(PARTIAL, wrong)
    const inArchive = '/archive/m.gguf'
    files.put(inArchive, right)
    files.pathsOf = () => [PATH, inArchive]
    files.locate = async (references) => references.map(() => inArchive)
    await catalog.verify('m')
    await edit(other, 'm', { state: 'Pending' })
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', failure: { found: wrong } })
  })

  it('is recorded as one that could not be read, with who finished it, if its file changes meanwhile', async () => {
    const { catalog, files } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', digest: right })
    await catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    files.duringRead = (path) => files.overwrite(path, wrong)
    await catalog.downloads.finish('m', { actor: 'nightly', reason: 'a test' }).catch(() => undefined)
    expect((await catalog.history.of('m')).at(-1)).toMatchObject({
      id: 'm',
      operation: 'finish-download',
      actor: 'nightly',
      reason: 'a test',
      verification: { outcome: 'unreadable', code: 'FILE_CHANGED' },
    })
  })

  it('accepts what was read if the entry comes to mean that before the verdict is recorded', async () => {
    const { catalog, files, store, other } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', digest: right })
    await catalog.downloads.begin('m')
    files.put(PARTIAL, wrong)
    files.duringRead = () => store.beforeNextCommit(() => edit(other, 'm', { digest: wrong }))
    expect(await catalog.downloads.finish('m')).toMatchObject({ state: 'Active', digest: wrong })
    expect(files.bytesOf(PATH)).toBe(wrong)
  })

  it('names no file as quarantined if the set only lacks a file', async () => {
    const { catalog, files } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', files: [{ path: 'index.json' }] })
    const begun = await catalog.downloads.begin('m')
    for (const { partialPath } of begun.needed ? begun.files : []) files.put(partialPath, right)
    files.indexedShards.set('/models/m.partial/.whole/index.json', ['c.bin'])
    const error = await catalog.downloads.finish('m').catch((each) => each)
    expect(error).toMatchObject({ code: 'NOT_A_MODEL', details: { id: 'm' } })
    expect(error.details).not.toHaveProperty('isQuarantined')
    expect(await catalog.get('m')).not.toHaveProperty('quarantine')
  })

  it('tells of the reading of a file that stood at its name, and lets go of the signal', async () => {
    const { catalog, files } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', digest: right })
    files.put(PATH, right)
    await catalog.downloads.begin('m')
    const { signal } = new AbortController()
    const seen: unknown[] = []
    await catalog.downloads.finish('m', { signal, onProgress: (progress) => seen.push(progress) })
    expect(seen).toEqual([{ doneBytes: 1024, totalBytes: 1024 }])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('does not read a file once its signal was aborted while the file was written to disk at its name', async () => {
    const { catalog, files } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', digest: right })
    await catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    const controller = new AbortController()
    files.syncFile = async (path) => {
      if (path === PATH) controller.abort('enough')
    }
    let isRead = false
    const finishing = catalog.downloads.finish('m', {
      signal: controller.signal,
      onProgress: () => {
        isRead = true
      },
    })
    await expect(finishing).rejects.toBe('enough')
    expect([files.has(PATH), (await catalog.get('m'))?.state]).toEqual([true, 'Pending'])
    expect(isRead).toBe(false)
  })
})
