import {
  createMemoryBacking,
  FakeFiles,
  fixedClock,
  sampleDigest,
  sampleEntry,
  sampleEvidence,
  sampleVolume,
} from '@catalog/testkit'
import { CatalogError, type DigestProgress, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant, type TestCatalog, withoutDev } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const PATH = '/models/m.gguf'
const PARTIAL = `${PATH}.partial`
const MINUTE_MS = 60_000

/** Two provisioners on one node, each with its own holder, and a registered model `m`. */
async function openTwo(): Promise<{ a: TestCatalog; b: TestCatalog; files: FakeFiles }> {
  const shared = { backing: createMemoryBacking(), files: new FakeFiles(), clock: fixedClock() }
  const a = await openTestCatalog({ ...shared, holder: 'a' })
  const b = await openTestCatalog({ ...shared, holder: 'b' })
  await a.catalog.register({ id: 'm', source: 'https://models.example/m.gguf', digest: right })
  return { a, b, files: shared.files }
}

describe('beginDownload', () => {
  it('records the download before it says where to, and makes the directory', async () => {
    const { a, files } = await openTwo()
    const download = await a.catalog.downloads.begin('m', { actor: 'nightly' })
    const record = {
      holder: 'a',
      node: 'node-1',
      path: PARTIAL,
      startedAt: '2025-10-01T00:00:00.000Z',
      until: '2025-10-01T00:10:00.000Z',
    }
    expect(download).toMatchObject({
      needed: true,
      id: 'm',
      holder: 'a',
      until: record.until,
      entry: { state: 'Pending', download: record },
      files: [
        { path: PATH, partialPath: PARTIAL, isPresent: false, start: { resume: false, reason: 'no-file' } },
      ],
    })
    expect(files.done).toEqual([`make parent of ${PARTIAL}`])
    expect((await a.catalog.history.of('m')).at(-1)).toMatchObject({
      operation: 'begin-download',
      actor: 'nightly',
    })
  })

  it('is for one at a time, and for the next once its time has passed', async () => {
    const { a, b } = await openTwo()
    const begun = await Promise.allSettled([a.catalog.downloads.begin('m'), b.catalog.downloads.begin('m')])
    expect(begun.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    const users = [{ use: 'download', holder: 'a', until: '2025-10-01T00:10:00.000Z' }]
    const inUse = { code: 'IN_USE', details: { id: 'm', users } }
    await expect(b.catalog.downloads.begin('m')).rejects.toMatchObject(inUse)
    a.clock.advance(10 * MINUTE_MS - 1)
    await expect(b.catalog.downloads.begin('m')).rejects.toMatchObject(inUse)
    a.clock.advance(1)
    expect(await b.catalog.downloads.begin('m')).toMatchObject({ holder: 'b' })
    for (const late of [
      a.catalog.downloads.finish('m'),
      a.catalog.downloads.renew('m'),
      a.catalog.downloads.abandon('m'),
    ]) {
      const heldBy = { use: 'download', holder: 'b', until: '2025-10-01T00:20:00.000Z' }
      const details = { id: 'm', holder: 'a', heldBy }
      await expect(late).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED', details })
    }
  })

  it('goes on for the same holder, with its start, also under another name of its machine, and not on another volume', async () => {
    const { a } = await openTwo()
    await a.catalog.downloads.begin('m')
    a.clock.advance(MINUTE_MS)
    const again = await openTestCatalog({ ...a, holder: 'a', node: 'node-7' })
    expect(await again.catalog.downloads.begin('m')).toMatchObject({
      entry: { download: { startedAt: '2025-10-01T00:00:00.000Z', until: '2025-10-01T00:11:00.000Z' } },
    })
    a.files.volumes.present = [sampleVolume({ id: 'volume-2' })]
    const namesake = await openTestCatalog({ ...a, holder: 'a' })
    await expect(namesake.catalog.downloads.begin('m')).rejects.toMatchObject({ code: 'IN_USE' })
    expect(await namesake.catalog.get('m')).toMatchObject({
      download: { node: 'node-7', volume: 'volume-1' },
    })
  })

  it.each(['Active', 'Retired'] as const)('has nothing to do for an %s model in order', async (state) => {
    const { a, files } = await openTwo()
    files.put(PATH, right)
    await a.catalog.verify('m')
    if (state === 'Retired') await a.catalog.setState('m', 'Retired')
    const before = await a.catalog.get('m')
    expect(await a.catalog.downloads.begin('m')).toEqual({ needed: false, id: 'm', entry: before })
    files.put(PATH, right)
    expect(await a.catalog.downloads.begin('m')).toMatchObject({ needed: true, files: [{ isPresent: true }] })
  })

  it.each([
    ['missing', (files: FakeFiles) => files.delete(PATH)],
    ['changed', (files: FakeFiles) => files.put(PATH, wrong)],
  ])('takes an Active model whose file is %s for Pending', async (_, harm) => {
    const { a, files } = await openTwo()
    files.put(PATH, right)
    await a.catalog.verify('m')
    harm(files)
    const { entry } = await a.catalog.downloads.begin('m')
    expect(entry.state).toBe('Pending')
    expect(entry.evidence).toBeUndefined()
  })

  it('leaves an Active model Active that another node has evidence for', async () => {
    const { a, files } = await openTwo()
    files.put(PATH, right)
    const active = await a.catalog.verify('m')
    await edit(a.other, 'm', { evidence: { ...active.evidence, n: sampleEvidence(right) } })
    files.delete(PATH)
    const { entry } = await a.catalog.downloads.begin('m')
    expect(entry.state).toBe('Active')
    expect(Object.keys(entry.evidence ?? {})).toEqual(['n'])
  })

  it('does not take a file that is known to be wrong for there', async () => {
    const { a, files } = await openTwo()
    files.put(PATH, wrong)
    await expect(a.catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await a.catalog.downloads.begin('m')).toMatchObject({ files: [{ isPresent: false }] })
    files.put(PATH, wrong)
    expect(await a.catalog.downloads.begin('m')).toMatchObject({ files: [{ isPresent: true }] })
  })

  it('goes outside the root only where the caller says so', async () => {
    const { a, files } = await openTwo()
    await a.catalog.register({ id: 'n', source: 'x', location: '/srv/n.gguf' })
    const refusal = { code: 'INVALID_INPUT', details: { problems: [{ field: 'inPlace' }] } }
    await expect(a.catalog.downloads.begin('n')).rejects.toMatchObject(refusal)
    const download = await a.catalog.downloads.begin('n', { inPlace: true })
    expect(download).toMatchObject({ files: [{ partialPath: '/srv/n.gguf.partial' }] })
    files.put('/srv/n.gguf.partial', right)
    expect(await a.catalog.downloads.finish('n')).toMatchObject({ state: 'Active', location: '/srv/n.gguf' })
  })

  it.each(['begin', 'finish'] as const)(
    '%s completes a move that a crash left between its two steps',
    async (call) => {
      const { a, files } = await openTwo()
      if (call === 'finish') await a.catalog.downloads.begin('m')
      files.put(PARTIAL, right)
      files.link(PARTIAL, PATH)
      if (call === 'begin')
        expect(await a.catalog.downloads.begin('m')).toMatchObject({ files: [{ isPresent: true }] })
      // A write to the partial file would have changed what is at the final name.
      else expect(await a.catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
      expect([files.has(PARTIAL), files.has(PATH)]).toEqual([false, true])
    },
  )

  it('leaves a partial file that is not the one at the final name', async () => {
    const { a, files } = await openTwo()
    files.put(PARTIAL, right)
    files.put(PATH, wrong)
    await a.catalog.downloads.begin('m')
    expect([files.bytesOf(PARTIAL), files.bytesOf(PATH)]).toEqual([right, wrong])
  })

  it('refuses what it does not understand', async () => {
    const { a } = await openTwo()
    const commits = a.store.commits
    for (const [field, options] of [
      ['forMs', { forMs: 0 }],
      ['forMs', { forMs: 31 * 24 * 60 * MINUTE_MS }],
      ['holder', { holder: '' }],
      ['inPlace', { inPlace: 'yes' as never }],
      ['for', { for: 3 } as object],
    ] as const) {
      const refusal = { code: 'INVALID_INPUT', details: { problems: [{ field }] } }
      await expect(a.catalog.downloads.begin('m', options)).rejects.toMatchObject(refusal)
    }
    await expect(a.catalog.downloads.begin('absent')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(a.catalog.downloads.begin('m', { ifRevision: 7 })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(a.store.commits).toBe(commits)
  })
})

describe('renewDownload and abandonDownload', () => {
  it('keep others away for longer, or let them in; the partial file stays', async () => {
    const { a, b, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    a.clock.advance(9 * MINUTE_MS)
    await a.catalog.downloads.renew('m', { forMs: 5 * MINUTE_MS })
    a.clock.advance(4 * MINUTE_MS)
    await expect(b.catalog.downloads.begin('m')).rejects.toMatchObject({ code: 'IN_USE' })
    await expect(b.catalog.remove('m')).rejects.toMatchObject({ code: 'IN_USE' })
    await a.catalog.downloads.abandon('m')
    await a.catalog.downloads.abandon('m')
    const ended = { code: 'DOWNLOAD_ENDED', details: { id: 'm', holder: 'a' } }
    await expect(a.catalog.downloads.renew('m')).rejects.toMatchObject(ended)
    expect(files.has(PARTIAL)).toBe(true)
    await b.catalog.downloads.begin('m')
  })

  it('keep what downloads failed of, and how many, until the bytes are right', async () => {
    const { a, b, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    await a.catalog.downloads.abandon('m', { failed: { problem: 'HTTP 503', retryAfterMs: MINUTE_MS } })
    const entry = await a.catalog.get('m')
    expect(entry).not.toHaveProperty('download')
    const at = a.clock.now().toISOString()
    const retryAt = new Date(a.clock.now().getTime() + MINUTE_MS).toISOString()
    const first = {
      attempts: 1,
      problem: 'HTTP 503',
      holder: 'a',
      node: entry?.failedDownload?.node,
      at,
      retryAt,
    }
    expect(entry?.failedDownload).toEqual(first)
    await b.catalog.downloads.begin('m')
    await expect(a.catalog.downloads.abandon('m', { failed: { problem: 'x' } })).rejects.toMatchObject({
      code: 'DOWNLOAD_ENDED',
    })
    await b.catalog.downloads.abandon('m', { failed: { problem: 'HTTP 404' } })
    const second = await b.catalog.get('m')
    expect(second?.failedDownload).toMatchObject({ attempts: 2, problem: 'HTTP 404', holder: 'b' })
    expect(second?.failedDownload).not.toHaveProperty('retryAt')
    await b.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    expect(await b.catalog.downloads.finish('m')).not.toHaveProperty('failedDownload')
  })

  it('forget what downloads failed of once the model has another source', async () => {
    const { a } = await openTwo()
    await a.catalog.downloads.abandon('m', { failed: { problem: 'HTTP 404' } })
    expect(await a.catalog.update('m', { name: 'another name' })).toHaveProperty('failedDownload')
    expect(await a.catalog.update('m', { source: 'hf:org/other' })).not.toHaveProperty('failedDownload')
  })

  it('renew what expired and was not taken over', async () => {
    const { a, b } = await openTwo()
    await a.catalog.downloads.begin('m')
    a.clock.advance(60 * MINUTE_MS)
    await a.catalog.downloads.renew('m')
    await expect(b.catalog.downloads.begin('m')).rejects.toMatchObject({ code: 'IN_USE' })
  })
})

describe('finishDownload', () => {
  it('syncs, moves, reads back under the final name, and only then makes the model Active', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    files.put(`${PARTIAL}.checkpoint`, wrong)
    files.done.length = 0
    const states: unknown[] = []
    const moveFile = files.moveFile.bind(files)
    files.moveFile = async (from, to) => {
      states.push((await a.catalog.get('m'))?.state, [...files.read])
      return moveFile(from, to)
    }
    const active = await a.catalog.downloads.finish('m', { actor: 'nightly' })
    expect(states).toEqual(['Pending', []])
    expect(files.read).toEqual([PATH])
    expect(files.done).toEqual([
      `sync ${PARTIAL}`,
      `move ${PARTIAL} to ${PATH}`,
      `sync ${PATH}`,
      `remove ${PARTIAL}.checkpoint`,
    ])
    expect(active).toMatchObject({ state: 'Active', digest: right, verifiedAt: '2025-10-01T00:00:00.000Z' })
    expect(active.download).toBeUndefined()
    expect(active.evidence?.['volume-1']).toMatchObject({
      outcome: 'match',
      digest: right,
      fingerprint: withoutDev(files.readFingerprint(PATH)),
    })
    expect(await a.catalog.downloads.begin('m')).toMatchObject({ needed: false })
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED' })
  })

  it('computes the digest where none was declared, and leaves a Retired model Retired', async () => {
    const { a, files } = await openTwo()
    await a.catalog.register({ id: 'n', source: 'x' })
    await a.catalog.setState('n', 'Retired')
    await a.catalog.downloads.begin('n')
    files.put('/models/n.gguf.partial', right)
    expect(await a.catalog.downloads.finish('n')).toMatchObject({
      state: 'Retired',
      digest: right,
      digestOrigin: 'computed',
    })
  })

  it('quarantines a wrong file, with what it looks like, and makes the model Failed', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, wrong, 7)
    files.put(`${PARTIAL}.checkpoint`, wrong)
    const aside = `${PATH}.quarantined-1`
    const mismatch = {
      code: 'DIGEST_MISMATCH',
      details: { id: 'm', path: aside, expected: right, found: wrong, sizeBytes: 7 },
    }
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject(mismatch)
    const diagnosis = [{ kind: 'zeros', text: expect.any(String) }]
    const failed = await a.catalog.get('m')
    expect(failed).toMatchObject({
      state: 'Failed',
      failure: { reason: 'digest-mismatch', found: wrong, path: aside, diagnosis },
      quarantine: [{ path: aside, node: 'node-1', sizeBytes: 7, digest: wrong, diagnosis }],
    })
    expect(failed?.download).toBeUndefined()
    expect([PARTIAL, `${PARTIAL}.checkpoint`, PATH, aside].map((path) => files.has(path))).toEqual([
      false,
      false,
      false,
      true,
    ])
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, wrong, 7)
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    const active = await a.catalog.downloads.finish('m')
    expect(active.state).toBe('Active')
    expect(active.failure).toBeUndefined()
    expect(active.quarantine?.map(({ path }) => path)).toEqual([aside, `${PATH}.quarantined-2`])
  })

  it('does not hash a file of another size than declared', async () => {
    const { a, files } = await openTwo()
    await a.catalog.register({ id: 'n', source: 'x', sizeBytes: 10 })
    await a.catalog.downloads.begin('n')
    files.put('/models/n.gguf.partial', right, 11)
    const path = '/models/n.gguf.quarantined-1'
    const details = { expectedBytes: 10, foundBytes: 11, path, isQuarantined: true }
    await expect(a.catalog.downloads.finish('n')).rejects.toMatchObject({ code: 'SIZE_MISMATCH', details })
    expect(files.read).toEqual([])
    expect(await a.catalog.get('n')).toMatchObject({ state: 'Failed', quarantine: [{ sizeBytes: 11 }] })
  })

  it('forgets the record of a wrong file that is not there, and of no other', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, wrong)
    await a.catalog.downloads.finish('m').catch(() => undefined)
    const aside = (await a.catalog.get('m'))?.quarantine?.[0]
    if (aside === undefined) throw new Error('the wrong file must be aside')
    // As a crash between the record and the move leaves it.
    await edit(a.other, 'm', { quarantine: [aside, { ...aside, path: `${PATH}.quarantined-2` }] })
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    expect((await a.catalog.downloads.finish('m')).quarantine).toEqual([aside])
  })

  it('leaves a download alone that has not come to its end', async () => {
    const { a, files } = await openTwo()
    await a.catalog.register({ id: 'n', source: 'x', sizeBytes: 10 })
    await a.catalog.downloads.begin('n')
    const path = '/models/n.gguf.partial'
    files.put(path, right, 9)
    const details = { id: 'n', expectedBytes: 10, foundBytes: 9, path }
    const incomplete = { code: 'DOWNLOAD_INCOMPLETE', details }
    await expect(a.catalog.downloads.finish('n')).rejects.toMatchObject(incomplete)
    expect(files.has(path)).toBe(true)
    const entry = await a.catalog.get('n')
    expect(entry).toMatchObject({ state: 'Pending', download: {} })
    expect(entry).not.toHaveProperty('quarantine')
    files.put(path, right, 10)
    expect(await a.catalog.downloads.finish('n')).toMatchObject({ state: 'Active' })
  })

  it('never moves a file over another: what stands there is quarantined and recorded', async () => {
    const { a, files } = await openTwo()
    files.put(PATH, wrong, 3)
    await a.catalog.verify('m').catch(() => undefined)
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    const active = await a.catalog.downloads.finish('m')
    const aside = `${PATH}.quarantined-1`
    expect(active).toMatchObject({
      state: 'Active',
      quarantine: [{ path: aside, sizeBytes: 3, digest: wrong }],
    })
    expect(files.has(aside)).toBe(true)
  })

  it('rejects with the entry as before where the file cannot be read to its end', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    let begun = await a.catalog.get('m')
    const expectAsBefore = async (): Promise<void> => {
      const { revision: _, ...now } = (await a.catalog.get('m')) ?? { revision: 0 }
      const { revision: __, ...before } = begun ?? { revision: 0 }
      expect(now).toEqual(before)
    }
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expectAsBefore()
    files.put(PARTIAL, right)
    const controller = new AbortController()
    files.duringRead = () => controller.abort('enough')
    await expect(a.catalog.downloads.finish('m', { signal: controller.signal })).rejects.toBe('enough')
    // It stands at its name by then, and has not been read.
    expect(await a.catalog.get('m')).toMatchObject({ ...begun, revision: 5, download: { placing: true } })
    expect(await a.catalog.downloads.begin('m')).toMatchObject({ files: [{ isPresent: true }] })
    begun = await a.catalog.get('m')
    // Writing 200 GB to disk takes its time too, and reading them back more.
    const sooner = new AbortController()
    files.duringRead = () => undefined
    const syncFile = files.syncFile.bind(files)
    files.syncFile = async (path) => {
      await syncFile(path)
      sooner.abort('sooner')
    }
    let isRead = false
    const onProgress = (): void => {
      isRead = true
    }
    await expect(a.catalog.downloads.finish('m', { signal: sooner.signal, onProgress })).rejects.toBe(
      'sooner',
    )
    expect(isRead).toBe(false)
    await expectAsBefore()
  })

  it('ends with the reason of the signal, of which the reading knows', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    const aborted = AbortSignal.abort('before')
    await expect(a.catalog.downloads.finish('m', { signal: aborted })).rejects.toBe('before')
    const controller = new AbortController()
    const digestFiles = files.digestFiles.bind(files)
    let isTold = false
    files.digestFiles = (paths, options) => {
      controller.abort('enough')
      isTold = options?.signal?.aborted === true && options.signal.reason === 'enough'
      return digestFiles(paths, options)
    }
    await expect(a.catalog.downloads.finish('m', { signal: controller.signal })).rejects.toBe('enough')
    expect(isTold).toBe(true)
  })

  it('is FILE_CHANGED where another file stands there after the reading', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    files.duringRead = () => files.put(PATH, wrong)
    const changed = { code: 'FILE_CHANGED', details: { path: PATH } }
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject(changed)
    expect(await a.catalog.get('m')).toMatchObject({ state: 'Pending', download: { holder: 'a' } })
  })

  it('renews the download while it reads, and stops once it was taken over', async () => {
    const { a, b, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    files.duringRead = () => a.clock.advance(9 * MINUTE_MS)
    await a.catalog.downloads.finish('m', {
      onProgress: () => a.clock.advance(9 * MINUTE_MS),
    })
    expect((await a.catalog.history.of('m')).map(({ operation }) => operation)).toEqual([
      ...['register', 'begin-download', 'renew-download', 'renew-download', 'renew-download'],
      'finish-download',
    ])
    await a.catalog.register({ id: 'n', source: 'x' })
    await a.catalog.downloads.begin('n')
    files.put('/models/n.gguf.partial', right)
    files.duringRead = async () => {
      a.clock.advance(10 * MINUTE_MS)
      await b.catalog.downloads.begin('n')
    }
    await expect(a.catalog.downloads.finish('n')).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED' })
    expect(files.has('/models/n.gguf')).toBe(true)
    expect(await a.catalog.get('n')).toMatchObject({ state: 'Pending', download: { holder: 'b' } })
  })

  it('reads on if the download cannot be renewed for a moment', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    let refusals = 0
    files.duringRead = () => {
      a.clock.advance(6 * MINUTE_MS)
      a.store.beforeNextCommit(async () => {
        refusals += 1
        throw new CatalogError('NO_SPACE', 'full', { path: PATH, outcome: 'none' })
      })
    }
    expect(await a.catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
    expect(refusals).toBe(1)
  })

  it('is a CONFLICT where the entry came to expect other bytes', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    files.duringRead = () => edit(a.other, 'm', { digest: wrong })
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await a.catalog.get('m')).toMatchObject({ state: 'Pending' })
    await edit(a.other, 'm', { digest: right })
    files.put(PATH, sampleDigest(3))
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await a.catalog.get('m')).toMatchObject({ state: 'Pending', download: { holder: 'a' } })
  })

  it('moves the file to its name where the digest became the one that was found', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, wrong)
    files.duringRead = () => edit(a.other, 'm', { digest: wrong })
    expect(await a.catalog.downloads.finish('m')).toMatchObject({ state: 'Active', digest: wrong })
    expect(await a.catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('is a CONFLICT if the digest became the one of a file that is quarantined by then', async () => {
    const { a, files } = await openTwo()
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, wrong)
    const moveFile = files.moveFile.bind(files)
    files.moveFile = async (from, to) => {
      if (to !== PATH) await edit(a.other, 'm', { digest: wrong })
      return await moveFile(from, to)
    }
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await a.catalog.get('m')).toMatchObject({ state: 'Pending', download: { holder: 'a' } })
  })

  it('is a CONFLICT where the model came to be from another source', async () => {
    const { a, files } = await openTwo()
    await a.catalog.update('m', { digest: null })
    await a.catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    // As an operator does by hand, in catalog.json.
    files.duringRead = () => edit(a.other, 'm', { source: 'https://models.example/other.gguf' })
    await expect(a.catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await a.catalog.get('m')).toMatchObject({ state: 'Pending', digest: null })
  })

  it('reads a file that stands there already, and leaves what was downloaded beside it', async () => {
    const { a, files } = await openTwo()
    files.put(PATH, right)
    files.put(PARTIAL, wrong)
    files.put(`${PARTIAL}.checkpoint`, wrong)
    await a.catalog.downloads.begin('m')
    expect(await a.catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
    expect(files.read).toEqual([PATH])
    expect(files.has(PARTIAL) && files.has(`${PARTIAL}.checkpoint`)).toBe(true)
  })
})

describe('a model of many files', () => {
  const parts = ['config.json', 'model.safetensors'] as const
  const final = (part: string): string => `/models/dir/${part}`
  const partial = (part: string): string => `${final(part)}.partial`

  async function openMany(files: object[]): Promise<TestCatalog> {
    const opened = await openTestCatalog({ holder: 'a' })
    const entry = sampleEntry({ id: 'dir', digest: null, files: files as never })
    const { digestOrigin: _, ...rest } = entry
    await plant(opened.other, rest)
    await opened.catalog.downloads.begin('dir')
    return opened
  }

  it('is Active once all files are right, each with its fingerprint', async () => {
    const { catalog, files } = await openMany([{ path: parts[0] }, { path: parts[1], digest: right }])
    files.put(partial(parts[0]), wrong, 1)
    files.put(partial(parts[1]), right, 2)
    const active = await catalog.downloads.finish('dir')
    const digest = files.digestManifest([
      { path: parts[0], digest: wrong },
      { path: parts[1], digest: right },
    ])
    const known = parts.map((path) => ({
      path,
      fingerprint: withoutDev(files.readFingerprint(`/models/dir/${path}`)),
    }))
    expect(active).toMatchObject({
      state: 'Active',
      digest,
      digestOrigin: 'computed',
      files: [
        { path: parts[0], digest: wrong, sizeBytes: 1 },
        { path: parts[1], digest: right, sizeBytes: 2 },
      ],
    })
    expect(active.evidence?.['volume-1']).toMatchObject({ outcome: 'match', digest, bytes: 3, files: known })
    expect(active.evidence?.['volume-1']?.fingerprint).toBeUndefined()
    expect(await catalog.downloads.begin('dir')).toMatchObject({ needed: false })
    files.put(`/models/dir/${parts[0]}`, wrong, 1)
    expect(await catalog.downloads.begin('dir')).toMatchObject({ needed: true, entry: { state: 'Pending' } })
  })

  it('is read no further once another one took the download over', async () => {
    const { catalog, files, other, clock } = await openMany(parts.map((path) => ({ path })))
    for (const part of parts) files.put(partial(part), right)
    files.duringRead = async (path) => {
      if (path !== final(parts[0])) return new Promise((resolve) => setImmediate(resolve))
      clock.advance(6 * MINUTE_MS)
      const { download } = (await catalog.get('dir')) ?? {}
      if (download !== undefined) await edit(other, 'dir', { download: { ...download, holder: 'b' } })
    }
    const aborted: unknown[] = []
    const digestFile = files.digestFile.bind(files)
    files.digestFile = async (path, options) => {
      try {
        return await digestFile(path, options)
      } catch (error) {
        aborted.push(path)
        throw error
      }
    }
    await expect(catalog.downloads.finish('dir')).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED' })
    expect(aborted).toEqual([final(parts[1])])
  })

  it('quarantines only the wrong file, and leaves the others for the next finish to read', async () => {
    const { catalog, files } = await openMany(parts.map((path) => ({ path, digest: right, sizeBytes: 5 })))
    files.put(partial(parts[0]), right, 5)
    files.put(partial(parts[1]), wrong, 5)
    const aside = `/models/dir/${parts[1]}.quarantined-1`
    const details = { path: aside, expected: right, found: wrong, isQuarantined: true }
    await expect(catalog.downloads.finish('dir')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', details })
    expect(await catalog.get('dir')).toMatchObject({
      state: 'Failed',
      digest: null,
      failure: { expected: right, found: wrong, path: aside },
      quarantine: [{ path: aside }],
    })
    expect(await catalog.downloads.begin('dir')).toMatchObject({
      files: [{ isPresent: true }, { isPresent: false }],
    })
    files.put(partial(parts[1]), right, 6)
    await expect(catalog.downloads.finish('dir')).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    expect(files.has(final(parts[0]))).toBe(true)
    await catalog.downloads.begin('dir')
    files.put(partial(parts[1]), right, 5)
    expect(await catalog.downloads.finish('dir')).toMatchObject({ state: 'Active' })
  })

  it('quarantines the files without a declared digest if the whole is not what it should be', async () => {
    const { catalog, files, other } = await openMany([{ path: parts[0] }, { path: parts[1], digest: right }])
    await edit(other, 'dir', { digest: wrong, digestOrigin: 'caller' })
    files.put(partial(parts[0]), wrong)
    files.put(partial(parts[1]), right)
    await expect(catalog.downloads.finish('dir')).rejects.toMatchObject({ details: { expected: wrong } })
    const entry = await other.get(parseModelId('dir'))
    expect(entry?.quarantine?.map(({ path }) => path)).toEqual([`/models/dir/${parts[0]}.quarantined-1`])
    expect(entry).toMatchObject({ state: 'Failed', failure: { expected: wrong } })
  })

  it('is read side by side, with one progress that never goes back', async () => {
    const names = ['a', 'b', 'c']
    const { catalog, files } = await openMany(names.map((path) => ({ path })))
    for (const [index, name] of names.entries()) files.put(partial(name), right, (index + 1) * 100)
    let open = 0
    let most = 0
    files.duringRead = async () => {
      open += 1
      most = Math.max(most, open)
      await new Promise((resolve) => setImmediate(resolve))
      open -= 1
    }
    const seen: DigestProgress[] = []
    await catalog.downloads.finish('dir', { onProgress: (progress) => seen.push(progress) })
    const done = seen.map(({ doneBytes }) => doneBytes)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect(done.at(-1)).toBe(600)
    expect(new Set(seen.map(({ totalBytes }) => totalBytes))).toEqual(new Set([600]))
    expect(most).toBe(3)
  })

  it('quarantines all wrong files at once, and names the first of the manifest, whichever was read first', async () => {
    const { catalog, files } = await openMany(parts.map((path) => ({ path, digest: right })))
    for (const part of parts) files.put(partial(part), wrong)
    // The first one is done last.
    files.duringRead = (path) =>
      path === final(parts[0]) ? new Promise((resolve) => setTimeout(resolve, 5)) : undefined
    const aside = parts.map((part) => `/models/dir/${part}.quarantined-1`)
    await expect(catalog.downloads.finish('dir')).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { id: 'dir', path: aside[0] },
    })
    expect((await catalog.get('dir'))?.quarantine?.map(({ path }) => path)).toEqual(aside)
  })

  it('reads nothing if a file is missing, and names the first of those', async () => {
    const { catalog, files } = await openMany(['a', 'b', 'c'].map((path) => ({ path })))
    files.put(partial('a'), right)
    const details = { id: 'dir', path: partial('b') }
    await expect(catalog.downloads.finish('dir')).rejects.toMatchObject({ code: 'FILE_MISSING', details })
    expect(files.read).toEqual([])
  })

  it('is a CONFLICT if the entry means other bytes again by the time that the verdict is recorded', async () => {
    const { catalog, files, other, store } = await openMany([{ path: parts[0] }, { path: parts[1] }])
    for (const part of parts) files.put(partial(part), wrong)
    await edit(other, 'dir', { digest: right, digestOrigin: 'caller' })
    const found = files.digestManifest(parts.map((path) => ({ path, digest: wrong })))
    files.duringRead = async (path) => {
      if (path !== final(parts[0])) return
      await edit(other, 'dir', { digest: found })
      store.beforeNextCommit(() => edit(other, 'dir', { digest: right }))
    }
    await expect(catalog.downloads.finish('dir')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await catalog.get('dir')).toMatchObject({ state: 'Pending', download: { holder: 'a' } })
  })
})
