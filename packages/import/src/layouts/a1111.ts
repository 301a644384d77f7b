/** Room `layouts`: how each tool keeps its models, and how a store of it is recognised. */

import type { ScanItem } from '../candidate/candidate.ts'
import { modelsBelow } from '../directories/model-tree.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import type { Layout } from '../store/layout.ts'

/** The directory `models` of A1111 and of what is derived from it: a folder for each kind of model. */
export const a1111: Layout = {
  name: 'a1111',
  recognises: (directory) =>
    directory.has('Stable-diffusion', 'directory') || directory.has('Stable-diffusion', 'link'),
  scan,
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  yield* modelsBelow(root, reader, { layout: 'a1111', store: root.path })
}
