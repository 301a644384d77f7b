import type { ScanItem } from '../candidate/candidate.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { filesOf } from '../files/directory-files.ts'
import { isWeights } from '../files/file-names.ts'
import { filesBelow } from '../files/files-below.ts'
import { orProblem } from '../store/items.ts'
import { nameOf } from './directory-names.ts'
import type { DirectoryOptions, ModelDirectory } from './directory-options.ts'
import { singleModels } from './file-models.ts'
import { wholeModel } from './whole-model.ts'

export type { DirectoryOptions } from './directory-options.ts'

export interface DirectoryModels {
  readonly items: readonly ScanItem[]
  /** Whether the directory with all that is below it is one model. */
  readonly isModel: boolean
  /** If it is one: the directories below that are models of their own. */
  readonly others: readonly DirectoryListing[]
}

/** What a directory has that is one model with all its files. */
const MODEL_MARKS = ['config.json', 'params.json', 'adapter_config.json']
/** What a model has whose parts are models in directories below: diffusers, sentence-transformers. */
const PIPELINE_MARKS = ['model_index.json', 'modules.json']

/**
 * The models of a directory: one if it has a `config.json` beside its weights, as the files of a hub have, else
 * each file with weights or set of shards. GGUF files are models of their own whatever lies beside them.
 */
export async function modelsOfDirectory(
  directory: DirectoryListing,
  reader: StoreReader,
  options: DirectoryOptions,
): Promise<DirectoryModels> {
  const model: ModelDirectory = { ...options, directory, reader }
  if (isOneModel(directory)) return await modelWithFiles(model)
  const wants = (name: string): boolean => isWeights(name)
  const items = await singleModels(model, await filesOf(directory, { reader, wants }))
  return { items, isModel: false, others: [] }
}

async function modelWithFiles(model: ModelDirectory): Promise<DirectoryModels> {
  const isPipeline = PIPELINE_MARKS.some((mark) => model.directory.has(mark))
  const isOther = isPipeline ? undefined : isOneModel
  let others: readonly DirectoryListing[] = []
  const items = await orProblem(model.layout, nameOf(model, ''), async () => {
    const below = await filesBelow(model.directory, { ...model, isOther })
    others = below.others
    return await wholeModel(model, below)
  })
  return { items, isModel: true, others }
}

function isOneModel(directory: DirectoryListing): boolean {
  if (directory.has('model_index.json')) return true
  if (!MODEL_MARKS.some((name) => directory.has(name))) return false
  // Where the shards are missing, or below, their index tells.
  return directory.names.some(
    ({ name, kind }) =>
      kind !== 'directory' &&
      ((isWeights(name) && !isGguf(name)) || name.endsWith('.safetensors.index.json')),
  )
}

function isGguf(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf')
}
