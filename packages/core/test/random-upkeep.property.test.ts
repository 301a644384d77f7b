import { sampleDigest } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import type { UpkeepPlan } from '@catalog/types'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ApplyReport } from '../src/upkeep/apply/apply-plan.ts'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const IDS = ['a', 'b', 'c']
const PATHS = [
  ...IDS.flatMap((id) =>
    ['', '.partial', '.partial.checkpoint', '.quarantined-1'].map((end) => `${id}.gguf${end}`),
  ),
  ...[
    'x.gguf',
    'sub/a.gguf',
    'A.gguf',
    'x.gguf.partial',
    'a.gguf.01234567-89ab-cdef-0123-456789abcdef.replacing',
  ],
].map((file) => `/models/${file}`)
const UNTIL = ['2025-09-30T00:00:00.000Z', '2025-10-02T00:00:00.000Z']

const id = fc.constantFrom(...IDS)
const path = fc.constantFrom(...PATHS)
const seed = fc.integer({ min: 1, max: 3 })
const until = fc.constantFrom(...UNTIL)
const step = fc.oneof(
  fc.record({ do: fc.constant('remove' as const), id }),
  fc.record({ do: fc.constant('register' as const), id, file: fc.option(path, { nil: undefined }) }),
  fc.record({ do: fc.constant('put' as const), path, seed, sizeBytes: fc.constantFrom(10, 11) }),
  fc.record({ do: fc.constant('verify' as const), id, path: fc.option(path, { nil: undefined }) }),
  fc.record({ do: fc.constant('retire' as const), id }),
  fc.record({ do: fc.constant('delete' as const), path }),
  fc.record({ do: fc.constant('move' as const), path, to: path }),
  fc.record({ do: fc.constant('link' as const), path, to: path }),
  fc.record({ do: fc.constant('overwrite' as const), path, seed }),
  fc.record({ do: fc.constant('lease' as const), id, until }),
  fc.record({ do: fc.constant('download' as const), id, until }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Does a random step to the catalog, or to the disk behind its back. */
async function perform({ catalog, files, other }: TestCatalog, action: Step): Promise<unknown> {
  const use = { holder: 'h', node: 'node-1' }
  switch (action.do) {
    case 'register': {
      const file = action.file === undefined ? {} : { file: action.file.slice('/models/'.length) }
      return catalog.register({ id: action.id, source: 'hf:org/model', ...file })
    }
    case 'remove':
      return catalog.remove(action.id)
    case 'put':
      return files.put(action.path, sampleDigest(action.seed), action.sizeBytes)
    case 'verify':
      return catalog.verify(action.id, action.path)
    case 'retire':
      return catalog.setState(action.id, 'Retired')
    case 'delete':
      return files.delete(action.path)
    case 'move':
      return files.moveFile(action.path, action.to)
    case 'link':
      return files.has(action.to) ? undefined : files.link(action.path, action.to)
    case 'overwrite':
      return files.overwrite(action.path, sampleDigest(action.seed))
    case 'lease': {
      const lease = { ...use, id: 'l', at: UNTIL[0] ?? '', until: action.until }
      return edit(other, action.id, { leases: [lease] })
    }
    case 'download': {
      const download = { ...use, path: '/p', startedAt: UNTIL[0] ?? '', until: action.until }
      return edit(other, action.id, { download })
    }
    default:
      return action satisfies never
  }
}

/** Verified models, two of them of equal bytes, and a history of which some steps are refused, which is all right. */
async function openAfter(steps: readonly Step[]): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  for (const [index, each] of IDS.entries()) {
    opened.files.put(`/models/${each}.gguf`, sampleDigest(index === 0 ? 1 : 2), 10)
    await opened.catalog.register({ id: each, source: 'hf:org/model' })
    await opened.catalog.verify(each)
  }
  for (const each of steps) await perform(opened, each).catch(() => undefined)
  opened.clock.advance(10)
  return opened
}

async function stateOf({ catalog, files }: TestCatalog): Promise<unknown> {
  const { files: listed } = await files.listFiles()
  return { entries: await catalog.list(), files: listed.map(({ path }) => [path, files.bytesOf(path)]) }
}

/** The paths that a plan's actions may change. */
function namedBy({ actions }: UpkeepPlan): ReadonlySet<string> {
  const files = actions.flatMap((action) => {
    if (action.kind === 'remove-file') return [action.file]
    if (action.kind === 'finish-sharing') return [action.file, action.replaced.file]
    return action.kind === 'share-bytes' ? [action.replace.file] : []
  })
  return new Set(files.map((file) => `/models/${file}`))
}

/** What failed because of wrong bytes cannot be tried again: its entry is another by then. */
function outcomeOf({ done, skipped, failed }: ApplyReport): unknown {
  const left = [...skipped, ...failed].map(({ action }) => JSON.stringify(action)).sort()
  return { done, left }
}

async function assertKept(opened: TestCatalog, make: () => Promise<UpkeepPlan>): Promise<ApplyReport> {
  const { catalog, files } = opened
  const before = (await files.listFiles()).files.map(({ path }) => [path, files.bytesOf(path)] as const)
  const plan = await make()
  const first = await catalog.upkeep.apply(plan)
  const state = await stateOf(opened)
  const again = await catalog.upkeep.apply(plan)
  expect(outcomeOf(again)).toEqual(outcomeOf(first))
  expect(again.freedBytes).toBe(0)
  expect(await stateOf(opened)).toEqual(state)
  const named = namedBy(plan)
  for (const [path, bytes] of before) {
    if (!named.has(path)) expect([path, files.bytesOf(path)]).toEqual([path, bytes])
  }
  return first
}

const steps = fc.array(step, { maxLength: 12 })
const settings = { numRuns: scaleRuns(30) }

it('a doctor cures any catalog at once, and touches no file beside the plan', async () => {
  const property = fc.asyncProperty(steps, async (history) => {
    const opened = await openAfter(history)
    const { catalog, files } = opened
    const plans: UpkeepPlan[] = []
    const { failed } = await assertKept(opened, async () => {
      const plan = await catalog.upkeep.doctor()
      plans.push(plan)
      return plan
    })
    // A file that was taken for a moved one and is not: only the next look can tell what else it is.
    const wasMistaken = failed.some(({ action }) => action.kind === 'relocate')
    // One whose new name is taken can be relocated once the name is free, which another action of the plan may bring about.
    const hasTakenName = plans.some(({ findings }) => findings.some(({ text }) => text.endsWith('rename it')))
    if (!wasMistaken && !hasTakenName) expect((await catalog.upkeep.doctor()).actions).toEqual([])
    // A file that has the name of what a download of another model makes is for the operator to rename.
    const { findings } = await catalog.upkeep.doctor()
    const moved = new Set(findings.filter(({ kind }) => kind === 'moved').map((finding) => finding.id))
    for (const entry of await catalog.list({ state: 'Active' })) {
      const isThere = files.has(await catalog.modelPath(entry.id))
      expect(isThere || moved.has(entry.id)).toBe(true)
    }
  })
  await fc.assert(property, settings)
})

it('a collection takes nothing that is needed', async () => {
  const property = fc.asyncProperty(steps, async (history) => {
    const opened = await openAfter(history)
    const { catalog, files } = opened
    const needed: string[] = []
    for (const entry of await catalog.list()) {
      const isUsed = [...(entry.leases ?? []), ...(entry.download ? [entry.download] : [])].some(
        (use) => use.until === UNTIL[1],
      )
      const path = await catalog.modelPath(entry.id)
      if (isUsed) needed.push(`${path}.partial`)
      if (isUsed || entry.state !== 'Retired') needed.push(path)
    }
    const there = needed.filter((path) => files.has(path)).map((path) => [path, files.bytesOf(path)])
    await assertKept(opened, () => catalog.upkeep.collect({ orphans: true, olderThanMs: 1 }))
    expect(there.map(([path]) => [path, files.bytesOf(path ?? '')])).toEqual(there)
  })
  await fc.assert(property, settings)
})

it('sharing bytes changes none', async () => {
  const method = fc.constantFrom('hard-link' as const, 'reflink' as const)
  const property = fc.asyncProperty(steps, method, async (history, how) => {
    const opened = await openAfter(history)
    const { catalog, files } = opened
    const before = (await files.listFiles()).files.map(({ path }) => [path, files.bytesOf(path)])
    await assertKept(opened, () => catalog.upkeep.dedupe({ method: how }))
    expect((await files.listFiles()).files.map(({ path }) => [path, files.bytesOf(path)])).toEqual(before)
  })
  await fc.assert(property, settings)
})

it('what refers to one file refers to its own bytes, and no other file goes', async () => {
  const property = fc.asyncProperty(steps, async (history) => {
    const opened = await openAfter(history)
    const { catalog, files } = opened
    const resolvable = async (): Promise<readonly (string | undefined)[]> => {
      const entries = await catalog.list()
      const resolving = entries.map(async ({ id: each }) => files.bytesOf((await catalog.resolve(each)).path))
      return (await Promise.allSettled(resolving)).map((each) =>
        each.status === 'fulfilled' ? each.value : undefined,
      )
    }
    const before = await resolvable()
    await assertKept(opened, () => catalog.upkeep.dedupe())
    expect(await resolvable()).toEqual(before)
  })
  await fc.assert(property, settings)
})
