import { basename, dirname, join, relative, sep } from 'node:path'
import { modelsBelow } from '../directories/model-tree.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import type { Layout } from '../store/layout.ts'

const LAYOUT = 'modelscope'
/** What the client keeps beside the files. `.msc` and `.mdl` are pickles and are never opened. */
const MARKS = ['.msc', '.mdl', '.mv']
const MAX_REVISION_BYTES = 4096

/**
 * The directory of one model in ModelScope's cache: owner, name, files. It states no digests.
 * Source: https://github.com/modelscope/modelscope/blob/master/modelscope/hub/utils/caching.py
 */
export const modelscope: Layout = {
  name: LAYOUT,
  recognises: (directory) => MARKS.some((mark) => directory.has(mark, 'file')),
  async *scan(directory, reader) {
    const owner = basename(dirname(directory.path))
    // A dot is written as three underscores.
    const name = basename(directory.path).replaceAll('___', '.')
    const revision = await readRevision(directory, reader)
    const page = ['https://modelscope.cn/models', encodeURIComponent(owner), encodeURIComponent(name)].join(
      '/',
    )
    yield* modelsBelow(directory, reader, {
      layout: LAYOUT,
      store: dirname(dirname(directory.path)),
      describe: ({ path }) => {
        const below = relative(directory.path, path)
          .split(sep)
          .filter((part) => part !== '')
        return {
          names: [owner, name, ...below],
          sourceOf: (file) =>
            file === '' ? page : toFileUrl(page, revision, [...below, ...file.split('/')]),
        }
      },
    })
  },
}

function toFileUrl(page: string, revision: string, path: readonly string[]): string {
  return [page, 'resolve', ...[revision, ...path].map(encodeURIComponent)].join('/')
}

/** Of `Revision:master,CreatedAt:1767323045`. */
async function readRevision(directory: DirectoryListing, reader: StoreReader): Promise<string> {
  if (!directory.has('.mv', 'file')) return 'master'
  const text = await reader.readText(join(directory.path, '.mv'), MAX_REVISION_BYTES).catch(() => '')
  return /^Revision:([^,\s]+)/u.exec(text)?.[1] ?? 'master'
}
