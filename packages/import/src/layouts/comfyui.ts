import { dirname, join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { modelsBelow } from '../directories/model-tree.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { createFindings } from '../store/findings.ts'
import type { Layout } from '../store/layout.ts'
import { tellOtherRoots } from './comfyui-paths.ts'

/** Folders that only ComfyUI has, with names of its own. */
const OWN_KINDS = [
  'checkpoints',
  'clip_vision',
  'diffusion_models',
  'loras',
  'text_encoders',
  'upscale_models',
]
const KINDS = [
  ...OWN_KINDS,
  'clip',
  'controlnet',
  'embeddings',
  'hypernetworks',
  'style_models',
  'unet',
  'vae',
]
const PATHS_FILE = 'extra_model_paths.yaml'

/**
 * The directory `models` of ComfyUI, or another root of the same form: a folder for each kind of model, which
 * becomes part of the id. The files are named and nothing else: pickles among them are not opened.
 */
export const comfyui: Layout = {
  name: 'comfyui',
  recognises(directory) {
    // The parts of a diffusers model have names that are much alike.
    if (directory.has('model_index.json')) return false
    return hasAny(directory, OWN_KINDS, 1) && hasAny(directory, KINDS, 2)
  },
  scan,
}

function hasAny(directory: DirectoryListing, kinds: readonly string[], count: number): boolean {
  return (
    kinds.filter((kind) => directory.has(kind, 'directory') || directory.has(kind, 'link')).length >= count
  )
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  yield* modelsBelow(root, reader, { layout: 'comfyui', store: root.path })
  if (root.path === reader.root) return
  const findings = createFindings({ layout: 'comfyui', store: root.path })
  const path = join(dirname(root.path), PATHS_FILE)
  await findings.attempt(undefined, async () => {
    if ((await reader.find(path)) !== undefined) await tellOtherRoots(path, reader, findings)
  })
  yield* findings.toItems()
}
