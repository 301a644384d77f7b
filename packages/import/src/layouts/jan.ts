import { basename, join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import { modelsOfDirectory } from '../directories/directory-models.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { classify } from '../files/file-names.ts'
import { createFindings, type Findings } from '../store/findings.ts'
import type { Layout } from '../store/layout.ts'
import { DESCRIPTION, describedModels, type JanStore } from './jan-models.ts'

/** An id has few segments. */
const MAX_DEPTH = 8
const PROVIDERS: ReadonlySet<string> = new Set(['llamacpp', 'mlx'])

/**
 * The directories `llamacpp` and `mlx` in the data folder of Jan: below `models` a `model.yml` for each model. Of MLX
 * a model is all files beside it.
 */
export const jan: Layout = {
  name: 'jan',
  async recognises(directory, reader) {
    if (!PROVIDERS.has(basename(directory.path)) || !directory.has('models', 'directory')) return false
    return await hasDescription(join(directory.path, 'models'), reader, 0)
  },
  scan,
}

async function hasDescription(path: string, reader: StoreReader, depth: number): Promise<boolean> {
  const listing = await orUnusable(() => reader.list(path))
  if (listing instanceof UnusableError) return false
  if (listing.has(DESCRIPTION)) return true
  if (depth === MAX_DEPTH) return false
  for (const { name, kind } of listing.names) {
    if (kind === 'directory' && (await hasDescription(join(path, name), reader, depth + 1))) return true
  }
  return false
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'jan', store: root.path })
  yield* walk({ root, reader, findings }, join(root.path, 'models'), [])
  yield* findings.toItems()
}

async function* walk(store: JanStore, path: string, names: readonly string[]): AsyncGenerator<ScanItem> {
  const { root, reader, findings } = store
  const listing = await findings.attempt(undefined, () => reader.list(path))
  if (listing === undefined) return
  if (listing.has(DESCRIPTION) && !listing.has('config.json')) {
    const models = await findings.attempt(names.join('/'), () => describedModels(store, listing, names))
    findings.add(...(models ?? []))
    tellPartials(listing, names, findings)
  } else {
    const { items, isModel } = await modelsOfDirectory(listing, reader, {
      layout: 'jan',
      store: root.path,
      names,
      isRecord: (absolute) => basename(absolute) === DESCRIPTION,
    })
    yield* items
    if (isModel) return
  }
  if (names.length === MAX_DEPTH) return
  for (const { name, kind } of listing.names) {
    if (kind === 'directory') yield* walk(store, join(path, name), [...names, name])
  }
}

function tellPartials({ path, names }: DirectoryListing, id: readonly string[], findings: Findings): void {
  for (const { name } of names) {
    if (classify(name) !== 'partial') continue
    const text = 'is an unfinished download'
    findings.tell({ kind: 'incomplete', path: join(path, name), text, model: id.join('/') })
  }
}
