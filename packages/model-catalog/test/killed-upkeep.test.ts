import { createHash } from 'node:crypto'
import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Catalog, openCatalog, type UpkeepPlan } from '../src/index.ts'
import { onLine, startProgram, untilExit } from './run-program.ts'

const NODE = 'gpu-box-1'
const MODELS = 6
const ROUNDS = 10

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'catalog-upkeep-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Models that are Retired, missing, moved, changed and equal, and files beside them. */
async function fill(root: string): Promise<void> {
  await using catalog = await openCatalog({ root, node: NODE })
  for (const kind of ['retired', 'lost', 'moved', 'touched', 'wrong', 'equal']) {
    for (let n = 0; n < MODELS; n += 1) {
      const id = `${kind}-${n}`
      await writeFile(join(root, `${id}.gguf`), kind === 'equal' ? 'equal bytes' : `the bytes of ${id}`)
      await catalog.register({ id, source: 'https://example.com/model.gguf' })
      await catalog.verify(id)
    }
  }
  await mkdir(join(root, 'moved'))
  for (let n = 0; n < MODELS; n += 1) {
    await catalog.setState(`retired-${n}`, 'Retired')
    await rm(join(root, `lost-${n}.gguf`))
    await rename(join(root, `moved-${n}.gguf`), join(root, 'moved', `${n}.gguf`))
    await writeFile(join(root, `touched-${n}.gguf`), `the bytes of touched-${n}`)
    await writeFile(join(root, `wrong-${n}.gguf`), `other bytes of wrong-${n}`)
    await writeFile(join(root, `gone-${n}.gguf.partial`), 'half')
    await writeFile(join(root, `stray-${n}.bin`), 'nobody knows')
    await writeFile(join(root, `retired-${n}.gguf.quarantined-1`), 'wrong')
  }
  await link(join(root, 'stray-0.bin'), join(root, 'stray-name.bin'))
}

/** All three plans in one: applying does not care who made an action. */
async function makePlan(catalog: Catalog): Promise<UpkeepPlan> {
  const plans = [
    await catalog.doctor(),
    await catalog.collect(),
    await catalog.dedupe({ method: 'hard-link' }),
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

interface Outcome {
  readonly killed: boolean
  readonly report: unknown
}

/** Applies the saved plan in a process of its own, which is killed before its `killAt`th action has ended. */
async function applyInProcess(root: string, plan: string, killAt?: number, delayMs = 0): Promise<Outcome> {
  const program = startProgram(new URL('./apply-plan.ts', import.meta.url), [root, plan])
  let report: unknown
  onLine(program, (line) => {
    if (line.startsWith('{')) report = JSON.parse(line)
    if (Number(line) === killAt) setTimeout(() => program.kill('SIGKILL'), delayMs)
  })
  const { code, signal } = await untilExit(program)
  if (signal !== 'SIGKILL') expect(code).toBe(0)
  return { killed: signal === 'SIGKILL', report }
}

it(`comes to the same end after ${ROUNDS} kills as without any`, { timeout: 300_000 }, async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  console.info(`SEED=${seed} plays the same moments again`)
  const random = createRandom(seed)
  const saved = join(directory, 'plan.json')
  let actions = 0
  const results: unknown[] = []
  for (const round of ['uninterrupted', 'killed']) {
    const root = join(directory, round)
    await mkdir(root)
    await fill(root)
    const before = await readFiles(root)
    const plan = await openCatalog({ root, node: NODE }).then(async (catalog) => {
      const made = await makePlan(catalog)
      await catalog.close()
      return made
    })
    const named = new Set(
      plan.actions.flatMap((action) => (action.kind === 'remove-file' ? [action.file] : [])),
    )
    actions = plan.actions.length
    await writeFile(saved, JSON.stringify(plan))
    if (round === 'killed') {
      let kills = 0
      for (let n = 0; n < ROUNDS; n += 1) {
        const killAt = Math.floor((actions * n) / ROUNDS)
        const { killed } = await applyInProcess(root, saved, killAt, random() * 4)
        if (killed) kills += 1
        await assertSound(root, before, named)
      }
      expect(kills).toBeGreaterThan(ROUNDS / 2)
    }
    const { report } = await applyInProcess(root, saved)
    await assertSound(root, before, named)
    results.push({ report: outlineOf(report), files: await readFiles(root), states: await statesOf(root) })
  }
  // One of the equal files stays as it is.
  expect(actions).toBe(8 * MODELS - 1)
  expect(results[1]).toEqual(results[0])
  expect(results[0]).toMatchObject({ report: { skipped: 0, failed: MODELS, done: actions - MODELS } })
})

/** Every file that the plan does not name is there and as it was, and every Active model has its file. */
async function assertSound(
  root: string,
  before: ReadonlyMap<string, string>,
  named: ReadonlySet<string>,
): Promise<void> {
  const now = await readFiles(root)
  for (const [file, digest] of before) {
    if (!named.has(file)) expect([file, now.get(file)]).toEqual([file, digest])
  }
  await using catalog = await openCatalog({ root, node: NODE })
  const doctor = await catalog.doctor()
  const missing = new Set(
    doctor.findings.filter(({ kind }) => kind === 'missing' || kind === 'moved').map(({ id }) => id),
  )
  for (const { id, state } of await catalog.list()) {
    const path = (await catalog.modelPath(id)).slice(root.length + 1)
    // What was lost before stays known as lost until its action is applied.
    if (state === 'Active' && !now.has(path))
      expect(/^(?:lost|moved)-/u.test(id) && missing.has(id)).toBe(true)
  }
}

function outlineOf(report: unknown): unknown {
  const { done, skipped, failed, freedBytes } = report as Record<string, unknown[]>
  return { done: done?.length, skipped: skipped?.length, failed: failed?.length, freedBytes }
}

async function statesOf(root: string): Promise<unknown> {
  await using catalog = await openCatalog({ root, node: NODE })
  const entries = await catalog.list()
  return entries.map(({ id, state, file, evidence }) => [id, state, file, Object.keys(evidence ?? {})])
}

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
