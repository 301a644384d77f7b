import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog, type SizeRange } from 'model-catalog'
import { expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

const BYTES = sampleGguf('m')
const SIZES: Readonly<Record<string, number | undefined>> = {
  declared: 7,
  failed: undefined,
  'failed-declared': BYTES.length,
  parts: 5,
  'parts-unknown': undefined,
  unknown: undefined,
  verified: BYTES.length,
}

/** Every way in which the size of a model is known, or is not. */
async function createModels({ root }: World): Promise<Catalog> {
  mkdirSync(root)
  const catalog = await openCatalog({ root })
  const source = 'hf:org/model'
  const digest = '0'.repeat(64)
  await catalog.register({ id: 'declared', source, sizeBytes: 7 })
  await catalog.register({ id: 'failed', source, digest })
  await catalog.register({ id: 'failed-declared', source, digest, sizeBytes: BYTES.length })
  await catalog.register({
    id: 'parts',
    source,
    files: [2, 3].map((sizeBytes) => ({ path: `${sizeBytes}`, sizeBytes })),
  })
  await catalog.register({ id: 'parts-unknown', source, files: [{ path: 'a', sizeBytes: 2 }, { path: 'b' }] })
  await catalog.register({ id: 'unknown', source })
  await catalog.register({ id: 'verified', source })
  for (const id of ['failed', 'failed-declared', 'verified']) writeFileSync(join(root, `${id}.gguf`), BYTES)
  await catalog.verify('verified')
  for (const id of ['failed', 'failed-declared']) {
    await expect(catalog.verify(id)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  }
  return catalog
}

it('list, stats, ls and show go by one size of a model', async () => {
  const world = createWorld()
  await using catalog = await createModels(world)
  const idsIn = async (sizeBytes: SizeRange): Promise<readonly string[]> =>
    (await catalog.list({ sizeBytes })).map(({ id }) => id)
  const known = Object.keys(SIZES).filter((id) => SIZES[id] !== undefined)
  expect(await idsIn({ min: 0 })).toEqual(known)
  for (const id of known) {
    const size = SIZES[id] ?? Number.NaN
    expect(await idsIn({ min: size, max: size })).toContain(id)
  }
  const { byState } = await catalog.upkeep.stats()
  expect(byState).toMatchObject({
    Pending: { models: 4, bytes: 12 },
    Active: { models: 1, bytes: BYTES.length },
    Failed: { models: 2, bytes: BYTES.length },
  })
  const rows = (await world.run('ls')).stdout.split('\n')
  for (const [id, size] of Object.entries(SIZES)) {
    const [, , shown] = rows.find((row) => row.startsWith(`${id} `))?.split(/ {2,}/u) ?? []
    expect(shown === '-', id).toBe(size === undefined)
    const fields = (await world.run('show', id)).stdout
    expect(fields).toMatch(
      size === undefined ? /^size +not known yet$/mu : new RegExp(`^size +.*\\b${size}\\b`, 'mu'),
    )
  }
})
