import { sampleDigest, sampleEvidence } from '@catalog/testkit'
import type { UpkeepPlan } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf } from './upkeep-world.ts'

const WHO = { actor: 'ada', reason: 'weekly' }
const PARTS = ['x.gguf', 'sub/y.gguf'] as const

/** A verified model of two files. */
async function openWithTwoFiles(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  for (const [index, part] of PARTS.entries()) opened.files.put(`/models/m/${part}`, sampleDigest(index))
  await opened.catalog.register({ id: 'm', source: 'x', files: PARTS.map((path) => ({ path })) })
  await opened.catalog.verify('m')
  opened.files.read.length = 0
  return opened
}

describe('forgetting what is known of a missing file', () => {
  it('is recorded with who did it and why', async () => {
    const { catalog, files } = await openWith(['a'])
    files.delete(pathOf('a'))
    await catalog.upkeep.apply(await catalog.upkeep.doctor(), WHO)
    expect((await catalog.history.of('a')).at(-1)).toMatchObject({ ...WHO, operation: 'forget-evidence' })
  })

  it('is skipped if its directory is away by now', async () => {
    const { catalog, files } = await openWith(['a'])
    files.delete(pathOf('a'))
    const plan = await catalog.upkeep.doctor()
    files.volumes.absent.add('/models')
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect(await catalog.get('a')).toMatchObject({ state: 'Active' })
  })

  it('is skipped if the plan was forged to have another state of the entry', async () => {
    const { catalog, files } = await openWith(['a'])
    files.delete(pathOf('a'))
    const plan = await catalog.upkeep.doctor()
    const actions = plan.actions.map((action) =>
      action.kind === 'forget-evidence'
        ? { ...action, entry: { ...action.entry, state: 'Retired' } }
        : action,
    )
    const report = await catalog.upkeep.apply({ ...plan, actions } as UpkeepPlan)
    expect(report).toMatchObject({ done: [], skipped: [{}] })
  })

  it('of an absent file is done also when it is applied again', async () => {
    const { catalog, files } = await openWith(['a'])
    files.delete(pathOf('a'))
    files.volumes.absent.add('/models')
    const plan = await catalog.upkeep.doctor({ forgetAbsent: true })
    for (const _ of [1, 2])
      expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{}], skipped: [] })
    expect(await catalog.get('a')).toMatchObject({ state: 'Pending' })
  })

  it('takes all that was read on volumes that are here', async () => {
    const { catalog, files, other } = await openWith(['a'])
    const { evidence = {} } = (await catalog.get('a')) ?? {}
    const { volume: _volume, anchor: _anchor, ...ofHost } = sampleEvidence(sampleDigest(1))
    const elsewhere = { ...sampleEvidence(sampleDigest(1)), volume: 'volume-2' }
    await edit(other, 'a', { evidence: { ...evidence, 'node-1': ofHost, 'volume-2': elsewhere } })
    files.delete(pathOf('a'))
    await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect(Object.keys((await catalog.get('a'))?.evidence ?? {})).toEqual(['volume-2'])
  })
})

describe('relocating a model', () => {
  it('is skipped if its entry names the place by now, and it was not read there', async () => {
    const { catalog, files, other } = await openWith(['a'])
    await files.moveFile(pathOf('a'), '/models/new.gguf')
    const plan = await catalog.upkeep.doctor()
    await edit(other, 'a', { file: 'new.gguf' })
    files.put('/models/new.gguf', sampleDigest(9))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })

  it('is skipped if it was verified in its old place since', async () => {
    const { catalog, files } = await openWith(['a'])
    await files.moveFile(pathOf('a'), '/models/new.gguf')
    const plan = await catalog.upkeep.doctor()
    await files.moveFile('/models/new.gguf', pathOf('a'))
    await catalog.verify('a')
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })

  it('is skipped, once it was done, if the file changed since', async () => {
    const { catalog, files } = await openWith(['a'])
    await files.moveFile(pathOf('a'), '/models/new.gguf')
    const plan = await catalog.upkeep.doctor()
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{}] })
    files.put('/models/new.gguf', sampleDigest(9))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })

  it('reads a directory that was renamed, though the old one is away', async () => {
    const { catalog, files } = await openWithTwoFiles()
    for (const part of PARTS) await files.moveFile(`/models/m/${part}`, `/models/n/${part}`)
    for (const directory of ['/models/m', '/models/m/sub']) files.volumes.absent.add(directory)
    const plan = await catalog.upkeep.doctor()
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: ['relocate'], skipped: [], failed: [] })
    expect(await catalog.resolve('m')).toMatchObject({ path: '/models/n' })
    files.put('/models/n/x.gguf', sampleDigest(9))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })

  it('keeps what is known of the model if its file came back while the wrong one was read', async () => {
    const { catalog, files } = await openWith(['a'])
    await files.moveFile(pathOf('a'), '/models/new.gguf')
    files.overwrite('/models/new.gguf', sampleDigest(9))
    const plan = await catalog.upkeep.doctor()
    files.duringRead = () => files.put(pathOf('a'), sampleDigest(1))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}], failed: [] })
    expect(await catalog.get('a')).toMatchObject({ state: 'Active' })
  })
})

describe('reading a model again', () => {
  it.each(PARTS)('of several files is not taken for done while one of them is another: %s', async (part) => {
    const { catalog, files } = await openWithTwoFiles()
    files.put(`/models/m/${part}`, sampleDigest(PARTS.indexOf(part)))
    const plan = await catalog.upkeep.doctor()
    expect(await catalog.upkeep.apply(plan, WHO)).toMatchObject({ done: [{ kind: 'reverify' }] })
    expect(files.read).toContain(`/models/m/${part}`)
    expect((await catalog.history.of('m')).at(-1)).toMatchObject(WHO)
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('follows the link of a model in place whose links are allowed', async () => {
    const { catalog, files } = await openTestCatalog()
    for (const name of ['one', 'two']) files.put(`/srv/store/${name}`, sampleDigest(1))
    files.makeLink('/srv/store/one', '/srv/names/m.gguf')
    const place = { location: '/srv/names/m.gguf', linksInto: '/srv/store' }
    await catalog.register({ id: 'm', source: 'x', ...place })
    await catalog.verify('m')
    files.makeLink('/srv/store/two', '/srv/names/m.gguf')
    const report = await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect(outlineOf(report)).toMatchObject({ done: ['reverify'], skipped: [], failed: [] })
  })
})
