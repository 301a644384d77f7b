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
/** Of a model of many files, all with the same bytes. */
const PARTS = ['a.gguf', 'sub/b.gguf'] as const

export interface KilledProvisioning {
  /**
   * A multiple of eight: every fourth has the wrong bytes until they were found to be wrong. One of these, and one of the others,
   * has two files in a directory of its own.
   */
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
  const left = readdirSync(root, { recursive: true, withFileTypes: true }).filter((found) => found.isFile())
  expect(left.filter(({ name }) => name.includes('.quarantined-'))).toHaveLength(
    (models / 8) * (1 + PARTS.length),
  )
  expect(left.filter(({ name }) => name.endsWith('.partial'))).toEqual([])
  expect(left.filter(({ parentPath }) => parentPath.endsWith('.whole'))).toEqual([])
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
    const bytes = isOfMany(`m-${n}`) ? { files: PARTS.map((path) => ({ path, digest })) } : { digest }
    await catalog.register({ id: `m-${n}`, source: 'https://models.example/m', ...bytes })
  }
  return { root, catalog }
}

function isOfMany(id: string): boolean {
  return [1, 3].includes(Number(id.slice(2)) % 8)
}

/** Whether all files of a model have its bytes. */
function isRight(path: string, id: string): boolean {
  const paths = isOfMany(id) ? PARTS.map((part) => join(path, part)) : [path]
  return paths.every((each) => readFileSync(each).equals(modelOf(id)))
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
    if (!isRight(await catalog.modelPath(entry.id), entry.id))
      throw new Error(`${entry.id} is Active with other bytes`)
    if (active.add(entry.id).size === models) return
  }
}

async function lookAtAll(catalog: Catalog): Promise<void> {
  for (const { id } of await catalog.list({ state: 'Active' })) {
    expect(isRight(await catalog.modelPath(id), id)).toBe(true)
  }
}

async function assertAllRight(catalog: Catalog, root: string): Promise<void> {
  for (const entry of await catalog.list()) {
    expect(entry).toMatchObject({ state: 'Active' })
    expect(entry.download).toBeUndefined()
    const name = isOfMany(entry.id) ? entry.id : `${entry.id}.gguf`
    expect(isRight(join(root, name), entry.id)).toBe(true)
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
