import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { CatalogError, type Evidence } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant, type TestCatalog } from './test-catalog.ts'
import { openWith, pathOf } from './upkeep-world.ts'

const [LATER, EARLIER] = ['2025-10-02T00:00:00.000Z', '2025-09-30T00:00:00.000Z']
const [FIRST, SECOND] = ['/models/m/x.gguf', '/models/m/sub/y.gguf']

/** A verified model of two files. */
async function openWithTwoFiles(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  for (const [index, path] of [FIRST, SECOND].entries()) opened.files.put(path, sampleDigest(index))
  await opened.catalog.register({ id: 'm', source: 'x', files: [{ path: 'x.gguf' }, { path: 'sub/y.gguf' }] })
  await opened.catalog.verify('m')
  return opened
}

/** What another machine has read on a volume that is not here, and the same with less and less known of where. */
const ELSEWHERE: Evidence = { ...sampleEvidence(sampleDigest(1)), volume: 'volume-9', node: 'node-9' }
const { node: _node, ...NAMELESS } = ELSEWHERE
const { anchor: _anchor, ...UNANCHORED } = NAMELESS
const { volume: _volume, ...OF_HOST } = UNANCHORED

describe('a missing file that only other machines have read', () => {
  it('is reported if an Active model has it in the root, and nothing is forgotten', async () => {
    const { catalog, other } = await openTestCatalog()
    const evidence = { 'node-9': OF_HOST }
    const model = { digest: sampleDigest(1), evidence }
    await plant(other, sampleEntry({ ...model, id: 'active', state: 'Active' }))
    await plant(other, sampleEntry({ ...model, id: 'placed', state: 'Active', location: '/srv/placed.gguf' }))
    await plant(other, sampleEntry({ ...model, id: 'retired', state: 'Retired' }))
    await plant(other, sampleEntry({ ...model, id: 'pending', state: 'Pending' }))
    const { findings, actions } = await catalog.upkeep.doctor({ forgetAbsent: true })
    expect(findings).toEqual([
      {
        kind: 'missing',
        id: 'active',
        path: pathOf('active'),
        bytes: 0,
        text: expect.stringContaining('another machine'),
      },
    ])
    expect(actions).toEqual([])
  })

  it('is absent if its volume is known, which is reported by its anchor and by the machine that read it', async () => {
    const { catalog, other } = await openTestCatalog()
    const model = { state: 'Active', digest: sampleDigest(1), sizeBytes: 7 } as const
    const known = { 'a-host': OF_HOST, 'volume-9': ELSEWHERE }
    await plant(other, sampleEntry({ ...model, id: 'known', evidence: known }))
    const unknown = { 'volume-9': UNANCHORED }
    await plant(other, sampleEntry({ ...model, id: 'unknown', evidence: unknown }))
    const { findings, actions } = await catalog.upkeep.doctor()
    const absent = { kind: 'absent', bytes: 7 }
    expect(findings).toEqual([
      {
        ...absent,
        id: 'known',
        path: pathOf('known'),
        text: expect.stringMatching(/ \/volume-1\/anchor by node-9, .* counts again/),
      },
      {
        ...absent,
        id: 'unknown',
        path: pathOf('unknown'),
        text: expect.stringMatching(/ without an anchor, .* counts again/),
      },
    ])
    expect(actions).toEqual([])
  })
})

describe('a file that is there, and was not read here', () => {
  it('is reported only if an Active model was read elsewhere', async () => {
    const { catalog, files, other } = await openTestCatalog()
    const evidence = { 'volume-9': ELSEWHERE }
    const models = [
      { id: 'read', state: 'Active', evidence },
      { id: 'retired', state: 'Retired', evidence },
      { id: 'pending', state: 'Pending', evidence },
      { id: 'never', state: 'Active' },
    ] as const
    for (const model of models) {
      await plant(other, sampleEntry({ ...model, digest: sampleDigest(1) }))
      files.put(pathOf(model.id), sampleDigest(1))
    }
    const { findings } = await catalog.upkeep.doctor()
    expect(findings.map(({ kind, id }) => [kind, id])).toEqual([['unverified', 'read']])
  })

  it('is reported after a download that ended while it gave the file its name, not during one', async () => {
    const { catalog, files, other } = await openTestCatalog()
    const download = { holder: 'h', node: 'node-1', path: pathOf('x'), startedAt: EARLIER }
    const downloads = {
      ended: { ...download, until: EARLIER, placing: true },
      running: { ...download, until: LATER, placing: true },
      waiting: { ...download, until: EARLIER },
    } as const
    for (const [id, each] of Object.entries(downloads)) {
      await plant(other, sampleEntry({ id, download: each }))
      files.put(pathOf(id), sampleDigest(1))
    }
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings).toMatchObject([{ kind: 'unverified', id: 'ended' }])
    expect(actions).toMatchObject([{ kind: 'reverify', entry: { id: 'ended' } }])
  })
})

describe('a model of several files', () => {
  it.each([undefined, true] as const)(
    'is read again for the one that changed, which the action names alone, also if placing is %s',
    async (placing) => {
      const { catalog, files, other } = await openWithTwoFiles()
      if (placing) {
        const download = { holder: 'h', node: 'node-1', path: FIRST, startedAt: EARLIER, until: EARLIER }
        await edit(other, 'm', { download: { ...download, placing } })
      }
      files.put(SECOND, sampleDigest(9))
      const { findings, actions } = await catalog.upkeep.doctor()
      const fingerprint = files.readFingerprint(SECOND)
      const text = expect.stringMatching(/^ino, mtimeNs, ctimeNs /)
      expect(findings).toEqual([{ kind: 'changed', id: 'm', path: SECOND, bytes: 1024, text }])
      const { revision } = (await catalog.get('m')) ?? {}
      const entry = { id: 'm', revision, state: 'Active' }
      expect(actions).toEqual([{ kind: 'reverify', entry, files: [{ path: SECOND, fingerprint }] }])
    },
  )

  it('is not read again while one of them cannot be looked at', async () => {
    const { catalog, files } = await openWithTwoFiles()
    files.put(FIRST, sampleDigest(9))
    files.special.set(SECOND, new CatalogError('IO', 'bad sector', { operation: 'stat' }))
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings.map(({ kind }) => kind)).toEqual(['changed', 'unreadable'])
    expect(actions).toEqual([])
  })

  it('keeps what is known of it while the directory of one of them is away', async () => {
    const { catalog, files } = await openWithTwoFiles()
    for (const path of [FIRST, SECOND]) files.delete(path)
    files.volumes.absent.add('/models/m/sub')
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings.map(({ kind }) => kind)).toEqual(['missing', 'absent'])
    expect(actions).toEqual([])
  })
})

it('doctor plans to forget of an absent file what its machine, an unknown one, or its volume has, and nothing else', async () => {
  const { catalog, files, other } = await openWith(['a'])
  const { evidence = {} } = (await catalog.get('a')) ?? {}
  const [own] = Object.values(evidence)
  if (own === undefined) throw new Error('there must be evidence')
  const entry = await edit(other, 'a', {
    evidence: {
      'volume-1': { ...own, node: 'node-9' },
      'volume-7': { ...NAMELESS, volume: 'volume-7' },
      'volume-8': { ...own, volume: 'volume-8' },
      'volume-9': ELSEWHERE,
    },
  })
  files.delete(pathOf('a'))
  files.volumes.absent.add('/models')
  const { findings, actions } = await catalog.upkeep.doctor({ forgetAbsent: true })
  const text = expect.stringContaining('its directory does not exist')
  expect(findings).toEqual([{ kind: 'absent', id: 'a', path: pathOf('a'), bytes: 1024, text }])
  const planned = { id: 'a', revision: entry.revision, state: 'Active' }
  const keys = ['volume-1', 'volume-7', 'volume-8']
  expect(actions).toEqual([{ kind: 'forget-evidence', entry: planned, paths: [pathOf('a')], keys }])
})

describe('a file under another name', () => {
  it('is an orphan, and not missed, if its bytes were wrong', async () => {
    const { catalog, files } = await openWith(['a'])
    files.put(pathOf('a'), sampleDigest(9))
    await expect(catalog.verify('a')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await files.moveFile(pathOf('a'), '/models/wrong.gguf')
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(findings).toMatchObject([{ kind: 'orphan', path: '/models/wrong.gguf' }])
    expect(actions).toEqual([])
  })

  it('is given back to its model also if that is the name of the partial file of the model', async () => {
    const { catalog, files } = await openWith(['a'])
    await files.moveFile(pathOf('a'), `${pathOf('a')}.partial`)
    const { actions } = await catalog.upkeep.doctor()
    expect(actions).toMatchObject([{ kind: 'relocate', to: 'a.gguf.partial' }])
  })
})
