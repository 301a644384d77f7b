import { sampleDigest, sampleEvidence } from '@catalog/testkit'
import type { ModelEntry, UpkeepPlan } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf } from './upkeep-world.ts'

const [GOOD, BAD] = [sampleDigest(1), sampleDigest(9)]
const NEW = '/models/new.gguf'

/** The evidence of another volume that was read right today. */
const ELSEWHERE = { 'volume-2': { ...sampleEvidence(GOOD), volume: 'volume-2', anchor: '/volume-2/anchor' } }

async function readEntry({ catalog }: TestCatalog, id: string): Promise<ModelEntry> {
  const entry = await catalog.get(id)
  if (entry === undefined) throw new Error(`${id} must be there`)
  return entry
}

describe('relocating a model', () => {
  it('keeps what is known of it if its directory is away, though what was found is wrong', async () => {
    const { catalog, files } = await openTestCatalog()
    files.put('/models/old/a.gguf', GOOD)
    await catalog.register({ id: 'a', source: 'x', file: 'old/a.gguf' })
    await catalog.verify('a')
    await files.moveFile('/models/old/a.gguf', NEW)
    files.rot(NEW, BAD)
    files.volumes.absent.add('/models/old')
    const plan = await catalog.upkeep.doctor()
    expect(plan.actions).toMatchObject([{ kind: 'relocate' }])
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}], failed: [] })
    expect(await catalog.get('a')).toMatchObject({ state: 'Active' })
  })

  it('is not taken for done while what is known of the new place is that it is wrong, or nothing', async () => {
    const opened = await openWith(['a'])
    const { catalog, files, other } = opened
    await edit(other, 'a', { evidence: { ...(await readEntry(opened, 'a')).evidence, ...ELSEWHERE } })
    await files.moveFile(pathOf('a'), NEW)
    const plan = await catalog.upkeep.doctor()
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{ kind: 'relocate' }] })
    files.put(NEW, BAD)
    await expect(catalog.verify('a')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    await edit(other, 'a', { evidence: ELSEWHERE })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })
})

it('reading a model again is not taken for done if what is on record is that its bytes here are wrong', async () => {
  const opened = await openWith(['a'])
  const { catalog, files, other } = opened
  await edit(other, 'a', { evidence: { ...(await readEntry(opened, 'a')).evidence, ...ELSEWHERE } })
  files.put(pathOf('a'), BAD)
  const plan = await catalog.upkeep.doctor()
  expect(plan.actions).toMatchObject([{ kind: 'reverify' }])
  await expect(catalog.verify('a')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  expect(await catalog.get('a')).toMatchObject({ state: 'Active' })
  expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [] })
})

describe('sharing by reference', () => {
  it('is skipped if the file that it would remove changed, though it was verified since', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    files.touchMode(pathOf('b'))
    await catalog.verify('b')
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ skipped: [`${pathOf('b')} changed since`] })
    expect(files.has(pathOf('b'))).toBe(true)
  })

  it('is skipped if the file that it would remove has another name, also if the plan was forged', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    files.link(pathOf('b'), '/srv/name.gguf')
    await catalog.verify('b')
    const fingerprint = files.readFingerprint(pathOf('b'))
    const actions = plan.actions.map((action) =>
      action.kind === 'share-bytes' ? { ...action, replace: { ...action.replace, fingerprint } } : action,
    )
    const report = await catalog.upkeep.apply({ ...plan, actions } as UpkeepPlan)
    expect(outlineOf(report)).toMatchObject({ done: [], skipped: [`${pathOf('b')} changed since`] })
  })

  it('keeps one file of a model of several, by what was read of that one', async () => {
    const { catalog, files } = await openTestCatalog()
    const parts = ['0.bin', '1.bin', '2.bin']
    for (const [index, part] of parts.entries()) files.put(`/models/a/${part}`, sampleDigest(index))
    files.put(pathOf('b'), GOOD)
    await catalog.register({ id: 'a', source: 'x', files: parts.map((path) => ({ path })) })
    await catalog.register({ id: 'b', source: 'x' })
    for (const id of ['a', 'b']) await catalog.verify(id)
    const plan = await catalog.upkeep.dedupe()
    expect(plan.actions).toMatchObject([{ keep: { file: 'a/1.bin' }, replace: { file: 'b.gguf' } }])
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ done: ['share-bytes'] })
    expect(await catalog.resolve('b')).toMatchObject({ path: '/models/a/1.bin', digest: GOOD })
  })
})

it('removing a quarantined file leaves the record that another machine has of one at its path', async () => {
  const { catalog, files, other } = await openWith(['a', 'b'])
  const path = `${pathOf('a')}.quarantined-1`
  files.put(path, BAD)
  const record = { path, at: '2025-09-30T00:00:00.000Z', sizeBytes: 5 }
  await edit(other, 'a', { quarantine: [{ ...record, node: 'node-1' }] })
  const before = await edit(other, 'b', { quarantine: [{ ...record, node: 'node-2' }] })
  expect(await catalog.upkeep.apply(await catalog.upkeep.collect())).toMatchObject({ done: [{}] })
  expect(await catalog.get('a')).not.toHaveProperty('quarantine')
  expect(await catalog.get('b')).toEqual(before)
})
