import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { expect, onTestFinished } from 'vitest'
import { serveModels } from './model-server.ts'
import { runUntilStep, startProgram } from './run-program.ts'

const SIZE_BYTES = 400 * 1024

export interface KilledProvisioning {
  /** A multiple of four: every fourth has the wrong bytes until they were found to be wrong. */
  readonly models: number
  /** Asked before each step of each run: `true` kills the program there, a number so many milliseconds later. */
  readonly killAt: (step: string) => boolean | number
}

/**
 * Has a provisioner download models, killing and starting it again until it comes to its end, and looks after each
 * kill: no model may be Active with other bytes than its own. Resolves to the first byte of each answer of the server.
 */
export async function provisionUnderKills({
  models,
  killAt,
}: KilledProvisioning): Promise<readonly number[]> {
  const { root, catalog } = await openWithModels(models)
  const { url, served } = await serveModels(async (path) => bytesToServe(catalog, path.slice(1)))
  const seen = watchActive(catalog, models)
  seen.catch(() => undefined)
  const program = new URL('provision-many.ts', import.meta.url)
  let wasKilled = true
  while (wasKilled) {
    wasKilled = await runUntilStep(await startProgram(program, [root, url, String(models)]), killAt)
    await lookAtAll(catalog)
  }
  await seen
  await assertAllRight(catalog, root)
  const wrong = readdirSync(root).filter((name) => name.includes('.quarantined-'))
  expect(wrong).toHaveLength(models / 4)
  expect(readdirSync(root).filter((name) => /\.partial$/u.test(name))).toEqual([])
  return served
}

async function openWithModels(models: number): Promise<{ root: string; catalog: Catalog }> {
  const root = await mkdtemp(join(tmpdir(), 'catalog-killed-'))
  const catalog = await openCatalog({ root })
  onTestFinished(async () => {
    await catalog.close()
    rmSync(root, { recursive: true, force: true })
  })
  for (let n = 0; n < models; n += 1) {
    const digest = createHash('sha256')
      .update(modelOf(`m-${n}`))
      .digest('hex')
    await catalog.register({ id: `m-${n}`, source: 'https://models.example/m', digest })
  }
  return { root, catalog }
}

async function bytesToServe(catalog: Catalog, id: string): Promise<Buffer> {
  // On the disk and not only on record: a kill may come between.
  const isQuarantined = (await catalog.get(id))?.quarantine?.some((file) => existsSync(file.path)) ?? false
  const isWrong = Number(id.slice(2)) % 4 === 3 && !isQuarantined
  return isWrong ? modelOf(`wrong ${id}`) : modelOf(id)
}

/** Looks at the file of every model at the moment at which it becomes Active; resolves when all have. */
async function watchActive(catalog: Catalog, models: number): Promise<void> {
  const active = new Set<string>()
  for await (const { entry } of catalog.watch()) {
    if (entry?.state !== 'Active') continue
    const bytes = readFileSync(await catalog.modelPath(entry.id))
    if (!bytes.equals(modelOf(entry.id))) throw new Error(`${entry.id} is Active with other bytes`)
    if (active.add(entry.id).size === models) return
  }
}

async function lookAtAll(catalog: Catalog): Promise<void> {
  for (const { id } of await catalog.list({ state: 'Active' })) {
    expect(readFileSync(await catalog.modelPath(id)).equals(modelOf(id))).toBe(true)
  }
}

async function assertAllRight(catalog: Catalog, root: string): Promise<void> {
  for (const entry of await catalog.list()) {
    expect(entry).toMatchObject({ state: 'Active' })
    expect(entry.download).toBeUndefined()
    expect(readFileSync(join(root, `${entry.id}.gguf`)).equals(modelOf(entry.id))).toBe(true)
    for (const { path } of entry.quarantine ?? []) expect(existsSync(path)).toBe(true)
  }
}

const known = new Map<string, Buffer>()

/** Made once for each name. */
function modelOf(name: string): Buffer {
  const made = known.get(name) ?? sampleGguf(name, { sizeBytes: SIZE_BYTES })
  known.set(name, made)
  return made
}
