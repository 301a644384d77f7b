import { sampleDigest } from '@catalog/testkit'
import type { DedupeMethod, UpkeepPlan } from '@catalog/types'
import { expect, it } from 'vitest'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf, sharingNames } from './upkeep-world.ts'

const METHODS: readonly DedupeMethod[] = ['reference', 'hard-link', 'reflink']

/** Applies a plan in a process that is killed before its `n`th step on disk or in the store, or right after. */
async function applyUntilStep(opened: TestCatalog, plan: UpkeepPlan, n: number): Promise<boolean> {
  const { catalog, files, store } = opened
  let steps = 0
  const step = (): void => {
    steps += 1
    if (steps > n) throw new Error('killed')
  }
  const originals = {
    replaceByCopy: files.replaceByCopy,
    removeFile: files.removeFile,
    moveFile: files.moveFile,
  }
  const { digestFiles } = files
  const { commit } = store
  const stepping =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      step()
      const result = await run(...args)
      step()
      return result
    }
  Object.assign(files, {
    replaceByCopy: stepping(originals.replaceByCopy.bind(files)),
    removeFile: stepping(originals.removeFile.bind(files)),
    moveFile: stepping(originals.moveFile.bind(files)),
    digestFiles: stepping(digestFiles.bind(files)),
  })
  store.commit = stepping(commit.bind(store))
  files.afterReplaceStep = step
  const isKilled = await catalog.upkeep.apply(plan).then(
    () => false,
    () => true,
  )
  Object.assign(files, originals, { digestFiles, afterReplaceStep: () => undefined })
  return isKilled
}

interface KilledAt {
  readonly n: number
  readonly plan: UpkeepPlan
  /** After the kill. */
  readonly catalog: TestCatalog['catalog']
  readonly files: TestCatalog['files']
}

/** Kills a process that shares two files at every step, and runs what follows in another. */
async function afterEachKill(method: DedupeMethod, run: (killed: KilledAt) => Promise<void>): Promise<void> {
  let n = 0
  for (let isKilled = true; isKilled; n += 1) {
    const opened = await openWith(['a', 'b'], [1, 1])
    const plan = await opened.catalog.upkeep.dedupe({ method })
    isKilled = await applyUntilStep(opened, plan, n)
    const { files, backing } = opened
    const bytes = (await files.listFiles()).files.map(({ path }) => files.bytesOf(path))
    expect(new Set(bytes)).toEqual(new Set([sampleDigest(1)]))
    const { catalog } = await openTestCatalog({ files, backing })
    await run({ n, plan, catalog, files })
  }
  expect(n).toBeGreaterThan(6)
}

it.each(METHODS)('a plan that shares by %s is finished after a kill at any step', async (method) => {
  await afterEachKill(method, async ({ n, plan, catalog, files }) => {
    const { done, skipped, failed } = await catalog.upkeep.apply(plan)
    expect({ n, done: done.length, skipped, failed }).toEqual({ n, done: 1, skipped: [], failed: [] })
    const names = (await files.listFiles()).files.map(({ file }) => file)
    expect(names).toEqual(method === 'reference' ? ['a.gguf'] : ['a.gguf', 'b.gguf'])
    for (const id of ['a', 'b']) expect((await catalog.resolve(id)).id).toBe(id)
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })
})

it.each(METHODS)(
  'doctor finds what a kill has left of sharing by %s, and one plan ends it',
  async (method) => {
    await afterEachKill(method, async ({ n, catalog, files }) => {
      const { failed } = await catalog.upkeep.apply(await catalog.upkeep.doctor())
      expect({ n, failed }).toEqual({ n, failed: [] })
      for (const id of ['a', 'b']) expect((await catalog.resolve(id)).id).toBe(id)
      const names = (await files.listFiles()).files.map(({ file }) => file)
      expect(names.filter((name) => !['a.gguf', 'b.gguf'].includes(name))).toEqual([])
      const { findings } = await catalog.upkeep.doctor()
      expect(findings.map(({ kind }) => kind)).toEqual(
        method === 'reference' && names.includes('b.gguf') && findings.length > 0 ? ['orphan'] : [],
      )
    })
  },
)

it.each([
  ['bytes', undefined, 'DIGEST_MISMATCH'],
  ['size', 5, 'SIZE_MISMATCH'],
] as const)(
  'a file of wrong %s that came to the place of one that is shared is read once, and told of from then on',
  async (_, sizeBytes, code) => {
    const opened = await openTestCatalog()
    const { catalog, files } = opened
    const { aside } = sharingNames('a')
    files.put(pathOf('a'), sampleDigest(1))
    await catalog.register({ id: 'a', source: 'hf:org/model', sizeBytes: 1024 })
    await catalog.verify('a')
    await files.moveFile(pathOf('a'), aside)
    files.put(pathOf('a'), sampleDigest(2), sizeBytes)
    const plan = await catalog.upkeep.doctor()
    const report = outlineOf(await catalog.upkeep.apply(plan))
    expect(report).toMatchObject({ done: [], failed: [code, code] })
    const [entry, read] = [await catalog.get('a'), files.read.length]
    expect(outlineOf(await catalog.upkeep.apply(plan))).toEqual(report)
    expect([await catalog.get('a'), files.read.length]).toEqual([entry, read])
    const { actions, findings } = await catalog.upkeep.doctor()
    expect(actions).toEqual([])
    expect(findings.find(({ path }) => path === aside)?.text).toMatch(/wrong, .*remove or rename one$/u)
    expect([aside, pathOf('a')].map((path) => files.bytesOf(path))).toEqual([1, 2].map(sampleDigest))
    // Once the wrong one is gone, the other comes back.
    files.delete(pathOf('a'))
    await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect((await catalog.resolve('a')).path).toBe(pathOf('a'))
  },
)
