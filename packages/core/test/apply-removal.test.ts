import { sampleDigest, sampleEntry } from '@catalog/testkit'
import { CatalogError, parseModelId, type UpkeepAction, type UpkeepPlan } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { createConflict, createNotFound } from '../src/entry/errors.ts'
import { dropEntry, edit, openTestCatalog, plant } from './test-catalog.ts'
import { openWith, outlineOf, pathOf } from './upkeep-world.ts'

const EARLIER = '2025-09-30T00:00:00.000Z'
const WHO = { actor: 'ada', reason: 'weekly' }
const PARTIAL = '/models/x.gguf.partial'

describe('removing a file', () => {
  it('goes on while the disk is too full to record it: what needs no record frees the space', async () => {
    const { catalog, files, store } = await openWith(['a', 'b'])
    await catalog.setState('a', 'Retired')
    await catalog.setState('b', 'Retired')
    files.put(PARTIAL, sampleDigest(3))
    const plan = await catalog.upkeep.collect()
    const full = new CatalogError('NO_SPACE', 'full', { path: '/models', outcome: 'none' })
    store.beforeEachCommit(() => {
      if (files.has(PARTIAL)) throw full
    })
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({
      done: ['remove-file', 'remove-file', 'remove-file'],
      skipped: [],
      failed: [],
    })
    expect([pathOf('a'), pathOf('b'), PARTIAL].filter((path) => files.has(path))).toEqual([])
  })

  it('does nothing else meanwhile, and all that is left once there is space', async () => {
    const { catalog, files, store } = await openWith(['a', 'b'])
    await catalog.setState('a', 'Retired')
    files.put(PARTIAL, sampleDigest(3))
    files.put(pathOf('b'), sampleDigest(2))
    const removals = await catalog.upkeep.collect()
    const { actions } = await catalog.upkeep.doctor()
    const reverify = actions.filter(({ kind }) => kind === 'reverify')
    const isOfModel = (action: UpkeepAction): boolean =>
      action.kind === 'remove-file' && action.why === 'retired'
    const ofModel = removals.actions.filter(isOfModel)
    const ofLeftover = removals.actions.filter((action) => !isOfModel(action))
    const plan = { ...removals, actions: [...ofModel, ...reverify, ...ofLeftover] }
    const full = new CatalogError('NO_SPACE', 'full', { path: '/models', outcome: 'none' })
    store.beforeEachCommit(() => {
      if (files.has(PARTIAL)) throw full
    })
    files.duringRead = () => expect(files.has(PARTIAL)).toBe(false)
    const { done } = outlineOf(await catalog.upkeep.apply(plan))
    expect(done).toEqual(['remove-file', 'remove-file', 'reverify'])
    expect(files.read).toEqual([pathOf('b')])
  })

  it('rejects with NO_SPACE once nothing more can be freed', async () => {
    const { catalog, files, store } = await openWith(['a'])
    await catalog.setState('a', 'Retired')
    files.put(PARTIAL, sampleDigest(3))
    const plan = await catalog.upkeep.collect()
    const full = new CatalogError('NO_SPACE', 'full', { path: '/models', outcome: 'none' })
    store.beforeEachCommit(() => {
      throw full
    })
    await expect(catalog.upkeep.apply(plan)).rejects.toBe(full)
    expect(files.has(PARTIAL)).toBe(false)
    expect(files.has(pathOf('a'))).toBe(true)
  })

  it.each([
    ['the store failed for good', new CatalogError('CLOSED', 'closed', { what: 'store' })],
    ['the program has a fault', new TypeError('a fault')],
  ])('is not begun once %s', async (_, error) => {
    const { catalog, files } = await openWith(['a'])
    files.put(pathOf('a'), sampleDigest(1))
    files.put(PARTIAL, sampleDigest(3))
    const plan = await catalog.upkeep.doctor()
    files.duringRead = () => Promise.reject(error)
    expect(plan.actions.map(({ kind }) => kind)).toEqual(['reverify', 'remove-file'])
    await expect(catalog.upkeep.apply(plan)).rejects.toBe(error)
    expect(files.has(PARTIAL)).toBe(true)
  })

  it('is recorded of its model with who did it and why', async () => {
    const { catalog, files, other } = await openWith(['a', 'b'])
    await catalog.setState('a', 'Retired')
    const wrong = `${pathOf('b')}.quarantined-1`
    files.put(wrong, sampleDigest(5))
    await edit(other, 'b', { quarantine: [{ node: 'node-1', at: EARLIER, sizeBytes: 5, path: wrong }] })
    const plan = await catalog.upkeep.collect()
    const { done } = await catalog.upkeep.apply(plan, WHO)
    expect(done).toHaveLength(2)
    expect((await catalog.history.of('a')).at(-1)).toMatchObject({ ...WHO, operation: 'forget-evidence' })
    expect((await catalog.history.of('b')).at(-1)).toMatchObject({ ...WHO, operation: 'collect' })
    expect(await catalog.get('b')).not.toHaveProperty('quarantine')
    const position = await catalog.refresh()
    await catalog.upkeep.apply(plan, WHO)
    expect(await catalog.refresh()).toBe(position)
  })

  it.each<[string, (world: Awaited<ReturnType<typeof openWith>>) => unknown]>([
    ['only its ctime changed', ({ files }) => files.touchMode(PARTIAL)],
    [
      'its directory can no longer be listed',
      ({ files }) => {
        files.unreadable = [{ path: '/models', errno: 'EIO' }]
      },
    ],
    [
      'a Retired model has its name by now',
      ({ other }) => plant(other, sampleEntry({ id: 'x', state: 'Retired', file: 'x.gguf.partial' })),
    ],
  ])('is left out if %s', async (_, change) => {
    const opened = await openWith([])
    const { catalog, files } = opened
    files.put(PARTIAL, sampleDigest(3))
    const plan = await catalog.upkeep.collect()
    await change(opened)
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect(files.has(PARTIAL)).toBe(true)
  })

  it('is left out if the name is that of a symbolic link by now, also if the plan was forged for it', async () => {
    const { catalog, files } = await openWith([])
    files.put(PARTIAL, sampleDigest(3))
    const plan = await catalog.upkeep.collect()
    files.delete(PARTIAL)
    files.makeLink('/srv/x', PARTIAL)
    const found = await files.lookAt(PARTIAL)
    const actions = plan.actions.map((action) => ({ ...action, fingerprint: found?.fingerprint }))
    const report = await catalog.upkeep.apply({ ...plan, actions } as UpkeepPlan)
    expect(outlineOf(report)).toMatchObject({ skipped: [`${PARTIAL} is not a regular file`] })
  })

  it('is left out for a leftover that a download may go on with by now, but not if the caller asked for the room', async () => {
    const { catalog, files } = await openWith([])
    for (const end of ['', '.checkpoint']) files.put(`${PARTIAL}${end}`, sampleDigest(3))
    const plan = await catalog.upkeep.doctor()
    await catalog.register({ id: 'x', source: 'x' })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}, {}] })
    const { done } = await catalog.upkeep.apply(await catalog.upkeep.collect())
    expect(done).toHaveLength(2)
  })

  it('frees the directories that a download made, and is done also if they cannot be removed', async () => {
    const collected = '/models/m.partial/.parts/x.gguf.partial'
    const { catalog, files } = await openWith([])
    files.put(collected, sampleDigest(3))
    const plan = await catalog.upkeep.collect()
    files.removeDirectory = () => Promise.reject(new CatalogError('IO', 'busy', { operation: 'remove' }))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{}], failed: [], freedBytes: 1024 })
    files.put(collected, sampleDigest(3))
    files.removeDirectory = () => Promise.reject(new Error('unexpected'))
    const again = await catalog.upkeep.collect()
    await expect(catalog.upkeep.apply(again)).rejects.toThrow('unexpected')
  })
})

describe('removing the file of a Retired model', () => {
  async function openRetired() {
    const opened = await openWith(['a'])
    await opened.catalog.setState('a', 'Retired')
    return { ...opened, plan: await opened.catalog.upkeep.collect() }
  }

  it('takes with it what older versions have recorded of it by the names of machines, before it goes', async () => {
    const { catalog, files, other } = await openWith(['a'])
    const { evidence = {} } = (await catalog.get('a')) ?? {}
    const own = evidence['volume-1']
    if (own === undefined) throw new Error('there must be evidence')
    const { volume: _volume, anchor: _anchor, ...named } = { ...own, node: 'old-name' }
    await edit(other, 'a', { state: 'Retired', evidence: { ...evidence, 'old-name': named } })
    const plan = await catalog.upkeep.collect()
    files.removeFile = () => Promise.reject(new Error('killed'))
    await expect(catalog.upkeep.apply(plan)).rejects.toThrow('killed')
    expect(await catalog.get('a')).not.toHaveProperty('evidence')
  })

  it('is left out if no model names it by now, or another one that the plan does not have', async () => {
    const { catalog, files, other, plan } = await openRetired()
    await plant(other, sampleEntry({ id: 'b', state: 'Retired', file: 'a.gguf' }))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    for (const id of ['a', 'b']) await dropEntry(other, id)
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect(files.has(pathOf('a'))).toBe(true)
  })

  it('forgets what was read of it here, and by any machine of this very file, and nothing else', async () => {
    const { catalog, files, other } = await openWith(['a'])
    const { evidence = {} } = (await catalog.get('a')) ?? {}
    const own = evidence['volume-1']
    if (own?.fingerprint === undefined) throw new Error('there must be evidence')
    const { fingerprint, ...many } = own
    await edit(other, 'a', {
      state: 'Retired',
      evidence: {
        'volume-1': { ...own, fingerprint: { ...fingerprint, ino: '7' } },
        another: { ...own, volume: 'another', fingerprint: { ...fingerprint, mtimeNs: '7' } },
        one: { ...own, volume: 'one', fingerprint: { ...fingerprint, ctimeNs: '7' } },
        part: { ...many, volume: 'part', files: [{ path: 'x', fingerprint }] },
      },
    })
    const keysOf = async (): Promise<readonly string[]> =>
      Object.keys((await catalog.get('a'))?.evidence ?? {})
    const remove = files.removeFile.bind(files)
    files.removeFile = async (path, expected) => {
      // Before the file goes: a crash may come in between.
      expect(await keysOf()).toEqual(['another'])
      return remove(path, expected)
    }
    await catalog.upkeep.apply(await catalog.upkeep.collect())
    expect(files.has(pathOf('a'))).toBe(false)
    expect(await keysOf()).toEqual(['another'])
  })

  it('is done if another file comes to its place right after, and what is read of that is kept', async () => {
    const { catalog, files, plan } = await openRetired()
    const remove = files.removeFile.bind(files)
    files.removeFile = async (path, expected) => {
      const isRemoved = await remove(path, expected)
      files.put(path, sampleDigest(1))
      await catalog.verify('a')
      return isRemoved
    }
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{}], failed: [], skipped: [] })
    expect((await catalog.get('a'))?.evidence).toBeDefined()
  })

  it('is done if its entry is removed right after', async () => {
    const { catalog, files, other, plan } = await openRetired()
    const remove = files.removeFile.bind(files)
    files.removeFile = async (path, expected) => {
      await dropEntry(other, 'a')
      return remove(path, expected)
    }
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{}], failed: [], skipped: [] })
  })

  it('fails with what the store fails with right after', async () => {
    const { catalog, files, store, plan } = await openRetired()
    const remove = files.removeFile.bind(files)
    files.removeFile = async (path, expected) => {
      store.get = () => Promise.reject(new Error('the store fails'))
      return remove(path, expected)
    }
    await expect(catalog.upkeep.apply(plan)).rejects.toThrow('the store fails')
  })
})

it('an action whose model is gone, or is changed by others all the time, is skipped', async () => {
  const { catalog, files, other } = await openWith(['a', 'b'])
  files.delete(pathOf('a'))
  files.put(PARTIAL, sampleDigest(3))
  const plan = await catalog.upkeep.doctor()
  await dropEntry(other, 'a')
  const conflict = createConflict({ id: parseModelId('x'), expectedRevision: 1, foundRevision: 2 })
  files.removeFile = () => Promise.reject(conflict)
  const report = await catalog.upkeep.apply(plan)
  expect(outlineOf(report)).toMatchObject({
    failed: [],
    done: [],
    skipped: [createNotFound('a').message, conflict.message],
  })
})

it('what is applied is reported before each action and after the last, and while bytes are read', async () => {
  const { catalog, files } = await openTestCatalog()
  files.put(pathOf('a'), sampleDigest(1))
  await catalog.register({ id: 'a', source: 'x' })
  await catalog.verify('a')
  files.put(pathOf('a'), sampleDigest(1))
  const progress: unknown[] = []
  const plan = await catalog.upkeep.doctor()
  await catalog.upkeep.apply(plan, { onProgress: (each) => progress.push(each) })
  const totals = { totalActions: 1, doneBytes: 0, totalBytes: 0 }
  expect(progress).toEqual([
    { ...totals, doneActions: 0 },
    { ...totals, doneActions: 0, doneBytes: 1024, totalBytes: 1024 },
    { ...totals, doneActions: 1 },
  ])
})

it('what was left out and what failed counts as dealt with', async () => {
  const { catalog, files } = await openWith(['a', 'b', 'c'])
  for (const [index, id] of ['a', 'b', 'c'].entries()) files.put(pathOf(id), sampleDigest(index + 1))
  files.put(pathOf('b'), sampleDigest(9))
  const plan = await catalog.upkeep.doctor()
  await catalog.setState('a', 'Retired')
  const counts: number[] = []
  const report = await catalog.upkeep.apply(plan, {
    onProgress: ({ doneActions }) => counts.push(doneActions),
  })
  expect(report).toMatchObject({ done: [{}], skipped: [{}], failed: [{}] })
  expect(counts.at(-1)).toBe(3)
})
