import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Catalog, openCatalog } from 'model-catalog'
import { build } from 'tsup'
import { expect, it, onTestFinished } from 'vitest'
import { serveModels } from './model-server.ts'
import { onLine, untilExit } from './run-program.ts'

// KILLS=2000 for a long run; SEED=n plays the same choices again.
const KILLS = Number(process.env['KILLS'] ?? 110)
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const MODELS = Math.ceil((KILLS * 1.5) / 4) * 4
const SIZE_BYTES = 400 * 1024

it(`a provisioner killed ${KILLS} times leaves every model right, and none Active before that (SEED=${SEED})`, async () => {
  const random = createRandom(SEED)
  const root = await mkdtemp(join(tmpdir(), 'catalog-killed-'))
  const catalog = await openCatalog({ root })
  onTestFinished(async () => {
    await catalog.close()
    rmSync(root, { recursive: true, force: true })
  })
  for (let n = 0; n < MODELS; n += 1) {
    const digest = createHash('sha256')
      .update(modelOf(`m-${n}`))
      .digest('hex')
    await catalog.register({ id: `m-${n}`, source: 'https://models.example/m', digest })
  }
  // Every fourth model has the wrong bytes until they were found to be wrong.
  const { url, served } = await serveModels(
    async (path) => {
      const id = path.slice(1)
      // Aside and not only on record: a kill may come between.
      const isAside = (await catalog.get(id))?.quarantine?.some((file) => existsSync(file.path)) ?? false
      const isWrong = Number(id.slice(2)) % 4 === 3 && !isAside
      return isWrong ? modelOf(`wrong ${id}`) : modelOf(id)
    },
    { pauseMs: 8 },
  )
  const seen = watchActive(catalog)
  const bundle = await bundleProgram(await mkdtemp(join(tmpdir(), 'catalog-bundle-')))

  let kills = 0
  let isDone = false
  while (!isDone) {
    const program = start(bundle, [root, url, String(MODELS)])
    // Between its first step and some models later, each of which takes it some ten steps.
    const laterMs = random() * 150
    onLine(program, (line) => {
      if (line !== 'open' || kills === KILLS) return
      void delay(laterMs).then(() => program.kill('SIGKILL'))
    })
    const { code, signal } = await untilExit(program)
    if (signal === 'SIGKILL') kills += 1
    else expect(code).toBe(0)
    isDone = signal !== 'SIGKILL'
    await lookAtAll(catalog)
  }

  for (const entry of await catalog.list()) {
    expect(entry).toMatchObject({ state: 'Active' })
    expect(entry.download).toBeUndefined()
    expect(readFileSync(join(root, `${entry.id}.gguf`)).equals(modelOf(entry.id))).toBe(true)
    for (const { path } of entry.quarantine ?? []) expect(existsSync(path)).toBe(true)
  }
  const wrong = readdirSync(root).filter((name) => name.includes('.quarantined-'))
  expect(wrong).toHaveLength(MODELS / 4)
  expect(readdirSync(root).filter((name) => /\.partial$/u.test(name))).toEqual([])
  expect(kills).toBe(KILLS)
  expect(await seen.stop()).toBeGreaterThanOrEqual(MODELS)
  const resumed = served.filter((fromByte) => fromByte > 0).length
  expect(resumed).toBeGreaterThan(0)
  if (KILLS > 110) console.info(`${kills} kills, ${resumed} downloads went on from a checkpoint`)
}, 900_000)

/** A bundle starts in a fraction of the time. */
async function bundleProgram(outDir: string): Promise<string> {
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }))
  await build({
    entry: [fileURLToPath(new URL('provision-many.ts', import.meta.url))],
    ...{ outDir, config: false, silent: true, target: 'node20', format: 'esm', noExternal: [/.*/] },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
    outExtension: () => ({ js: '.mjs' }),
    esbuildOptions: (esbuild) => {
      esbuild.conditions = ['@catalog/source']
      esbuild.alias = { 'model-catalog': fileURLToPath(new URL('../src/index.ts', import.meta.url)) }
    },
  })
  return join(outDir, 'provision-many.mjs')
}

function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Looks at the file of every model at the moment at which it is called Active. */
function watchActive(catalog: Catalog): { stop(): Promise<number> } {
  const ended = new AbortController()
  let count = 0
  const watching = (async () => {
    for await (const { entry } of catalog.watch({ signal: ended.signal })) {
      if (entry?.state !== 'Active') continue
      count += 1
      const bytes = readFileSync(await catalog.modelPath(entry.id))
      if (!bytes.equals(modelOf(entry.id))) throw new Error(`${entry.id} is Active with other bytes`)
    }
  })().catch((error: unknown) => {
    if (error !== 'done') throw error
  })
  return {
    async stop() {
      await catalog.refresh()
      // The watch is told of a change a moment after it was made.
      await delay(1000)
      ended.abort('done')
      await watching
      return count
    },
  }
}

async function lookAtAll(catalog: Catalog): Promise<void> {
  for (const { id } of await catalog.list({ state: 'Active' })) {
    expect(readFileSync(await catalog.modelPath(id)).equals(modelOf(id))).toBe(true)
  }
}

const models = new Map<string, Buffer>()

/** Bytes that are the same for the same name, and others for another. */
function modelOf(name: string): Buffer {
  const known = models.get(name)
  if (known !== undefined) return known
  const block = createHash('sha512').update(name).digest()
  const made = Buffer.alloc(SIZE_BYTES)
  for (let at = 0; at < SIZE_BYTES; at += block.length) {
    block.writeUInt32LE(at, 0)
    block.copy(made, at)
  }
  models.set(name, made)
  return made
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
