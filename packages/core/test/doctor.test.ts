import { sampleDigest, sampleEntry } from '@catalog/testkit'
import { CatalogError, type FoundFile, type UpkeepPlan } from '@catalog/types'
import { parsePlan } from '@catalog/types/schema'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant, type TestCatalog, withoutDev } from './test-catalog.ts'
import { openWith, outlineOf, pathOf, sharingNames } from './upkeep-world.ts'

const LATER = '2025-10-02T00:00:00.000Z'
const EARLIER = '2025-09-30T00:00:00.000Z'

function kindsOf({ findings }: UpkeepPlan): readonly string[] {
  return findings.map(({ kind, path }) => `${kind} ${path}`)
}

/** Applies what the doctor says, and looks again. */
async function cure({ catalog }: TestCatalog): Promise<Record<string, unknown>> {
  const report = await catalog.upkeep.apply(await catalog.upkeep.doctor(), { actor: 'ada', reason: 'weekly' })
  expect((await catalog.upkeep.doctor()).actions).toEqual([])
  return outlineOf(report)
}

const downloadOf = (id: string, until: string) => ({
  download: { holder: 'h', node: 'node-1', path: `${pathOf(id)}.partial`, startedAt: EARLIER, until },
})

describe('doctor', () => {
  it('has nothing to say where catalog and disk agree', async () => {
    const { catalog } = await openWith(['a', 'b'])
    await catalog.register({ id: 'pending', source: 'hf:org/model' })
    expect(await catalog.upkeep.doctor()).toMatchObject({
      node: 'node-1',
      findings: [],
      actions: [],
      bytes: 0,
    })
  })

  it('finds a missing file, and takes the evidence back', async () => {
    const opened = await openWith(['a', 'b'])
    const { catalog, files } = opened
    files.delete(pathOf('a'))
    files.delete(pathOf('b'))
    await catalog.setState('b', 'Retired')
    const plan = await catalog.upkeep.doctor()
    expect(kindsOf(plan)).toEqual([`missing ${pathOf('a')}`, `missing ${pathOf('b')}`])
    expect(plan.findings[0]).toMatchObject({ id: 'a', bytes: 1024 })
    expect(await cure(opened)).toMatchObject({ done: ['forget-evidence', 'forget-evidence'] })
    expect(await catalog.get('a')).toMatchObject({ state: 'Pending' })
    expect((await catalog.get('a'))?.evidence).toBeUndefined()
    expect(await catalog.get('b')).toMatchObject({ state: 'Retired' })
    await expect(catalog.setState('b', 'Active')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    expect((await catalog.history.of('a')).at(-1)).toMatchObject({ actor: 'ada', reason: 'weekly' })
  })

  it('leaves a model Active that another machine has right', async () => {
    const opened = await openWith(['a'])
    const there = await openTestCatalog({ backing: opened.backing, node: 'node-2' })
    there.files.put(pathOf('a'), sampleDigest(1))
    await there.catalog.verify('a')
    opened.files.delete(pathOf('a'))
    await cure(opened)
    const entry = await opened.catalog.get('a')
    expect([entry?.state, Object.keys(entry?.evidence ?? {})]).toEqual(['Active', ['volume-2']])
  })

  it('finds a moved file by what stays of it, and verifies it in its new place', async () => {
    const opened = await openWith(['a'])
    const { catalog, files } = opened
    await files.moveFile(pathOf('a'), '/models/new/name.gguf')
    const plan = await catalog.upkeep.doctor()
    expect(kindsOf(plan)).toEqual([`moved ${pathOf('a')}`])
    expect(plan.findings[0]?.text).toContain('/models/new/name.gguf')
    expect(await cure(opened)).toMatchObject({ done: ['relocate'] })
    expect(await catalog.get('a')).toMatchObject({ state: 'Active', file: 'new/name.gguf' })
    expect(files.read).toEqual(['/models/new/name.gguf'])
  })

  it('takes the evidence back where the moved file has other bytes', async () => {
    const opened = await openWith(['a'])
    const { catalog, files } = opened
    await files.moveFile(pathOf('a'), '/models/b.gguf')
    files.overwrite('/models/b.gguf', sampleDigest(9))
    const plan = await catalog.upkeep.doctor()
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: [], failed: ['DIGEST_MISMATCH'] })
    expect(await catalog.get('a')).toMatchObject({ state: 'Pending' })
    expect(kindsOf(await catalog.upkeep.doctor())).toEqual(['orphan /models/b.gguf'])
  })

  it('takes no other file for a moved one because it has its number by now', async () => {
    const { catalog, files } = await openWith(['a'])
    await files.moveFile(pathOf('a'), '/models/b.gguf')
    const read = files.listFiles.bind(files)
    files.listFiles = async () => {
      const { files: listed, unreadable } = await read()
      const toOther = (found: FoundFile): FoundFile => ({
        ...found,
        fingerprint: { ...found.fingerprint, sizeBytes: 7, mtimeNs: '7' },
      })
      return { files: listed.map(toOther), unreadable }
    }
    expect(kindsOf(await catalog.upkeep.doctor())).toEqual([
      `missing ${pathOf('a')}`,
      'orphan /models/b.gguf',
    ])
  })

  it('removes in the same plan what a moved model leaves at its old place', async () => {
    const opened = await openWith(['a'])
    const { files } = opened
    await files.moveFile(pathOf('a'), '/models/b.gguf')
    files.put(`${pathOf('a')}.partial`, sampleDigest(3))
    expect(await cure(opened)).toMatchObject({ done: ['relocate', 'remove-file'] })
  })

  it('finds the directory of a multi-file model under another name', async () => {
    const { catalog, files, other } = await openTestCatalog()
    const parts = ['x.gguf', 'sub/y.gguf']
    for (const part of parts) files.put(`/models/m/${part}`, sampleDigest(1))
    const known = parts.map((path) => ({
      path,
      fingerprint: withoutDev(files.readFingerprint(`/models/m/${path}`)),
    }))
    const found = { outcome: 'match', digest: sampleDigest(3), bytes: 2048, durationMs: 1, engine: 'native' }
    const evidence = { 'volume-1': { ...found, volume: 'volume-1', at: EARLIER, files: known } } as never
    const model = { id: 'm', state: 'Active', digest: sampleDigest(3), evidence } as const
    await plant(other, sampleEntry({ ...model, files: parts.map((path) => ({ path })) }))
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    for (const part of parts) await files.moveFile(`/models/m/${part}`, `/models/n/${part}`)
    expect((await catalog.upkeep.doctor()).actions).toMatchObject([{ kind: 'relocate', to: 'n' }])
    await files.moveFile('/models/n/x.gguf', '/models/elsewhere.gguf')
    expect((await catalog.upkeep.doctor()).actions).toMatchObject([{ kind: 'forget-evidence' }])
  })

  it('has a file read again that is another, or has another size', async () => {
    const opened = await openWith(['a', 'b', 'c'])
    const { catalog, files } = opened
    files.put(pathOf('a'), sampleDigest(1))
    files.put(pathOf('b'), sampleDigest(9))
    files.put(pathOf('c'), sampleDigest(3), 999)
    const plan = await catalog.upkeep.doctor()
    expect(kindsOf(plan)).toEqual([
      `changed ${pathOf('a')}`,
      `changed ${pathOf('b')}`,
      `resized ${pathOf('c')}`,
    ])
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: ['reverify', 'reverify'], failed: ['DIGEST_MISMATCH'] })
    const states = (await catalog.list()).map(({ state }) => state)
    expect(states).toEqual(['Active', 'Failed', 'Active'])
    expect((await catalog.upkeep.doctor()).actions).toEqual([])
    expect(outlineOf(await catalog.upkeep.apply(plan))).toEqual(outlineOf(report))
    expect(files.read).toHaveLength(3)
  })

  it('says the same of a wrong size when it is applied again', async () => {
    const { catalog, files } = await openTestCatalog()
    files.put(pathOf('a'), sampleDigest(1))
    await catalog.register({ id: 'a', source: 'hf:org/model', sizeBytes: 1024 })
    await catalog.verify('a')
    files.put(pathOf('a'), sampleDigest(1), 5)
    const plan = await catalog.upkeep.doctor()
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ failed: ['SIZE_MISMATCH'] })
    expect(outlineOf(await catalog.upkeep.apply(plan))).toEqual(outlineOf(report))
    expect((await catalog.upkeep.doctor()).actions).toEqual([])
  })

  it('takes nothing for missing in a directory that cannot be listed', async () => {
    const { catalog, files } = await openWith(['a', 'b'])
    await catalog.setState('b', 'Retired')
    files.put('/models/old.gguf', sampleDigest(5))
    files.delete(pathOf('a'))
    files.unreadable = [{ path: pathOf('a').slice(0, pathOf('a').lastIndexOf('/')), errno: 'EIO' }]
    const directory = `unreadable ${files.unreadable[0]?.path}`
    const plan = await catalog.upkeep.doctor()
    expect(kindsOf(plan)).toEqual([directory, `unreadable ${pathOf('a')}`])
    expect(plan.actions).toEqual([])
    const plans = [
      await catalog.upkeep.collect({ orphans: true }),
      await catalog.upkeep.dedupe({ method: 'hard-link' }),
    ]
    expect(plans.map(kindsOf)).toEqual([[directory], [directory]])
    expect((await catalog.upkeep.stats()).unreadable).toEqual(files.unreadable)
    expect(await catalog.get('a')).toMatchObject({ state: 'Active' })
  })

  it('finds what is not a file at the name of a model, and what cannot be looked at', async () => {
    const opened = await openWith(['a', 'b'])
    const { catalog, files } = opened
    const error = new CatalogError('NOT_A_REGULAR_FILE', 'a FIFO', { path: pathOf('a'), kind: 'FIFO' })
    files.special.set(pathOf('a'), error)
    files.special.set(pathOf('b'), new CatalogError('IO', 'bad sector', { operation: 'stat' }))
    const plan = await catalog.upkeep.doctor()
    expect(kindsOf(plan)).toEqual([`special-file ${pathOf('a')}`, `unreadable ${pathOf('b')}`])
    expect(await cure(opened)).toMatchObject({ done: ['forget-evidence'] })
  })

  it('finds shards that are missing, but for those that an entry names', async () => {
    const { catalog, files } = await openWith(['m-00001-of-00003'])
    const set = { name: 'm.gguf', present: ['m-00001-of-00003.gguf'] }
    const missing = ['m-00002-of-00003.gguf', 'm-00003-of-00003.gguf']
    files.shards = [{ ...set, missing, missingCount: 2 }]
    const [finding] = (await catalog.upkeep.doctor()).findings
    expect(finding).toMatchObject({ kind: 'shard-missing', id: 'm-00001-of-00003' })
    expect(finding?.path).toBe('/models/m-00002-of-00003.gguf')
    await catalog.register({ id: 'm-00003-of-00003', source: 'hf:org/model' })
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('finds paths that only some disks tell apart', async () => {
    const { catalog, files } = await openWith(['a'])
    files.put('/models/A.gguf', sampleDigest(2))
    files.put('/models/e\u0301.bin', sampleDigest(3))
    files.put('/models/\u00e9.bin', sampleDigest(4))
    const collisions = (await catalog.upkeep.doctor()).findings.filter(
      ({ kind }) => kind === 'case-collision',
    )
    expect(collisions.map(({ path, id }) => [path, id])).toEqual([
      ['/models/a.gguf', 'a'],
      ['/models/\u00e9.bin', undefined],
    ])
  })

  it('removes what no download can go on with, and nothing else', async () => {
    const opened = await openWith(['a'])
    const { catalog, files, other } = opened
    for (const id of ['wanted', 'later', 'plain']) await catalog.register({ id, source: 'hf:org/model' })
    await edit(other, 'wanted', downloadOf('wanted', LATER))
    await edit(other, 'later', downloadOf('later', EARLIER))
    for (const id of ['a', 'wanted', 'later', 'plain', 'removed']) {
      files.put(`${pathOf(id)}.partial`, sampleDigest(50), 10)
      files.put(`${pathOf(id)}.partial.checkpoint`, sampleDigest(51), 1)
    }
    const temporary = sharingNames('a').prepared
    files.put(temporary, sampleDigest(1))
    files.put(temporary.replace('a.gguf', 'other.gguf'), sampleDigest(1))
    files.put(`${pathOf('plain')}.quarantined-1`, sampleDigest(52))
    await files.moveFile(`${pathOf('plain')}.partial`, '/models/plain')
    const before = (await files.listFiles()).files.map(({ path }) => path)
    const plan = await catalog.upkeep.doctor()
    const informed = plan.findings.filter(({ kind }) => kind === 'partial').map(({ id }) => id)
    expect(informed).toEqual(['later', 'wanted'])
    await cure(opened)
    const left = (await files.listFiles()).files.map(({ path }) => path)
    expect(before.filter((path) => !left.includes(path)).sort()).toEqual(
      [
        temporary,
        ...['a', 'removed'].flatMap((id) => [`${pathOf(id)}.partial`, `${pathOf(id)}.partial.checkpoint`]),
        `${pathOf('plain')}.partial.checkpoint`,
      ].sort(),
    )
  })

  it('tells of orphans and leaves them', async () => {
    const opened = await openWith(['a'])
    opened.files.put('/models/stray.bin', sampleDigest(7), 77)
    opened.files.link(pathOf('a'), '/models/name-of-a.bin')
    await opened.catalog.verify('a')
    const plan = await opened.catalog.upkeep.doctor()
    expect(plan.findings).toMatchObject([{ kind: 'orphan', path: '/models/stray.bin', bytes: 77 }])
    expect(plan.actions).toEqual([])
  })
})

describe('a plan', () => {
  it('comes back from JSON as it was, and applies', async () => {
    const { catalog, files } = await openWith(['a', 'b'])
    files.delete(pathOf('a'))
    files.put(pathOf('b'), sampleDigest(2))
    files.put(`${pathOf('c')}.partial`, sampleDigest(2))
    const plan = await catalog.upkeep.doctor()
    const read = parsePlan(JSON.parse(JSON.stringify(plan)))
    expect(read).toEqual(plan)
    expect(outlineOf(await catalog.upkeep.apply(read))).toMatchObject({
      skipped: [],
      failed: [],
      freedBytes: 1024,
    })
  })

  it.each([
    ['that names a file outside the root', { file: '../etc/passwd' }, 'actions.0.file'],
    ['that names the catalog itself', { file: '.catalog/journal-000001.jsonl' }, 'actions.0.file'],
    ['of an unknown action', { kind: 'format-disk' }, 'actions.0.kind'],
    ['with an unknown field', { force: true }, 'actions.0.force'],
  ])('%s is refused', async (_, fields, field) => {
    const { catalog, files } = await openWith([])
    files.put('/models/x.partial', sampleDigest(2))
    const plan = await catalog.upkeep.doctor()
    const forged = { ...plan, actions: plan.actions.map((action) => ({ ...action, ...fields })) }
    const refused = { code: 'INVALID_INPUT', details: { problems: [{ field }] } }
    await expect(catalog.upkeep.apply(forged as UpkeepPlan)).rejects.toMatchObject(refused)
    expect(files.has('/models/x.partial')).toBe(true)
  })

  it('of another machine is refused', async () => {
    const { catalog } = await openWith([])
    const plan = { ...(await catalog.upkeep.doctor()), node: 'node-2' }
    await expect(catalog.upkeep.apply(plan)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'node' }] },
    })
  })
})

describe('an action', () => {
  it('is skipped where its entry changed since', async () => {
    const { catalog, files, other } = await openWith(['a', 'b', 'c'])
    files.delete(pathOf('a'))
    files.put(pathOf('b'), sampleDigest(2))
    await files.moveFile(pathOf('c'), '/models/d.gguf')
    const plan = await catalog.upkeep.doctor()
    for (const id of ['a', 'b', 'c']) await edit(other, id, { tags: ['x'] })
    const report = await catalog.upkeep.apply(plan)
    expect(report.skipped.map(({ reason }) => reason)).toEqual([
      'a is Active at revision 3, and was Active at revision 2',
      'b is Active at revision 3, and was Active at revision 2',
      'c is Active at revision 3, and was Active at revision 2',
    ])
    expect(files.read).toEqual([])
  })

  it('is skipped where its file changed since, or came back', async () => {
    const { catalog, files } = await openWith(['a', 'b', 'c'])
    files.delete(pathOf('a'))
    files.put(pathOf('b'), sampleDigest(2))
    await files.moveFile(pathOf('c'), '/models/d.gguf')
    files.put('/models/x.partial', sampleDigest(3))
    const plan = await catalog.upkeep.doctor()
    for (const path of [pathOf('a'), pathOf('b'), '/models/d.gguf', '/models/x.partial']) {
      files.put(path, sampleDigest(8))
    }
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({
      done: [],
      skipped: [
        'the file of a exists again',
        '/models/b.gguf changed since',
        '/models/d.gguf changed since',
        '/models/x.partial changed since',
      ],
    })
  })

  it('is skipped where a download wants the file by now', async () => {
    const { catalog, files, other } = await openWith([])
    files.put(`${pathOf('a')}.partial`, sampleDigest(3))
    const plan = await catalog.upkeep.doctor()
    await catalog.register({ id: 'a', source: 'hf:org/model' })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [] })
    await edit(other, 'a', downloadOf('a', LATER))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [] })
    expect(files.has(`${pathOf('a')}.partial`)).toBe(true)
  })

  it('is skipped where the file became that of a model while others were applied', async () => {
    const { catalog, files } = await openWith(['a'])
    files.put(pathOf('a'), sampleDigest(1))
    files.put('/models/x.partial', sampleDigest(3))
    const plan = await catalog.upkeep.doctor()
    files.duringRead = async () => {
      files.duringRead = () => undefined
      await catalog.register({ id: 'x', source: 'hf:org/model', file: 'x.partial' })
    }
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ done: ['reverify'] })
    expect(files.has('/models/x.partial')).toBe(true)
  })

  it('that is done is done also when it is applied again', async () => {
    const { catalog, files, store } = await openWith(['a', 'b', 'c'])
    files.delete(pathOf('a'))
    files.put(pathOf('b'), sampleDigest(2))
    await files.moveFile(pathOf('c'), '/models/d.gguf')
    files.put('/models/x.partial', sampleDigest(3))
    const plan = await catalog.upkeep.doctor()
    const report = await catalog.upkeep.apply(plan)
    const { commits } = store
    expect(await catalog.upkeep.apply(plan)).toEqual({ ...report, freedBytes: 0 })
    expect(report.done).toHaveLength(4)
    expect(store.commits).toBe(commits)
  })

  it('ends with the reason of the signal, and what was done is done', async () => {
    const { catalog, files } = await openWith(['a', 'b'])
    for (const [index, id] of ['a', 'b'].entries()) files.put(pathOf(id), sampleDigest(index + 1))
    const plan = await catalog.upkeep.doctor()
    const controller = new AbortController()
    files.duringRead = (path) => path === pathOf('b') && controller.abort('not wanted')
    const progress: number[] = []
    const onProgress = ({ doneActions }: { doneActions: number }) => progress.push(doneActions)
    const applying = catalog.upkeep.apply(plan, { signal: controller.signal, onProgress })
    await expect(applying).rejects.toBe('not wanted')
    expect((await catalog.upkeep.doctor()).actions).toMatchObject([{ entry: { id: 'b' } }])
    expect(progress).toEqual([0, 0, 1])
  })
})

describe('a model whose file has the name of what a download of another makes', () => {
  it('is told, not relocated to it, and its only copy stays', async () => {
    const { catalog, files } = await openWith(['a', 'b'])
    await files.moveFile(pathOf('a'), `${pathOf('b')}.partial`)
    const { findings, actions } = await catalog.upkeep.doctor()
    expect(actions).toEqual([])
    expect(findings).toMatchObject([{ kind: 'moved', id: 'a', text: expect.stringContaining('rename it') }])
    await files.moveFile(`${pathOf('b')}.partial`, pathOf('a'))
    expect(await catalog.verify('a')).toMatchObject({ state: 'Active' })
  })
})

it('doctor tells of a file of which nothing but the ctime changed, and of one that has other bytes or another size', async () => {
  const { catalog, files } = await openWith(['a', 'b', 'c', 'd'])
  files.touchMode(pathOf('a'))
  files.overwrite(pathOf('b'), sampleDigest(8))
  files.overwrite(pathOf('c'), sampleDigest(9), 7)
  const { findings } = await catalog.upkeep.doctor()
  expect(findings.map(({ kind, id }) => [id, kind])).toEqual([
    ['a', 'stale'],
    ['b', 'changed'],
    ['c', 'resized'],
  ])
})
