import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { createRandom, seedOfRun } from '@catalog/testkit/running'
import { type Catalog, openCatalog } from 'model-catalog'
import { expect, it } from 'vitest'
import { FaultySource } from './faulty-source.ts'
import { type RunningProvisioner, startProvisioner } from './run-provisioner.ts'

const KILLS = 100
const MODELS = 4
const SIZE_BYTES = 1024 * 1024
const CHUNK_BYTES = 64 * 1024
/** A model takes some twenty chunks, and a program that was killed starts again. */
const KILLS_PER_CHUNK = 0.1
const HOLDERS = ['one', 'two'] as const

const root = useTemporaryDirectory()

it(`two provisioners that are killed ${KILLS} times bring the right bytes of every model, and leave none`, async () => {
  const random = createRandom(seedOfRun())
  await using source = await FaultySource.start()
  await using catalog = await openCatalog({ root: root.path })
  const running = new Map<string, RunningProvisioner>()
  let kills = 0
  const start = async (holder: string): Promise<void> => {
    const args = ['follow', '--root', root.path, '--allow-private', '--holder', holder]
    running.set(holder, await startProvisioner(args))
  }
  const killOne = async (): Promise<void> => {
    const holder = HOLDERS[Math.floor(random() * HOLDERS.length)] ?? 'one'
    const victim = running.get(holder)
    // One that is being killed starts again only then: two of one name would be one to the catalog.
    if (kills >= KILLS || victim === undefined || victim.process.killed) return
    kills += 1
    victim.process.kill('SIGKILL')
    await victim.ended
    await start(holder)
  }
  source.chunkBytes = CHUNK_BYTES
  source.onChunk = () => {
    if (random() < KILLS_PER_CHUNK) void killOne()
  }
  for (const holder of HOLDERS) await start(holder)
  let models = 0
  for (let round = 0; kills < KILLS; round += 1) {
    const digests = await registerAll(catalog, source, round)
    models += digests.size
    await allActive(catalog, new Set(digests.keys()))
    for (const [id, digest] of digests) {
      const bytes = readFileSync((await catalog.resolve(id)).path)
      expect(createHash('sha256').update(bytes).digest('hex'), id).toBe(digest)
    }
  }
  for (const { process, ended } of running.values()) {
    process.kill('SIGTERM')
    await ended
  }
  console.log(`provisioners: ${kills} killed, ${models} models, all right`)
})

async function registerAll(
  catalog: Catalog,
  source: FaultySource,
  round: number,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>()
  for (let number = 0; number < MODELS; number += 1) {
    const id = `round-${round}/model-${number}`
    const bytes = sampleGguf(id, { sizeBytes: SIZE_BYTES })
    const digest = createHash('sha256').update(bytes).digest('hex')
    await catalog.register({ id, source: source.put(`/${id}.gguf`, bytes), digest })
    digests.set(id, digest)
  }
  return digests
}

/** None may be stuck: the test would not end. */
async function allActive(catalog: Catalog, ids: Set<string>): Promise<void> {
  const since = await catalog.refresh()
  for (const id of [...ids]) if ((await catalog.get(id))?.state === 'Active') ids.delete(id)
  if (ids.size === 0) return
  for await (const { id, entry } of catalog.watch({ since })) {
    expect(entry?.state, id).not.toBe('Failed')
    if (entry?.state === 'Active') ids.delete(id)
    if (ids.size === 0) return
  }
}
