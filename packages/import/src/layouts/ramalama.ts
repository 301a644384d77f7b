import { basename, join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { createFindings, type Findings } from '../store/findings.ts'
import type { Layout } from '../store/layout.ts'
import { tellPartials } from '../store/partials.ts'
import { findTagModels, type RamalamaModel, toShownName } from './ramalama-models.ts'
import { readRef } from './ramalama-ref.ts'

const SOURCES = [
  'file',
  'hf',
  'http',
  'https',
  'huggingface',
  'modelscope',
  'ms',
  'oci',
  'ollama',
  'rlcr',
  'url',
]
const PARTIAL = /^(.+)\.partial$/u
/** `https` has the path of an address. */
const MAX_DEPTH = 12

/** Of a store, the first model is found after a few; of a directory that only has the name, nothing is. */
const MAX_LISTINGS = 64
/** The hub's cache has directories of the same names in each repository. */
const HUB_REPOSITORY = /^(?:models|datasets|spaces|kernels)--/u

/** The directory `store` of ramalama: for each source and name blobs, refs and snapshots. */
export const ramalama: Layout = {
  name: 'ramalama',
  async recognises(directory, reader) {
    if (basename(directory.path) !== 'store') return false
    const budget = { listings: MAX_LISTINGS }
    for (const source of SOURCES.filter((name) => directory.has(name, 'directory'))) {
      if (await hasModel(join(directory.path, source), reader, budget)) return true
    }
    return false
  },
  scan,
}

/** Whether a model is at a path or below it. Other directories may be named like a store and a source. */
async function hasModel(path: string, reader: StoreReader, budget: { listings: number }): Promise<boolean> {
  budget.listings -= 1
  if (budget.listings < 0) return false
  const listing = await orUnusable(() => reader.list(path))
  if (listing instanceof UnusableError) return false
  if (isModel(listing)) return true
  for (const { name, kind } of listing.names) {
    if (kind !== 'directory' || HUB_REPOSITORY.test(name)) continue
    if (await hasModel(join(path, name), reader, budget)) return true
  }
  return false
}

/** The ref is written first. */
function isModel(listing: DirectoryListing): boolean {
  const hasFiles = listing.has('blobs', 'directory') || listing.has('snapshots', 'directory')
  return listing.has('refs', 'directory') && hasFiles
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'ramalama', store: root.path })
  for (const { name: origin, kind } of root.names) {
    if (kind !== 'directory') continue
    const directory = join(root.path, origin)
    for await (const model of findModels({ directory, origin, names: [] }, reader, findings)) {
      await addModel(model, reader, findings)
    }
  }
  yield* findings.toItems()
}

async function* findModels(
  at: RamalamaModel,
  reader: StoreReader,
  findings: Findings,
): AsyncGenerator<RamalamaModel> {
  const listing = await findings.attempt(undefined, () => reader.list(at.directory))
  if (listing?.has('refs', 'directory') === true) {
    yield at
    return
  }
  if (at.names.length === MAX_DEPTH) return
  for (const { name, kind } of listing?.names ?? []) {
    if (kind !== 'directory') continue
    yield* findModels(
      { ...at, directory: join(at.directory, name), names: [...at.names, name] },
      reader,
      findings,
    )
  }
}

async function addModel(model: RamalamaModel, reader: StoreReader, findings: Findings): Promise<void> {
  const refs = join(model.directory, 'refs')
  const listing = await findings.attempt(undefined, () => reader.list(refs))
  for (const { name, kind } of listing?.names ?? []) {
    // A newer version writes the ref of an older one again, with an extension.
    if (kind === 'directory' || listing?.has(`${name}.json`) === true) continue
    const tag = name.replace(/\.json$/u, '')
    const refPath = join(refs, name)
    const models = await findings.attempt(toShownName({ ...model, tag }), async () =>
      findTagModels(reader, { ...model, tag, refPath, ref: await readRef(reader, refPath) }),
    )
    findings.add(...(models ?? []))
  }
  const blobs = await findings.attempt(undefined, async () => {
    const path = join(model.directory, 'blobs')
    return (await reader.find(path)) === undefined ? undefined : await reader.list(path)
  })
  if (blobs !== undefined) tellPartials(blobs, PARTIAL, findings)
}
