import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant } from './test-catalog.ts'

const right = sampleDigest(1)
const PATH = '/models/m.gguf'

describe('the evidence of this node', () => {
  it('counts where it is of wrong bytes, even if another node found the right ones', async () => {
    const { catalog, files, other } = await openTestCatalog()
    files.put(PATH, sampleDigest(2))
    const fingerprint = files.readFingerprint(PATH)
    const own = { ...sampleEvidence(sampleDigest(2)), outcome: 'mismatch' as const, fingerprint }
    const evidence = { 'volume-1': own, 'node-2': sampleEvidence(right) }
    await plant(other, sampleEntry({ id: 'm', digest: right, state: 'Active', evidence }))
    const refused = { code: 'NOT_USABLE', details: { problem: 'wrong-bytes' } }
    await expect(catalog.resolve('m')).rejects.toMatchObject(refused)
    await expect(catalog.openVerified('m')).rejects.toMatchObject(refused)
  })

  it('serves no file that it says nothing of', async () => {
    const { catalog, files, other } = await openTestCatalog()
    const paths = ['a', 'b'] as const
    for (const path of paths) files.put(`/models/m/${path}`, right)
    await catalog.register({ id: 'm', source: 'hf:org/m', files: paths.map((path) => ({ path })) })
    const { evidence } = await catalog.verify('m')
    const own = evidence?.['volume-1']
    if (own?.files === undefined) throw new Error('there must be evidence')
    await edit(other, 'm', { evidence: { 'volume-1': { ...own, files: own.files.slice(1) } } })
    const changed = { code: 'FILE_CHANGED', details: { path: '/models/m/a', changed: ['path'] } }
    await expect(catalog.resolve('m')).rejects.toMatchObject(changed)
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
  })

  it('is what a policy is asked about where the model is set Active, and not that of another node', async () => {
    const policy = { maxEvidenceAgeMs: 1000 }
    const { catalog, files, other, clock } = await openTestCatalog({ policy })
    files.put(PATH, right)
    await catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
    const { evidence } = await catalog.verify('m')
    await catalog.setState('m', 'Retired')
    clock.advance(1001)
    const fresh = { ...sampleEvidence(right), at: clock.now().toISOString() }
    await edit(other, 'm', { evidence: { ...evidence, 'node-2': fresh } })
    const refused = { code: 'NOT_USABLE', details: { problem: 'old-evidence' } }
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject(refused)
  })
})
