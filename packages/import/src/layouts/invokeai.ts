import { basename, dirname, join, relative, sep } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { modelsBelow } from '../directories/model-tree.ts'
import { type DirectoryListing, withoutNames } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { toProblemItem } from '../store/items.ts'
import type { Layout } from '../store/layout.ts'

const LAYOUT = 'invokeai'
/** What the tool calls the directory of one model. */
const KEY = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
const DOWNLOAD = /^tmpinstall_/u
const FOLDER_MARKS = ['model_index.json', 'config.json']
const INSTALL_MARKS = ['invokeai.yaml', join('databases', 'invokeai.db')]

/**
 * The directory `models` of InvokeAI: one with a random name for each model. What the tool knows of them is in its
 * database, which is not read: its hashes are BLAKE3, or random. Models that it uses where they are lie elsewhere.
 */
export const invokeai: Layout = {
  name: LAYOUT,
  async recognises(directory, reader) {
    if (directory.has('README.txt') && directory.names.some(isKey)) return true
    return basename(directory.path) === 'models' && (await isInstall(dirname(directory.path), reader))
  },
  scan,
}

function isKey({ name, kind }: DirectoryListing['names'][number]): boolean {
  return kind === 'directory' && KEY.test(name)
}

/** Out of the scanned directory nothing is looked at. */
async function isInstall(path: string, reader: StoreReader): Promise<boolean> {
  for (const mark of INSTALL_MARKS) {
    if ((await reader.find(join(path, mark)).catch(() => undefined)) !== undefined) return true
  }
  return false
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const downloads = root.names.map(({ name }) => name).filter((name) => DOWNLOAD.test(name))
  for (const name of downloads) {
    const path = join(root.path, name)
    yield toProblemItem({ kind: 'incomplete', layout: LAYOUT, path, text: 'holds an unfinished download' })
  }
  yield* modelsBelow(withoutNames(root, new Set(downloads)), reader, {
    layout: LAYOUT,
    store: root.path,
    describe: (directory) => ({ names: namesOf(root, directory) }),
  })
}

/** The key says nothing to a user, unless there is no other name. */
function namesOf(root: DirectoryListing, directory: DirectoryListing): readonly string[] {
  const [first = '', ...others] = relative(root.path, directory.path).split(sep)
  if (!KEY.test(first)) return [first, ...others].filter((name) => name !== '')
  const isUnnamed = others.length === 0 && FOLDER_MARKS.some((mark) => directory.has(mark))
  return isUnnamed ? [first] : others
}
