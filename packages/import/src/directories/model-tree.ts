import { join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { isWeights } from '../files/file-names.ts'
import { localNamesOf } from '../statements/huggingface-local.ts'
import { NO_STATEMENTS, readStatements, type Statements, stateOf } from '../statements/statements.ts'
import { toProblemItem } from '../store/items.ts'
import { modelsOfDirectory } from './directory-models.ts'
import type { DirectoryOptions } from './directory-options.ts'

/** How the models below a directory are looked for. */
export interface TreeOptions {
  readonly layout: LayoutName
  readonly store: string
  readonly signal?: AbortSignal | undefined
  /** Names and source of the models of a directory, where the defaults do not fit. */
  readonly describe?:
    | ((directory: DirectoryListing) => Pick<DirectoryOptions, 'names' | 'sourceOf'>)
    | undefined
  /** What is at a directory if it is something else than an ordinary one, as the store of a tool. */
  readonly enter?: ((directory: DirectoryListing) => Promise<EnteredStore | undefined>) | undefined
}

/** The store of a tool, in place of an ordinary directory. */
export interface EnteredStore {
  readonly items: AsyncIterable<ScanItem>
  /** Whether directories below it are looked at as any others. */
  readonly isFlat: boolean
  /** What else its root has, which is looked at as an ordinary directory. */
  readonly beside?: DirectoryListing | undefined
}

interface Place {
  readonly reader: StoreReader
  readonly options: TreeOptions
  /** What is stated above the directory. */
  readonly above: Statements
  readonly depth: number
}

/** A tree beyond this depth is a mistake, or hostile. */
const MAX_DEPTH = 32
/** Directories that contain no models of a user, and many files. */
const SKIPPED: ReadonlySet<string> = new Set([
  ...['$RECYCLE.BIN', '.git', '.Trash', 'lost+found', 'node_modules', 'site-packages', '__pycache__'],
  // Compiled code: https://docs.vllm.ai/en/latest/design/torch_compile.html
  ...['torch_compile_cache', '.triton'],
])
/** Where ModelScope downloads to. */
const DOWNLOADS = '._____temp'
/** The kernel's own files. */
const SYSTEM: ReadonlySet<string> = new Set(['/dev', '/proc', '/sys'])

/** The models below a directory, with the digests that checksum lists and the records of a download state. */
export async function* modelsBelow(
  directory: DirectoryListing,
  reader: StoreReader,
  options: TreeOptions,
): AsyncGenerator<ScanItem> {
  yield* visit(directory, { reader, options, above: NO_STATEMENTS, depth: 0 })
}

/** A thing that cannot be read ends the directory that it is in, and not the scan. */
async function* visit(directory: DirectoryListing, place: Place): AsyncGenerator<ScanItem> {
  place.options.signal?.throwIfAborted()
  try {
    yield* visitOrThrow(directory, place)
  } catch (error) {
    yield toProblemItem(toScanProblem(error, place.options.layout))
  }
}

async function* visitOrThrow(directory: DirectoryListing, place: Place): AsyncGenerator<ScanItem> {
  const { reader, options } = place
  yield* tellUndecodable(reader, options.layout)
  const store = await options.enter?.(directory)
  if (store !== undefined) {
    yield* store.items
    yield* tellUndecodable(reader, options.layout)
    if (store.isFlat) yield* visitAllBelow(directory, { ...place, depth: place.depth + 1 })
    if (store.beside !== undefined) yield* visitOrdinary(store.beside, place)
    return
  }
  yield* visitOrdinary(directory, place)
}

async function* visitOrdinary(directory: DirectoryListing, place: Place): AsyncGenerator<ScanItem> {
  const { reader, options } = place
  const { statements, items } = await readStatements(directory, reader, {
    above: place.above,
    layout: options.layout,
  })
  yield* items
  yield* await leadsOut(directory, place)
  const models = await modelsOfDirectory(directory, reader, await describe(directory, statements, options))
  yield* models.items
  const next = { ...place, above: statements, depth: place.depth + 1 }
  for (const below of models.others) yield* visit(below, next)
  if (models.isModel) return
  yield* visitAllBelow(directory, next)
}

async function* visitAllBelow(directory: DirectoryListing, place: Place): AsyncGenerator<ScanItem> {
  for (const { name, kind } of directory.names) {
    if (kind === 'directory' && !SKIPPED.has(name)) yield* visitBelow(join(directory.path, name), place)
  }
}

async function* visitBelow(path: string, place: Place): AsyncGenerator<ScanItem> {
  const { reader, options, depth } = place
  if (SYSTEM.has(path)) return
  try {
    const directory = await reader.list(path)
    if (path.endsWith(DOWNLOADS)) yield* toDownloads(directory)
    else if (depth <= MAX_DEPTH) yield* visit(directory, place)
    else throw new UnusableError('too-many', path, `is nested deeper than ${MAX_DEPTH} levels`)
  } catch (error) {
    yield toProblemItem(toScanProblem(error, options.layout))
  }
}

async function describe(
  directory: DirectoryListing,
  statements: Statements,
  { layout, store, describe: ask }: TreeOptions,
): Promise<DirectoryOptions> {
  const { local } = statements
  const common: DirectoryOptions = {
    ...{ layout, store, ...ask?.(directory) },
    statementOf: (path, found) => stateOf(statements, directory, { path, found }),
    isRecord: (absolute) => statements.lists.some(({ path }) => path === absolute),
  }
  if (layout !== 'plain' || local === undefined || !(await local.hasRecordsOf(directory.path))) return common
  const names = localNamesOf(local, directory.path)
  return { ...common, layout: 'huggingface-local', store: local.path, names }
}

/** What a link to a directory leads to is found there, unless it is outside. */
async function leadsOut(
  directory: DirectoryListing,
  { reader, options }: Place,
): Promise<readonly ScanItem[]> {
  const items: ScanItem[] = []
  for (const { name, kind } of directory.names) {
    if (kind !== 'link' || isWeights(name) || name.startsWith('.')) continue
    const path = join(directory.path, name)
    if ((await reader.kindOfTarget(path)) !== 'directory') continue
    try {
      await reader.find(path)
    } catch (error) {
      items.push(toProblemItem(toScanProblem(error, options.layout)))
    }
  }
  return items
}

function toDownloads({ path, names }: DirectoryListing): readonly ScanItem[] {
  if (names.length === 0) return []
  const text = 'holds unfinished downloads'
  return [toProblemItem({ kind: 'incomplete', layout: 'modelscope', path, text })]
}

/** Of the directories that were listed since, also by the store of a tool. */
function* tellUndecodable(reader: StoreReader, layout: LayoutName): Generator<ScanItem> {
  for (const { path, undecodable } of reader.takeUndecodable()) {
    const text =
      undecodable === 1
        ? 'has a name that is not UTF-8, which is left out'
        : `has ${undecodable} names that are not UTF-8, which are left out`
    yield toProblemItem({ kind: 'not-utf8', layout, path, text })
  }
}
