import { sampleDigest, sampleEvidence, sampleRegistration, sampleVolume } from '@catalog/testkit'
import { CatalogError, type CatalogStore, type StoredPolicy } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant, type TestCatalog, type TestCatalogOptions } from './test-catalog.ts'

const right = sampleDigest(1)
const PATH = '/models/m.gguf'

async function openActive(options: TestCatalogOptions = {}): Promise<TestCatalog> {
  const opened = await openTestCatalog(options)
  await opened.catalog.register(sampleRegistration({ id: 'm', digest: right }))
  opened.files.put(PATH, right, 100)
  await opened.catalog.verify('m')
  return opened
}

describe('resolve', () => {
  it('gives the path of a verified model without reading it', async () => {
    const { catalog, files, store } = await openActive()
    const commits = store.commits
    const entry = await catalog.get('m')
    const resolved = await catalog.resolve('m')
    const where = { path: PATH, paths: [PATH], loadPath: PATH }
    expect(resolved).toEqual({ id: 'm', digest: right, ...where, sizeBytes: 100, entry })
    expect(files.read).toEqual([PATH])
    expect(store.commits).toBe(commits)
  })

  it('refuses what is not there or not Active', async () => {
    const { catalog } = await openActive()
    await expect(catalog.resolve('absent')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await catalog.setState('m', 'Retired')
    await expect(catalog.resolve('m')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { id: 'm', state: 'Retired', problem: 'state' },
    })
  })

  it('refuses a file whose directory became a link out of the root, and keeps the evidence', async () => {
    const { catalog, files } = await openActive()
    const details = { path: PATH, kind: 'symbolic link out of the root' }
    files.unreachable.set(PATH, new CatalogError('NOT_A_REGULAR_FILE', 'a link', details))
    const refused = { code: 'NOT_A_REGULAR_FILE', details: { ...details, id: 'm' } }
    await expect(catalog.resolve('m')).rejects.toMatchObject(refused)
    await expect(catalog.openVerified('m')).rejects.toMatchObject(refused)
    files.unreachable.clear()
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    expect(await catalog.downloads.begin('m')).toMatchObject({ needed: false })
    files.unreachable.set(PATH, new CatalogError('NOT_A_REGULAR_FILE', 'a link', details))
    expect(await catalog.downloads.begin('m')).toMatchObject({ needed: true })
  })

  it("never serves on another volume's evidence, though device number and file agree", async () => {
    const { catalog, files } = await openActive()
    files.volumes.present = [sampleVolume({ id: 'volume-2' })]
    await expect(catalog.resolve('m')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { state: 'Active', problem: 'no-evidence' },
    })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('serves on a volume that has another device number, under another name of the machine', async () => {
    const opened = await openActive()
    const { files } = opened
    files.renumber('77')
    files.volumes.present = [sampleVolume({ dev: '77' })]
    const renamed = await openTestCatalog({ ...opened, node: 'node-2' })
    expect(await renamed.catalog.resolve('m')).toMatchObject({ path: PATH })
    expect(files.read).toHaveLength(1)
  })

  it('serves nothing from a volume without a ctime of its own, unless mtime is trusted', async () => {
    const { catalog, files } = await openActive()
    files.volumes.present = [sampleVolume({ hasChangeTime: false })]
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'EVIDENCE_STALE' })
    await expect(catalog.openVerified('m')).rejects.toMatchObject({ code: 'EVIDENCE_STALE' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
    await catalog.policy.set({ ctimeChange: 'trust-mtime' })
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('keeps machines apart on a file system that is not local', async () => {
    const opened = await openActive()
    opened.files.volumes.present = [sampleVolume({ isLocal: false, type: 'nfs' })]
    await opened.catalog.verify('m')
    const other = await openTestCatalog({ ...opened, node: 'node-2' })
    await expect(other.catalog.resolve('m')).rejects.toMatchObject({ details: { problem: 'no-evidence' } })
    const { evidence = {} } = await other.catalog.verify('m')
    expect(Object.keys(evidence)).toEqual(['volume-1@node-1', 'volume-1@node-2'])
  })

  it('sends a changed file back to verification, once, and says so', async () => {
    const { catalog, files } = await openActive()
    files.put(PATH, right, 100)
    await expect(catalog.resolve('m')).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { id: 'm', path: PATH, changed: ['ino', 'mtimeNs', 'ctimeNs'] },
    })
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
    expect(await catalog.get('m')).not.toHaveProperty('evidence')
    expect((await catalog.history.of('m')).at(-1)).toMatchObject({
      operation: 'resolve',
      reason: 'changed since it was verified: ino, mtimeNs, ctimeNs',
    })
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('stays Active where another node has the right bytes', async () => {
    const { catalog, files, other } = await openActive()
    const { evidence } = (await catalog.get('m')) ?? {}
    await edit(other, 'm', { evidence: { ...evidence, 'node-2': sampleEvidence(right) } })
    files.put(PATH, right, 100)
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    const entry = await catalog.get('m')
    expect(entry?.state).toBe('Active')
    expect(Object.keys(entry?.evidence ?? {})).toEqual(['node-2'])
  })

  it('leaves alone what was verified meanwhile', async () => {
    const { catalog, files, store, clock, other } = await openActive()
    files.put(PATH, right, 100)
    store.beforeNextCommit(async () => {
      clock.advance(1000)
      const evidence = { ...sampleEvidence(right), fingerprint: files.readFingerprint(PATH) }
      await edit(other, 'm', { evidence: { 'volume-1': { ...evidence, at: clock.now().toISOString() } } })
    })
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('says that a file is missing, and changes nothing', async () => {
    const { catalog, files } = await openActive()
    files.delete(PATH)
    await expect(catalog.resolve('m')).rejects.toMatchObject({
      code: 'FILE_MISSING',
      details: { id: 'm', path: PATH },
    })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
  })

  it('refuses evidence that is older than the policy allows', async () => {
    const { catalog, clock } = await openActive({ policy: { maxEvidenceAgeMs: 1000 } })
    clock.advance(1000)
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    clock.advance(1)
    await expect(catalog.resolve('m')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { problem: 'old-evidence' },
    })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })
})

describe('resolve by reference', () => {
  it('takes any spelling of the source, or the path of the file', async () => {
    const { catalog } = await openActive()
    const { source } = (await catalog.get('m')) ?? {}
    expect(await catalog.resolve(source ?? '')).toMatchObject({ id: 'm', path: PATH })
    expect(await catalog.resolve('hf:meta-llama/Llama-3.1-8B-Instruct')).toMatchObject({ id: 'm' })
    expect(await catalog.resolve(PATH)).toMatchObject({ id: 'm' })
  })

  it('takes of several models the one that is Active', async () => {
    const { catalog } = await openActive()
    await catalog.register(sampleRegistration({ id: 'a' }))
    expect(await catalog.resolve('hf:meta-llama/Llama-3.1-8B-Instruct')).toMatchObject({ id: 'm' })
    await catalog.setState('m', 'Retired')
    await expect(catalog.resolve('hf:meta-llama/Llama-3.1-8B-Instruct')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { id: 'a' },
    })
  })

  it('says what is not there without its password', async () => {
    const { catalog } = await openActive()
    const error: unknown = await catalog.resolve('https://bob:hunter2@host/m.gguf').catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'NOT_FOUND' })
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2')
  })
})

describe('openVerified', () => {
  it('hands out the descriptor of the verified file', async () => {
    const { catalog } = await openActive()
    await using model = await catalog.openVerified('m')
    expect(model).toMatchObject({ id: 'm', digest: right, files: [{ path: PATH, fd: 42, sizeBytes: 100 }] })
  })

  it('refuses a file that was put there between the look and the opening', async () => {
    const { catalog, files } = await openActive()
    const openFile = files.openFile.bind(files)
    let closed = 0
    files.openFile = async (path) => {
      files.put(path, right, 100)
      const close = async (): Promise<void> => {
        closed += 1
      }
      return { ...(await openFile(path)), close }
    }
    await expect(catalog.openVerified('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(closed).toBe(1)
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
  })
})

describe('openVerified, while the volume of the file changes between the look and the opening,', () => {
  it.each([
    ['goes away', []],
    ['becomes another one with the same device number', [sampleVolume({ id: 'volume-2' })]],
  ])('is NOT_USABLE if it %s, closes what it opened, and drops no evidence', async (_, present) => {
    const { catalog, files } = await openActive()
    const openFile = files.openFile.bind(files)
    let closed = 0
    files.openFile = async (path) => {
      files.volumes.present = present
      const close = async (): Promise<void> => {
        closed += 1
      }
      return { ...(await openFile(path)), close }
    }
    const refused = { code: 'NOT_USABLE', details: { id: 'm', state: 'Active', problem: 'no-evidence' } }
    await expect(catalog.openVerified('m')).rejects.toMatchObject(refused)
    expect(closed).toBe(1)
    expect(await catalog.get('m')).toMatchObject({ state: 'Active', evidence: { 'volume-1': {} } })
  })

  it('is NOT_USABLE also if the other volume has evidence of its own', async () => {
    const { catalog, files, other } = await openActive()
    const { evidence } = (await catalog.get('m')) ?? {}
    const own = evidence?.['volume-1']
    if (own === undefined) throw new Error('there must be evidence')
    await edit(other, 'm', { evidence: { ...evidence, 'volume-2': { ...own, volume: 'volume-2' } } })
    const openFile = files.openFile.bind(files)
    files.openFile = (path) => {
      files.volumes.present = [sampleVolume({ id: 'volume-2' })]
      return openFile(path)
    }
    await expect(catalog.openVerified('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
  })
})

describe('the policy that a digest must be declared', () => {
  const policy = { requireDeclaredDigest: true }

  it('leaves a model Pending whose digest was computed', async () => {
    const { catalog, files } = await openTestCatalog({ policy })
    await catalog.register(sampleRegistration({ id: 'm' }))
    files.put(PATH, right, 100)
    expect(await catalog.verify('m')).toMatchObject({
      state: 'Pending',
      digest: right,
      digestOrigin: 'computed',
    })
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { problem: 'undeclared-digest' },
    })
    expect(await catalog.update('m', { digest: right })).toMatchObject({
      state: 'Pending',
      digestOrigin: 'caller',
    })
    expect(await catalog.setState('m', 'Active')).toMatchObject({ state: 'Active' })
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('does not serve what a program without it made Active', async () => {
    const opened = await openTestCatalog()
    await opened.catalog.register(sampleRegistration({ id: 'm' }))
    opened.files.put(PATH, right, 100)
    await opened.catalog.verify('m')
    const strict = await openTestCatalog({ backing: opened.backing, files: opened.files, policy })
    await expect(strict.catalog.resolve('m')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { problem: 'undeclared-digest' },
    })
  })
})

describe('the policy of the origins that count', () => {
  const policy = { requireDigestOrigin: ['hub', 'signature'] as const }
  const refused = { code: 'NOT_USABLE', details: { problem: 'digest-origin' } }

  it.each(['caller', 'list', 'name'] as const)(
    'leaves a model Pending whose digest is of a %s',
    async (origin) => {
      const { catalog, files } = await openTestCatalog({ policy })
      await catalog.register({ ...sampleRegistration({ id: 'm' }), digest: right, digestOrigin: origin })
      files.put(PATH, right, 100)
      expect(await catalog.verify('m')).toMatchObject({ state: 'Pending', digestOrigin: origin })
      await expect(catalog.setState('m', 'Active')).rejects.toMatchObject(refused)
      await catalog.update('m', { digest: right, digestOrigin: 'hub' })
      expect(await catalog.setState('m', 'Active')).toMatchObject({ state: 'Active' })
      expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    },
  )

  it('leaves a model Pending whose digest was computed', async () => {
    const { catalog, files } = await openTestCatalog({ policy })
    await catalog.register(sampleRegistration({ id: 'm' }))
    files.put(PATH, right, 100)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Pending', digestOrigin: 'computed' })
  })

  it('makes a model Active whose digest is of one of them', async () => {
    const { catalog, files } = await openTestCatalog({ policy })
    await catalog.register({ ...sampleRegistration({ id: 'm' }), digest: right, digestOrigin: 'hub' })
    files.put(PATH, right, 100)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digestOrigin: 'hub' })
  })

  it('leaves a Retired model Retired when it is verified', async () => {
    const { catalog, files } = await openActive()
    await catalog.setState('m', 'Retired')
    await catalog.policy.set({ requireDigestOrigin: policy.requireDigestOrigin })
    files.put(PATH, right, 100)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Retired' })
  })

  it('does not serve what a program without it made Active, and takes an unrecorded origin for the caller', async () => {
    const opened = await openActive()
    const { digestOrigin: _, ...unrecorded } = await opened.catalog.setState('m', 'Active')
    await plant(opened.other, unrecorded)
    const { backing, files } = opened
    const strict = await openTestCatalog({ backing, files, policy })
    await expect(strict.catalog.resolve('m')).rejects.toMatchObject(refused)
    const lenient = { requireDigestOrigin: ['caller'] } as const
    const other = await openTestCatalog({ backing, files, policy: lenient })
    expect(await other.catalog.resolve('m')).toMatchObject({ path: PATH })
  })
})

describe('a policy that is stored in the catalog', () => {
  const store = async (store: CatalogStore, policy: StoredPolicy) => {
    const { revision: ifRevision, volumes } = await store.settings()
    return await store.changeSettings({ ifRevision, settings: { policy, volumes } })
  }
  const refused = (problem: string) => ({ code: 'NOT_USABLE', details: { problem } })

  it('holds at once for a program that was opened before, with none or with another', async () => {
    const { catalog, other, clock } = await openActive({ policy: { maxEvidenceAgeMs: 1_000_000 } })
    clock.advance(1001)
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    await store(other, { maxEvidenceAgeMs: 1000 })
    await expect(catalog.resolve('m')).rejects.toMatchObject(refused('old-evidence'))
    await expect(catalog.openVerified('m')).rejects.toMatchObject(refused('old-evidence'))
    expect(await catalog.upkeep.stats()).toMatchObject({ oldEvidence: 1 })
    await catalog.setState('m', 'Retired')
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject(refused('old-evidence'))
  })

  it('leaves a model Pending whose digest was computed', async () => {
    const { catalog, files, other } = await openTestCatalog()
    await store(other, { requireDeclaredDigest: true })
    await catalog.register(sampleRegistration({ id: 'm' }))
    files.put(PATH, right, 100)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Pending', digestOrigin: 'computed' })
  })

  it('counts before what the program gave, and the program counts where nothing is stored', async () => {
    const policy = { requireDeclaredDigest: true, maxEvidenceAgeMs: 1000 }
    const { catalog, files, other, clock } = await openTestCatalog({ policy })
    await store(other, { requireDeclaredDigest: false })
    await catalog.register(sampleRegistration({ id: 'm' }))
    files.put(PATH, right, 100)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
    clock.advance(1001)
    await expect(catalog.resolve('m')).rejects.toMatchObject(refused('old-evidence'))
  })
})

describe('evidence that a clock dated which was ahead', () => {
  it('is old for a policy, and never young', async () => {
    const { catalog, clock } = await openActive({ policy: { maxEvidenceAgeMs: 1000 } })
    clock.advance(-4 * 60_000)
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    clock.advance(-2 * 60_000)
    await expect(catalog.resolve('m')).rejects.toMatchObject({ details: { problem: 'old-evidence' } })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('is as good as any where no policy asks for its age', async () => {
    const { catalog, clock } = await openActive()
    clock.advance(-365 * 86_400_000)
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  })
})

describe('setState to Active', () => {
  it('demands that the file still is the one of the evidence', async () => {
    const { catalog, files } = await openActive()
    await catalog.setState('m', 'Retired')
    files.delete(PATH)
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({ code: 'FILE_MISSING' })
    files.put(PATH, sampleDigest(2), 100)
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Retired' })
  })

  it('demands evidence as young as the policy asks', async () => {
    const { catalog, clock } = await openActive({ policy: { maxEvidenceAgeMs: 1000 } })
    await catalog.setState('m', 'Retired')
    clock.advance(1001)
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { problem: 'old-evidence' },
    })
  })
})
