import { lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { measureInRounds } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import type { Catalogs } from './catalogs.ts'
import { perLookUs } from './reading.ts'

const SIZES = [10, 10_000, 100_000]
/** Models with a verified file each, that are asked for over and over. */
const SERVED = 100

/** What it costs an orchestrator to be sure of a model's path, among few and many entries. */
export async function measureResolve(settings: Settings, catalogs: Catalogs): Promise<Results> {
  const results: Results[number][] = []
  for (const entries of SIZES) results.push(await measureAmong(entries, settings, catalogs))
  return results
}

async function measureAmong(
  entries: number,
  { rounds, isQuick }: Settings,
  catalogs: Catalogs,
): Promise<Results[number]> {
  const root = await catalogs.copy(entries)
  await using catalog = await openCatalog({ root })
  const paths = await serveModels(catalog, root)
  const times = isQuick ? 50 : 300
  const samples = await measureInRounds(rounds, {
    ours: async () => await perLookUs([...paths.keys()], times, (id) => catalog.resolve(id)),
    bare: async () =>
      await perLookUs([...paths.values()], times, async (path) => lstatSync(path, { bigint: true })),
  })
  return {
    name: `resolve, of ${entries} entries`,
    unit: 'µs',
    ours: samples.median('ours'),
    other: { name: 'async lstatSync of the file', value: samples.median('bare') },
    ratio: samples.ratio('ours', 'bare'),
    target: { is: 'at most', value: 20, of: 'ours' },
  }
}

/** Registers and verifies models; the path of each by its id. */
async function serveModels(catalog: Catalog, root: string): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>()
  mkdirSync(join(root, 'served'))
  for (let number = 0; number < SERVED; number += 1) {
    const id = `served/model-${number}`
    const path = join(root, `${id}.gguf`)
    writeFileSync(path, sampleGguf(id))
    await catalog.register({ id, source: `hf:example/${number}` })
    await catalog.verify(id)
    paths.set(id, path)
  }
  return paths
}
