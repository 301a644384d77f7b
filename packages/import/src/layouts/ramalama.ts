import { basename, join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { createFindings, type Findings } from './findings.ts'
import type { Layout } from './layout.ts'
import { tellPartials } from './partials.ts'
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

/** The store of ramalama: for each source and name blobs, refs and snapshots. */
export const ramalama: Layout = {
  name: 'ramalama',
  async recognises(directory, reader) {
    const store = await orUnusable(() => listStore(directory, reader))
    if (store === undefined || store instanceof UnusableError) return false
    return SOURCES.some((name) => store.has(name, 'directory'))
  },
  scan,
}

/** A user may scan the store itself, or what it is in. */
async function listStore(
  directory: DirectoryListing,
  reader: StoreReader,
): Promise<DirectoryListing | undefined> {
  if (basename(directory.path) === 'store') return directory
  return directory.has('store', 'directory') ? await reader.list(join(directory.path, 'store')) : undefined
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'ramalama', store: root.path })
  const store = await findings.attempt(undefined, () => listStore(root, reader))
  for (const { name: origin, kind } of store?.names ?? []) {
    if (store === undefined || kind !== 'directory') continue
    const directory = join(store.path, origin)
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
