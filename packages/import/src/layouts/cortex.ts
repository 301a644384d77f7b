import { basename, join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import { modelsOfDirectory } from '../directories/directory-models.ts'
import { type DirectoryListing, withoutNames } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { createFindings } from '../store/findings.ts'
import type { Layout } from '../store/layout.ts'
import { type CortexStore, describedModel, isDescription, isDescriptionName } from './cortex-models.ts'

/** The tool's own library, which its names leave out. */
const LIBRARY = 'cortex.so'
const ORIGINS = [LIBRARY, 'huggingface.co', 'imported']
const MAX_DEPTH = 8
/** In a store the first description is found after a few. */
const MAX_LISTINGS = 64

/**
 * The directory `models` of Cortex: a description in YAML beside each model, or of a file elsewhere. It states no
 * digests. The tool's database only lists the descriptions, and is not read.
 * Source: https://github.com/janhq/cortex.cpp/blob/dev/engine/config/yaml_config.cc
 */
export const cortex: Layout = {
  name: 'cortex',
  async recognises(directory, reader) {
    if (basename(directory.path) !== 'models') return false
    const budget = { listings: MAX_LISTINGS }
    for (const origin of ORIGINS.filter((name) => directory.has(name, 'directory'))) {
      if (await hasDescription(join(directory.path, origin), reader, budget)) return true
    }
    return false
  },
  async *scan(root, reader) {
    const findings = createFindings({ layout: 'cortex', store: root.path })
    const store: CortexStore = { root, reader, findings }
    for (const { name, kind } of root.names) {
      if (kind !== 'directory') continue
      yield* walk(store, join(root.path, name), name === LIBRARY ? [] : [name])
    }
    yield* findings.toItems()
  },
}

async function hasDescription(
  path: string,
  reader: StoreReader,
  budget: { listings: number },
): Promise<boolean> {
  budget.listings -= 1
  if (budget.listings < 0) return false
  const listing = await orUnusable(() => reader.list(path))
  if (listing instanceof UnusableError) return false
  for (const name of descriptionsOf(listing)) {
    const isBeside = listing.has(name.replace(/ya?ml$/u, 'gguf'))
    if (isBeside || (await isDescription(reader, join(path, name)))) return true
  }
  for (const { name, kind } of listing.names) {
    if (kind === 'directory' && (await hasDescription(join(path, name), reader, budget))) return true
  }
  return false
}

function descriptionsOf(listing: DirectoryListing): readonly string[] {
  const names = listing.names.filter(({ name, kind }) => kind !== 'directory' && isDescriptionName(name))
  return names.map(({ name }) => name)
}

async function* walk(store: CortexStore, path: string, names: readonly string[]): AsyncGenerator<ScanItem> {
  const { root, reader, findings } = store
  const listing = await findings.attempt(undefined, () => reader.list(path))
  if (listing === undefined) return
  const described = new Set<string>()
  for (const name of descriptionsOf(listing)) {
    const model = await findings.attempt([...names, name].join('/'), () =>
      describedModel(store, listing, { name, names, described }),
    )
    if (model !== undefined) findings.add(model)
  }
  const { items, isModel } = await modelsOfDirectory(withoutNames(listing, described), reader, {
    layout: 'cortex',
    store: root.path,
    names,
  })
  yield* items
  if (isModel || names.length === MAX_DEPTH) return
  for (const { name, kind } of listing.names) {
    if (kind === 'directory') yield* walk(store, join(path, name), [...names, name])
  }
}
