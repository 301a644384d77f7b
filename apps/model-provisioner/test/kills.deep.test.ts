import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { createRandom, seedOfRun } from '@catalog/testkit/running'
import { type Catalog, openCatalog } from 'model-catalog'
import { expect, it } from 'vitest'
import { FaultySource } from './faulty-source.ts'
import { KilledPrograms } from './killed-programs.ts'

const KILLS = 150
const MODELS = 4
const SIZE_BYTES = 1024 * 1024
const CHUNK_BYTES = 64 * 1024
/** A model takes about twenty chunks, and a program that was killed starts again. */
const KILLS_PER_CHUNK = 0.15

const root = useTemporaryDirectory()

it('a service and two provisioners that are killed at random bring the right bytes of every model, and leave none', async () => {
  const random = createRandom(seedOfRun())
  await using source = await FaultySource.start()
  await using catalog = await openCatalog({ root: root.path })
  await using programs = await KilledPrograms.start(root.path)
  source.chunkBytes = CHUNK_BYTES
  source.onChunk = () => {
    if (programs.kills < KILLS && random() < KILLS_PER_CHUNK) programs.killOne(random())
  }
  let models = 0
  for (let round = 0; programs.kills < KILLS; round += 1) {
    const digests = new Map<string, string>()
    for (let number = 0; number < MODELS; number += 1) {
      const id = `round-${round}/model-${number}`
      const bytes = sampleGguf(id, { sizeBytes: SIZE_BYTES })
      const digest = createHash('sha256').update(bytes).digest('hex')
      // The service is one of those that are killed: a client that has no answer registers once more.
      await programs.register({ id, source: source.put(`/${id}.gguf`, bytes), digest })
      digests.set(id, digest)
    }
    models += digests.size
    await allActive(catalog, new Set(digests.keys()))
    for (const [id, digest] of digests) {
      const bytes = readFileSync((await catalog.resolve(id)).path)
      expect(createHash('sha256').update(bytes).digest('hex'), id).toBe(digest)
      const registered = (await catalog.history.of(id)).filter(({ operation }) => operation === 'register')
      expect(registered, id).toHaveLength(1)
    }
  }
  const { service, provisioners } = programs.killed
  console.log(
    `services: ${service} services and ${provisioners} provisioners killed, ${models} models, all right`,
  )
})

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
