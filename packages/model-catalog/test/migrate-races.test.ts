import { cpSync } from 'node:fs'
import { openFileCopy, openFileStore } from '@catalog/store-fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import type { CatalogCopy, CatalogStore, CopiedRecord } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { migrateCatalog, openCatalog } from '../src/index.ts'
import { type CopyResult, copyCatalog } from '../src/migrate/copy-catalog.ts'

const directory = useTemporaryDirectory()
type Change = 'a model' | 'the policy'

async function make(root: string): Promise<void> {
  await using catalog = await openCatalog({ root })
  for (const id of ['a', 'b']) await catalog.register({ id, source: 'hf:org/m' })
  await catalog.policy.set({ maxEvidenceAgeMs: 1 })
}

async function change(root: string, what: Change, number: number): Promise<void> {
  await using catalog = await openCatalog({ root, create: false })
  if (what === 'a model') await catalog.register({ id: `late-${number}`, source: 'hf:org/late' })
  else await catalog.policy.set({ maxEvidenceAgeMs: 1000 + number })
}

/** Copies, and calls `after` each time that the copy has asked the original for something, or has written a step. */
async function copyWith(
  from: string,
  to: string,
  after: (call: string) => Promise<void>,
  spoil: (record: CopiedRecord) => CopiedRecord = (record) => record,
): Promise<CopyResult> {
  const opened = await openFileStore({ root: from, readOnly: true })
  const target = await openFileCopy(to)
  const append = target.append.bind(target)
  target.append = (records, settings) => append(records.map(spoil), settings)
  const source = withCalls<CatalogStore>(opened, after, ['refresh', 'settings', 'totals', 'changes', 'list'])
  const copy = withCalls<CatalogCopy>(target, after, ['begin', 'append', 'complete', 'finish'])
  try {
    const options = { dryRun: false, signal: undefined, onProgress: undefined }
    return await copyCatalog({ source, place: from, copy, ...options })
  } finally {
    await Promise.all([target.close(), opened.close()])
  }
}

function withCalls<T extends object>(
  object: T,
  after: (call: string) => Promise<void>,
  names: readonly (keyof T & string)[],
): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      const call = names.find((each) => each === name)
      if (call === undefined) return value.bind(target)
      return async (...given: unknown[]): Promise<unknown> => {
        const result: unknown = await Reflect.apply(value, target, given)
        await after(call)
        return result
      }
    },
  })
}

async function expectEqual(from: string, to: string): Promise<void> {
  await using original = await openCatalog({ root: from })
  await using copy = await openCatalog({ root: to, create: false })
  expect(await copy.list()).toEqual(await original.list())
  expect(await copy.history.changes()).toEqual(await original.history.changes())
  expect(await copy.policy.get()).toEqual(await original.policy.get())
  expect(await copy.history.verify()).toMatchObject({ ok: true })
}

describe('a catalog that is changed between two steps of its migration', () => {
  it.each(['a model', 'the policy'] as const)(
    'is copied whole, after whatever step it is: %s',
    async (what) => {
      let isDone = false
      for (let step = 1; !isDone; step += 1) {
        const [from, to] = [directory.at(`from-${step}`), directory.at(`to-${step}`)]
        await make(from)
        let steps = 0
        let changed = ''
        const { isComplete } = await copyWith(from, to, async (call) => {
          steps += 1
          if (steps !== step) return
          changed = call
          await change(from, what, step)
        }).catch((error: unknown) => {
          throw new Error(`with a change after step ${step}, ${changed}`, { cause: error })
        })
        isDone = changed === ''
        expect({ step, changed, isComplete }).toEqual({ step, changed, isComplete: true })
        expect(await migrateCatalog({ from, to })).toMatchObject({ isComplete: true })
        await expectEqual(from, to)
      }
    },
    120_000,
  )

  it('is compared whole, after whatever step it is', async () => {
    const spoil = (record: CopiedRecord): CopiedRecord => ({
      ...record,
      changes: record.changes.map((change) => (record.position === 2 ? { ...change, actor: 'eve' } : change)),
    })
    let isDone = false
    for (let step = 1; !isDone; step += 1) {
      const [from, to] = [directory.at(`compared-${step}`), directory.at(`wrong-${step}`)]
      await make(from)
      let steps = 0
      isDone = true
      const after = async (): Promise<void> => {
        steps += 1
        if (steps !== step) return
        isDone = false
        await change(from, 'a model', step)
      }
      const copying = copyWith(from, to, after, spoil)
      await expect(copying, `with a change after step ${step}`).rejects.toMatchObject({ code: 'DAMAGED' })
    }
  }, 120_000)

  it.each(['a model', 'the policy'] as const)(
    'stays closed to programs if it is changed each time that it is finished: %s',
    async (what) => {
      const [from, to] = [directory.at('from'), directory.at('to')]
      await make(from)
      let number = 0
      const { isComplete } = await copyWith(from, to, async (call) => {
        if (call !== 'finish') return
        number += 1
        await change(from, what, number)
      })
      expect(number).toBeGreaterThan(1)
      expect(isComplete).toBe(false)
      await expect(openCatalog({ root: to })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
      expect(await migrateCatalog({ from, to })).toMatchObject({ isComplete: true })
      await expectEqual(from, to)
    },
    60_000,
  )
})

describe('a directory that a program has open while a migration goes on to it', () => {
  it.each(['append', 'complete'])(
    'is left to the program if that changes it: after the step %s',
    async (step) => {
      const [from, to] = [directory.at('from'), directory.at('to')]
      await make(from)
      await migrateCatalog({ from, to })
      await using program = await openCatalog({ root: to })
      await change(from, 'a model', 1)
      let isDue = true
      const migration = copyWith(from, to, async (call) => {
        if (call !== step || !isDue) return
        isDue = false
        await program.register({ id: 'own', source: 'hf:org/own' })
      })
      await expect(migration).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
      await using other = await openCatalog({ root: to, create: false })
      expect((await other.list()).map(({ id }) => id)).toEqual(['a', 'b', 'late-1', 'own'])
    },
    60_000,
  )
})

it('a copy that is not finished and has more than the original is told, and stays closed to programs', async () => {
  const [from, to] = [directory.at('from'), directory.at('to')]
  await make(from)
  cpSync(from, directory.at('backup'), { recursive: true })
  await change(from, 'a model', 1)
  const ending = copyWith(from, to, async (call) => {
    if (call === 'complete') throw new Error('ended')
  })
  await expect(ending).rejects.toThrow('ended')
  const again = migrateCatalog({ from: directory.at('backup'), to })
  await expect(again).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(
      /is an unfinished copy, which ends at position \d+, after position \d+ of /u,
    ),
  })
  await expect(openCatalog({ root: to })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  expect(await migrateCatalog({ from, to })).toMatchObject({ isComplete: true })
})
