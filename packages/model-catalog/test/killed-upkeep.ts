import { createHash } from 'node:crypto'
import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { scaleRuns } from '@catalog/testkit/running'
import { expect, onTestFinished } from 'vitest'
import { type Catalog, type DedupeMethod, openCatalog, type UpkeepPlan } from '../src/index.ts'
import { runUntilStep, startProgram } from './run-program.ts'

const NODE = 'gpu-box-1'
/** Of each kind. */
const MODELS = scaleRuns(1) > 1 ? 6 : 3

/**
 * Applies one plan to two equal catalogs, to one of them under `kills` kills, spread over its actions; each comes
 * `delayMs()` after its action was begun, or right before it for `undefined`. Both must come to the same end.
 */
export async function applyUnderKills(
  kills: number,
  delayMs: () => number | undefined,
  method: DedupeMethod = 'hard-link',
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'catalog-upkeep-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const results: unknown[] = []
  for (const count of [0, kills]) {
    const root = join(directory, `killed-${count}`)
    await fill(root)
    const saved = join(directory, 'plan.json')
    const plan = await savePlan(root, saved, method)
    const before = await readFiles(root)
    const named = new Set(
      plan.actions.flatMap((action) => {
        if (action.kind === 'remove-file') return [action.file]
        return action.kind === 'share-bytes' ? [action.replace.file] : []
      }),
    )
    // One of the equal files stays as it is.
    expect(plan.actions).toHaveLength(8 * MODELS - 1)
    for (let n = 0; n < count; n += 1) {
      await killDuring(root, saved, {
        action: Math.floor((plan.actions.length * n) / count),
        delayMs: delayMs(),
      })
      await assertSound(root, before, named)
    }
    const report = await applyToItsEnd(root, saved)
    await assertSound(root, before, named)
    results.push({ report: outlineOf(report), files: await readFiles(root), states: await statesOf(root) })
  }
  expect(results[1]).toEqual(results[0])
  expect(results[0]).toMatchObject({ report: { skipped: 0, failed: MODELS, done: 7 * MODELS - 1 } })
}

async function savePlan(root: string, path: string, method: DedupeMethod): Promise<UpkeepPlan> {
  await using catalog = await openCatalog({ root, node: NODE })
  const plan = await makePlan(catalog, method)
  await writeFile(path, JSON.stringify(plan))
  return plan
}

async function startApplying(root: string, plan: string) {
  return await startProgram(new URL('./apply-plan.ts', import.meta.url), [root, plan, reportOf(plan)])
}

/** The kill may come after the end of the program, if it comes a moment after its last action. */
async function killDuring(
  root: string,
  plan: string,
  { action, delayMs }: { readonly action: number; readonly delayMs: number | undefined },
): Promise<void> {
  const program = await startApplying(root, plan)
  let isOver = false
  const wasKilled = await runUntilStep(program, (step) => {
    if (isOver || Number(step) !== action) return false
    isOver = true
    return delayMs ?? true
  })
  expect(isOver).toBe(true)
  if (delayMs === undefined) expect(wasKilled).toBe(true)
}

async function applyToItsEnd(root: string, plan: string): Promise<unknown> {
  expect(await runUntilStep(await startApplying(root, plan), () => false)).toBe(false)
  return JSON.parse(await readFile(reportOf(plan), 'utf8'))
}

function reportOf(plan: string): string {
  return `${plan}.report`
}

/** Models that are Retired, missing, moved, changed and equal, and files beside them. */
async function fill(root: string): Promise<void> {
  await mkdir(root)
  await using catalog = await openCatalog({ root, node: NODE })
  for (const kind of ['retired', 'lost', 'moved', 'touched', 'wrong', 'equal']) {
    for (let n = 0; n < MODELS; n += 1) {
      const id = `${kind}-${n}`
      await writeFile(join(root, `${id}.gguf`), sampleGguf(kind === 'equal' ? kind : id))
      await catalog.register({ id, source: 'https://example.com/model.gguf' })
      await catalog.verify(id)
    }
  }
  await mkdir(join(root, 'moved'))
  for (let n = 0; n < MODELS; n += 1) {
    await catalog.setState(`retired-${n}`, 'Retired')
    await rm(join(root, `lost-${n}.gguf`))
    await rename(join(root, `moved-${n}.gguf`), join(root, 'moved', `${n}.gguf`))
    await writeFile(join(root, `touched-${n}.gguf`), sampleGguf(`touched-${n}`))
    await writeFile(join(root, `wrong-${n}.gguf`), sampleGguf(`other than wrong-${n}`))
    await writeFile(join(root, `gone-${n}.gguf.partial`), 'half')
    await writeFile(join(root, `stray-${n}.bin`), 'unknown')
    await writeFile(join(root, `retired-${n}.gguf.quarantined-1`), 'wrong')
  }
  await link(join(root, 'stray-0.bin'), join(root, 'stray-name.bin'))
}

/** All three plans in one: applying does not care who made an action. */
async function makePlan(catalog: Catalog, method: DedupeMethod): Promise<UpkeepPlan> {
  const plans = [
    await catalog.upkeep.doctor(),
    await catalog.upkeep.collect(),
    await catalog.upkeep.dedupe({ method }),
  ]
  const [first] = plans
  if (first === undefined) throw new Error('a plan must be there')
  const actions = plans.flatMap((plan) => plan.actions)
  const keys = new Set<string>()
  const once = actions.filter((action) => {
    const key = action.kind === 'remove-file' ? action.file : JSON.stringify(action)
    return !keys.has(key) && keys.add(key)
  })
  return { ...first, findings: [], actions: once }
}

async function readFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const found = await readdir(root, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const models = files.filter((path) => !/catalog\.json$|\/\.catalog\//u.test(path)).sort()
  const digests = models.map(
    async (path) =>
      [
        path.slice(root.length + 1),
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ] as const,
  )
  return new Map(await Promise.all(digests))
}

/** Every file that the plan does not name is there and as it was, and every Active model has its file. */
async function assertSound(
  root: string,
  before: ReadonlyMap<string, string>,
  named: ReadonlySet<string>,
): Promise<void> {
  const now = await readFiles(root)
  const digests = new Set(now.values())
  for (const [file, digest] of before) {
    // Of equal files at least one stays.
    if (file.startsWith('equal-')) expect([file, digests.has(digest)]).toEqual([file, true])
    if (!named.has(file)) expect([file, now.get(file)]).toEqual([file, digest])
  }
  await using catalog = await openCatalog({ root, node: NODE })
  const doctor = await catalog.upkeep.doctor()
  const missing = new Set(
    doctor.findings.filter(({ kind }) => kind === 'missing' || kind === 'moved').map(({ id }) => id),
  )
  for (const { id, state } of await catalog.list()) {
    const path = (await catalog.modelPath(id)).slice(root.length + 1)
    // What was lost before stays known as lost until its action is applied.
    // A kill may come right after a file was renamed.
    const isAside = [...now.keys()].some((file) => file.startsWith(`${path}.`) && file.endsWith('.replaced'))
    if (state === 'Active' && !now.has(path) && !isAside)
      expect(/^(?:lost|moved)-/u.test(id) && missing.has(id)).toBe(true)
  }
}

function outlineOf(report: unknown): unknown {
  // What was freed before the kill is not freed again.
  const { done, skipped, failed } = report as Record<string, unknown[]>
  return { done: done?.length, skipped: skipped?.length, failed: failed?.length }
}

async function statesOf(root: string): Promise<unknown> {
  await using catalog = await openCatalog({ root, node: NODE })
  const entries = await catalog.list()
  return entries.map(({ id, state, file, evidence }) => [id, state, file, Object.keys(evidence ?? {}).length])
}
