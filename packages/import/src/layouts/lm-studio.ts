import { basename, dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { ScanItem } from '../candidate/candidate.ts'
import { modelsBelow } from '../directories/model-tree.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import { isBelow } from '../disk/paths-below.ts'
import { readJson } from '../disk/read-json.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { orProblem } from '../store/items.ts'
import type { Layout } from '../store/layout.ts'

const LAYOUT = 'lm-studio'
const HOMES: ReadonlySet<string> = new Set(['.lmstudio', 'lm-studio'])
const settings = z.object({ downloadsFolder: z.string().nullish() })

/**
 * LM Studio's home directory, or the directory of models in it: publisher, repository, files. It states no
 * digests. The virtual models in `hub` have no weights and are left out.
 * Source: https://lmstudio.ai/docs/app/basics/import-model
 */
export const lmStudio: Layout = {
  name: LAYOUT,
  recognises: async (directory, reader) => isModels(directory) || (await isHome(directory, reader)),
  async *scan(directory, reader) {
    if (isModels(directory)) {
      yield* modelsBelow(directory, reader, { layout: LAYOUT, store: directory.path })
      return
    }
    const { path, items } = await findModels(directory, reader)
    yield* items
    const models = await reader.list(path)
    yield* modelsBelow(models, reader, { layout: LAYOUT, store: models.path })
  },
}

function isModels({ path }: DirectoryListing): boolean {
  return basename(path) === 'models' && HOMES.has(basename(dirname(path)))
}

async function isHome(directory: DirectoryListing, reader: StoreReader): Promise<boolean> {
  if (!directory.has('models', 'directory')) return false
  if (HOMES.has(basename(directory.path))) return true
  if (!directory.has('hub', 'directory')) return false
  const virtual = await reader.find(join(directory.path, 'hub', 'models')).catch(() => undefined)
  return virtual?.kind === 'directory'
}

/** Where the settings say that models are, if that is in the home directory: elsewhere, they are found there. */
async function findModels(
  home: DirectoryListing,
  reader: StoreReader,
): Promise<{ readonly path: string; readonly items: readonly ScanItem[] }> {
  let path = join(home.path, 'models')
  if (!home.has('settings.json')) return { path, items: [] }
  const items = await orProblem(LAYOUT, undefined, async () => {
    const { downloadsFolder } = await readJson(reader, join(home.path, 'settings.json'), settings)
    const chosen = downloadsFolder ? resolve(home.path, downloadsFolder) : path
    if (isBelow(home.path, chosen) && (await reader.find(chosen))?.kind === 'directory') path = chosen
    return []
  })
  return { path, items }
}
