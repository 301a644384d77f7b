import { lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { measureInRounds } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import type { Catalogs } from './catalogs.ts'
import { perLookUs } from './reading.ts'

const SIZES = [10, 10_000, 100_000]
/** Models with a verified file each, that are asked for over and over. */
const SERVED = 100
/** Models that were verified and did not change since. */
const UNCHANGED = 1000

/** What it costs an orchestrator to be sure of a model's path, among few and many entries. */
export async function measureResolve(settings: Settings, catalogs: Catalogs): Promise<Results> {
  const results: Results[number][] = []
  for (const entries of SIZES) results.push(await measureAmong(entries, settings, catalogs))
  results.push(await measureUnchanged(settings, catalogs))
  return results
}

/** What `verify --stale` costs where nothing is stale: looks and no reading. */
async function measureUnchanged({ rounds }: Settings, catalogs: Catalogs): Promise<Results[number]> {
  const root = await catalogs.copy(SIZES[0] ?? 0)
  await using catalog = await openCatalog({ root })
  const paths = [...(await serveModels(catalog, root, UNCHANGED)).values()]
  const look = lookAtAll(root)
  const samples = await measureInRounds(rounds, {
    ours: async () => await timeMs(async () => void (await catalog.upkeep.audit({ only: 'stale' }))),
    bare: async () => await timeMs(async () => paths.forEach(look)),
  })
  return {
    name: `verify --stale of ${UNCHANGED} unchanged models`,
    unit: 'ms',
    ours: samples.median('ours'),
    other: { name: 'lstatSync of file, directory and anchor', value: samples.median('bare') },
    ratio: samples.ratio('ours', 'bare'),
  }
}

async function timeMs(work: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** The looks that the rules ask for: at the file, at the directory on the way to it, and at the anchor of its volume. */
function lookAtAll(root: string): (path: string) => readonly object[] {
  const anchor = join(root, '.catalog', 'volume')
  return (path) => [path, dirname(path), anchor].map((each) => lstatSync(each, { bigint: true }))
}

async function measureAmong(
  entries: number,
  { rounds, isQuick }: Settings,
  catalogs: Catalogs,
): Promise<Results[number]> {
  const root = await catalogs.copy(entries)
  await using catalog = await openCatalog({ root })
  const paths = await serveModels(catalog, root)
  const look = lookAtAll(root)
  const times = isQuick ? 50 : 300
  const samples = await measureInRounds(rounds, {
    ours: async () => await perLookUs([...paths.keys()], times, (id) => catalog.resolve(id)),
    bare: async () => await perLookUs([...paths.values()], times, async (path) => look(path)),
  })
  return {
    name: `resolve, of ${entries} entries`,
    unit: 'µs',
    ours: samples.median('ours'),
    other: { name: 'lstatSync of file, directory and anchor', value: samples.median('bare') },
    ratio: samples.ratio('ours', 'bare'),
    target: { is: 'at most', value: 2.5 },
  }
}

/** Registers and verifies models; the path of each by its id. */
async function serveModels(
  catalog: Catalog,
  root: string,
  count: number = SERVED,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>()
  mkdirSync(join(root, 'served'))
  for (let number = 0; number < count; number += 1) {
    const id = `served/model-${number}`
    const path = join(root, `${id}.gguf`)
    writeFileSync(path, sampleGguf(id))
    await catalog.register({ id, source: `hf:example/${number}` })
    await catalog.verify(id)
    paths.set(id, path)
  }
  return paths
}
