import { sampleDigest } from '@catalog/testkit'
import { CatalogError, type UpkeepPlan } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { CollectOptions } from '../src/upkeep/plan/upkeep-options.ts'
import { dropEntry, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf } from './upkeep-world.ts'

const DAY_MS = 86_400_000
const stray = sampleDigest(7)

/** Models `a` and `b`, and files that no model names, all of them two days old. */
async function openWithStrays(strays: readonly string[]): Promise<TestCatalog> {
  const opened = await openWith(['a', 'b'])
  for (const file of strays) opened.files.put(`/models/${file}`, stray, 7)
  opened.clock.advance(2 * DAY_MS)
  return opened
}

function orphansOf({ actions }: UpkeepPlan): readonly string[] {
  return actions.flatMap((action) =>
    action.kind === 'remove-file' && action.why === 'orphan' ? [action.file] : [],
  )
}

async function collect(
  { catalog }: TestCatalog,
  options: CollectOptions = { orphans: true },
): Promise<readonly string[]> {
  return orphansOf(await catalog.upkeep.collect(options))
}

describe('collecting orphans', () => {
  it('takes files with the extension of a model, and others only by a pattern', async () => {
    const strays = ['stray.gguf', 'page.html', 'notes', 'old/deep/page.html', 'old/x.safetensors']
    const opened = await openWithStrays(strays)
    expect(await collect(opened)).toEqual(['old/x.safetensors', 'stray.gguf'])
    expect(await collect(opened, { orphans: ['*.html'] })).toEqual(['old/deep/page.html', 'page.html'])
    expect(await collect(opened, { orphans: ['old/*'] })).toEqual(['old/x.safetensors'])
    expect(await collect(opened, { orphans: ['old/**', 'note?'] })).toEqual([
      'notes',
      'old/deep/page.html',
      'old/x.safetensors',
    ])
    expect(await collect(opened, { orphans: [] })).toEqual([])
    await expect(collect(opened, { orphans: [''] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('takes none that changed within a day, unless another age is asked for', async () => {
    const opened = await openWith(['a'])
    opened.files.put('/models/new.gguf', stray)
    opened.clock.advance(DAY_MS - 1000)
    expect(await collect(opened)).toEqual([])
    expect(await collect(opened, { orphans: true, olderThanMs: DAY_MS / 2 })).toEqual(['new.gguf'])
    opened.clock.advance(2000)
    expect(await collect(opened)).toEqual(['new.gguf'])
    expect(await collect(opened, { orphans: true, olderThanMs: 2 * DAY_MS })).toEqual([])
  })

  it.each([
    [
      'm-00001-of-00003.gguf',
      ['m-00002-of-00003.gguf', 'm-2-of-3.gguf', 'M-003-of-003.gguf'],
      'n-00002-of-00003.gguf',
    ],
    ['m.gguf.part1of2', ['m.gguf.part2of2'], 'n.gguf.part2of2'],
    ['m-split-a.gguf', ['m-split-b.gguf'], 'n-split-b.gguf'],
    ['consolidated.00.pth', ['consolidated.01.pth'], 'other.01.pth'],
    ['m.bin.001', ['m.bin.002'], 'n.bin.002'],
  ])('leaves the set of which a model names %s', async (named, siblings, other) => {
    const opened = await openWithStrays([...siblings, other])
    const orphans = ['*']
    expect(await collect(opened, { orphans })).toEqual([...siblings, other].sort())
    await opened.catalog.register({ id: 'm', source: 'hf:org/m', digest: null, file: named })
    expect(await collect(opened, { orphans })).toEqual([other])
  })

  it.each([
    [
      'in a directory of its own with a model',
      'org/m.gguf',
      ['org/mmproj.gguf', 'org/vae.safetensors'],
      'org.gguf',
    ],
    ['that has the name of the model and more', 'm.onnx', ['m.onnx_data', 'm.mmproj.gguf'], 'm2.onnx'],
    ['that projects for it', 'm.gguf', ['mmproj-f16.gguf'], 'project.gguf'],
  ])('leaves what lies %s', async (_what, named, companions, other) => {
    const opened = await openWithStrays([...companions, other])
    await opened.catalog.register({ id: 'm', source: 'hf:org/m', digest: null, file: named })
    expect(await collect(opened, { orphans: ['**'] })).toEqual([other])
  })

  it('leaves what is below the directory of a multi-file model', async () => {
    const opened = await openWithStrays(['m/deep/vae.safetensors', 'n/vae.safetensors'])
    await opened.catalog.register({
      id: 'm',
      source: 'hf:org/m',
      digest: null,
      files: [{ path: 'unet/1.gguf' }],
    })
    expect(await collect(opened)).toEqual(['n/vae.safetensors'])
  })

  it('leaves the control files of downloads, also when they are asked for', async () => {
    const opened = await openWithStrays([
      'm.gguf.partial.aria2',
      'n.gguf.partial.aria2',
      'o.gguf.partial.aria2',
    ])
    await opened.catalog.register({ id: 'm', source: 'hf:org/m', digest: null, file: 'm.gguf' })
    await opened.catalog.downloads.begin('m', { forMs: DAY_MS })
    opened.files.put('/models/n.gguf.partial', stray)
    expect(await collect(opened, { orphans: ['*.aria2'] })).toEqual(['o.gguf.partial.aria2'])
  })
})

describe('a file with the digest that a missing model declares', () => {
  it('is not collected, but given back to the model, also without evidence', async () => {
    const opened = await openWith(['a', 'b'])
    const { catalog, files, clock } = opened
    await catalog.update('a', { digest: sampleDigest(1) })
    files.put('/models/chat/x.gguf', sampleDigest(1))
    files.put('/models/y.gguf', sampleDigest(9))
    files.delete(pathOf('a'))
    clock.advance(2 * DAY_MS)
    const plan = await catalog.upkeep.collect({ orphans: true })
    expect(plan.findings.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['moved a', 'orphan undefined'])
    expect(orphansOf(plan)).toEqual(['y.gguf'])
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ done: ['relocate', 'remove-file'] })
    expect(await catalog.resolve('a')).toMatchObject({ path: '/models/chat/x.gguf' })
  })

  it('is left if it was not read: beyond the budget, or unreadable', async () => {
    const opened = await openWithStrays(['x.gguf', 'y.gguf'])
    const { catalog, files } = opened
    await catalog.update('a', { digest: stray })
    files.delete(pathOf('a'))
    expect(await collect(opened, { orphans: true, maxReadBytes: 6 })).toEqual([])
    files.duringRead = () => Promise.reject(new Error('not a catalog error'))
    await expect(collect(opened)).rejects.toThrow('not a catalog error')
    files.duringRead = (path) => files.overwrite(path, stray)
    expect(await collect(opened)).toEqual([])
  })

  it('is left if it has the digest of a file that cannot be looked at', async () => {
    const opened = await openWithStrays(['x.gguf'])
    const { catalog, files } = opened
    await catalog.update('a', { digest: stray })
    files.special.set(pathOf('a'), new CatalogError('IO', 'bad sector', { operation: 'stat' }))
    const plan = await catalog.upkeep.collect({ orphans: true })
    expect(plan.actions).toEqual([])
  })

  it('may be any file that the budget did not suffice to read', async () => {
    const opened = await openWithStrays(['x.gguf'])
    const { catalog, files } = opened
    await catalog.update('a', { digest: sampleDigest(77) })
    files.delete(pathOf('a'))
    expect(await collect(opened, { orphans: true })).toEqual(['x.gguf'])
    expect(await collect(opened, { orphans: true, maxReadBytes: 6 })).toEqual([])
  })

  it('is not looked for among files of another size than the declared one', async () => {
    const opened = await openWithStrays(['x.gguf'])
    await opened.catalog.update('a', { digest: stray, sizeBytes: 8 })
    opened.files.delete(pathOf('a'))
    expect(await collect(opened)).toEqual(['x.gguf'])
    expect(opened.files.read).toEqual([])
  })
})

it('an orphan is not removed that belongs to a model since', async () => {
  const opened = await openWithStrays(['m-1-of-2.gguf', 'm-2-of-2.gguf', 'x.gguf'])
  const { catalog, other } = opened
  const plan = await catalog.upkeep.collect({ orphans: true })
  await catalog.register({ id: 'm', source: 'hf:org/m', digest: null, file: 'm-1-of-2.gguf' })
  const report = await catalog.upkeep.apply(plan)
  expect(report.done).toMatchObject([{ file: 'x.gguf' }])
  expect(report.skipped.map(({ reason }) => reason)).toEqual([
    '/models/m-1-of-2.gguf is the file of m, Pending',
    '/models/m-2-of-2.gguf belongs to a model beside it',
  ])
  await dropEntry(other, 'm')
  expect((await catalog.upkeep.apply(plan)).done).toHaveLength(3)
})
