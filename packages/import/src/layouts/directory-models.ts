import { join, posix, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findShards } from 'model-catalog'
import type { Candidate, CandidateFile, Companion, DeclaredDigest, ScanItem } from '../candidate/candidate.ts'
import { toCandidateId } from '../candidate/candidate-id.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry, StoreReader } from '../disk/store-reader.ts'
import { classify, finalNameOf, isProjector, isWeights, stemOf } from './file-names.ts'
import { orProblem, toItem, toProblemItem } from './items.ts'
import { readPointer } from './lfs-pointer.ts'

/** What a store states of one of its files. */
export interface Statement {
  readonly declared?: DeclaredDigest | undefined
  readonly gitBlobId?: string | undefined
}

/** The store that a directory of models is part of. */
export interface DirectoryOptions {
  readonly layout: LayoutName
  readonly store: string
  /** The names that lead to the directory, for ids; default: its path relative to the store. */
  readonly names?: readonly string[] | undefined
  /** The source of a file, or with '' of the directory; default: its path as a `file:` reference. */
  readonly sourceOf?: ((path: string) => string) | undefined
  /** What is stated of a file, by its path relative to the directory. */
  readonly statementOf?: ((path: string, found: FoundEntry) => Statement) | undefined
  /** For a directory that consists of symbolic links: where they may lead. */
  readonly linksInto?: string | undefined
}

export interface DirectoryModels {
  readonly items: readonly ScanItem[]
  /** Whether the directory with all that is below it is one model. */
  readonly isModel: boolean
}

/** The most files of one model. */
const MAX_FILES = 2000
const MAX_DEPTH = 8
/** What a directory has that is one model with all its files. */
const MODEL_MARKS = ['config.json', 'model_index.json', 'params.json', 'adapter_config.json']

/** One file of a directory, looked at. */
interface SeenFile {
  /** Relative to the directory, `/` between segments. */
  readonly path: string
  readonly found: FoundEntry
}

interface Context extends DirectoryOptions {
  readonly directory: DirectoryListing
  readonly reader: StoreReader
}

/**
 * The models of a directory: one if it has a `config.json` beside its weights, as the files of a hub have, else
 * each file with weights or set of shards.
 */
export async function modelsOfDirectory(
  directory: DirectoryListing,
  reader: StoreReader,
  options: DirectoryOptions,
): Promise<DirectoryModels> {
  const context: Context = { ...options, directory, reader }
  const isModel = await isOneModel(context)
  const items = isModel ? await wholeDirectory(context) : await eachFile(context)
  return { items, isModel }
}

/** GGUF files are models of their own whatever lies beside them. */
async function isOneModel({ directory, reader }: Context): Promise<boolean> {
  if (directory.has('model_index.json')) return true
  if (!MODEL_MARKS.some((name) => directory.has(name))) return false
  const names = directory.names.map(({ name }) => name)
  if (names.some((name) => isWeights(name) && !name.endsWith('.gguf'))) return true
  // A set of shards may lie in a directory below, with its index above.
  return names.some((name) => name.endsWith('.index.json')) && reader.root !== directory.path
}

async function wholeDirectory(context: Context): Promise<readonly ScanItem[]> {
  const { layout, directory } = context
  return await orProblem(layout, nameOf(context, ''), async () => {
    const files = await collectFiles(context)
    const partials = files.filter(({ path }) => classify(posix.basename(path)) === 'partial')
    if (partials.length > 0) {
      throw new UnusableError(
        'incomplete',
        directory.path,
        `has an unfinished download: ${partials[0]?.path}`,
      )
    }
    const pointer = await findPointer(context, files)
    if (pointer !== undefined) return [pointer]
    const missing = findMissingShards(files.map(({ path }) => path))
    if (missing !== undefined) throw new UnusableError('incomplete', directory.path, missing)
    return [toItem(toCandidate(context, files, ''))]
  })
}

async function eachFile(context: Context): Promise<readonly ScanItem[]> {
  const { layout, directory } = context
  const items: ScanItem[] = []
  const seen: SeenFile[] = []
  for (const { name, kind } of directory.names) {
    const nameClass = classify(name)
    if (kind === 'directory' || name.startsWith('.')) continue
    if (nameClass === 'partial' && isWeights(finalNameOf(name))) items.push(toPartial(context, name))
    if (nameClass !== 'weights' || isOpenDownload(directory, name)) continue
    items.push(
      ...(await orProblem(layout, nameOf(context, name), async () => {
        const file = await lookAt(context, name, kind === 'link')
        if (file === undefined) return []
        const pointer = await findPointer(context, [file])
        if (pointer === undefined) seen.push(file)
        return pointer === undefined ? [] : [pointer]
      })),
    )
  }
  return [...items, ...(await groupFiles(context, seen))]
}

/** aria2 and others write to the final name, of full length from the start, with a control file beside it. */
function isOpenDownload(directory: DirectoryListing, name: string): boolean {
  return ['.aria2', '.part', '.incomplete'].some((ending) => directory.has(`${name}${ending}`))
}

/** A link in an ordinary directory leads to a file that is found where it is, unless its name there says nothing. */
async function lookAt(context: Context, name: string, isLink: boolean): Promise<SeenFile | undefined> {
  const found = await context.reader.file(join(context.directory.path, name))
  if (isLink && context.linksInto === undefined && isWeights(found.realPath)) return undefined
  return { path: name, found }
}

async function groupFiles(context: Context, files: readonly SeenFile[]): Promise<readonly ScanItem[]> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const items: ScanItem[] = []
  for (const set of findShards([...byPath.keys()])) {
    const shards = set.paths.flatMap((path) => byPath.get(path) ?? [])
    for (const path of set.paths) byPath.delete(path)
    const missing = findMissingShards(set.paths)
    items.push(
      missing === undefined
        ? toItem(toCandidate(context, shards, set.name))
        : toProblemItem({
            kind: 'incomplete',
            layout: context.layout,
            path: context.directory.path,
            text: missing,
            model: nameOf(context, set.name),
          }),
    )
  }
  const projectors = [...byPath.values()].filter(({ path }) => isProjector(path))
  const companions = projectors.map(toProjector)
  for (const file of byPath.values()) {
    const isOwn = isProjector(file.path)
    items.push(toItem({ ...toCandidate(context, [file]), ...(!isOwn && { companions }) }))
  }
  return items
}

function toProjector({ found }: SeenFile): Companion {
  return { path: found.realPath, role: 'projector', sizeBytes: found.sizeBytes }
}

/** A model of one file, or with a name of the set or '' one of several. */
function toCandidate(context: Context, files: readonly SeenFile[], setName?: string): Candidate {
  const { layout, store, directory, linksInto } = context
  const [first] = files
  const isSingle = setName === undefined && first !== undefined
  const own = isSingle ? first.path : (setName ?? '')
  const common = {
    ...{ layout, store },
    id: toCandidateId(layout, [...namesOf(context), stemOf(own)]),
    name: nameOf(context, own),
    otherNames: [],
    source: sourceOf(context, isSingle || setName === '' ? own : (first?.path ?? '')),
    sizeBytes: files.reduce((sum, { found }) => sum + found.sizeBytes, 0),
    companions: [],
    problems: [],
    ...(linksInto !== undefined && { linksInto }),
  }
  if (!isSingle)
    return { ...common, location: directory.path, files: files.map((file) => toFile(context, file)) }
  const { declared } = statementOf(context, first)
  const location = linksInto === undefined ? first.found.realPath : first.found.path
  return { ...common, location, ...(declared !== undefined && { declared }) }
}

function toFile(context: Context, file: SeenFile): CandidateFile {
  const { declared, gitBlobId } = statementOf(context, file)
  return {
    path: file.path,
    sizeBytes: file.found.sizeBytes,
    ...(declared !== undefined && { declared }),
    ...(gitBlobId !== undefined && { gitBlobId }),
  }
}

function statementOf({ statementOf: ask }: Context, { path, found }: SeenFile): Statement {
  return ask?.(path, found) ?? {}
}

function sourceOf({ sourceOf: ask, directory }: Context, path: string): string {
  return ask?.(path) ?? pathToFileURL(join(directory.path, path)).href
}

function namesOf({ names, directory, store }: Context): readonly string[] {
  return (
    names ??
    relative(store, directory.path)
      .split(sep)
      .filter((name) => name !== '')
  )
}

function nameOf(context: Context, own: string): string {
  return [...namesOf(context), ...(own === '' ? [] : [own])].join('/')
}

/** All files of the directory and of those below it, without hidden ones, sorted. */
async function collectFiles(context: Context): Promise<readonly SeenFile[]> {
  const files: SeenFile[] = []
  const pending: { readonly listing: DirectoryListing; readonly prefix: string; readonly depth: number }[] = [
    { listing: context.directory, prefix: '', depth: 0 },
  ]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { listing, prefix, depth } = next
    for (const { name, kind } of listing.names) {
      if (name.startsWith('.')) continue
      const path = `${prefix}${name}`
      if (kind === 'directory') {
        if (depth === MAX_DEPTH)
          throw new UnusableError('too-many', listing.path, `is nested deeper than ${MAX_DEPTH} levels`)
        pending.push({
          listing: await context.reader.list(join(listing.path, name)),
          prefix: `${path}/`,
          depth: depth + 1,
        })
        continue
      }
      files.push({ path, found: await context.reader.file(join(listing.path, name)) })
      if (files.length > MAX_FILES)
        throw new UnusableError('too-many', context.directory.path, `has more than ${MAX_FILES} files`)
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Why a set among these paths is not whole; undefined if all are. */
function findMissingShards(paths: readonly string[]): string | undefined {
  const broken = findShards(paths).find(({ problems }) => problems.length > 0)
  const [problem] = broken?.problems ?? []
  if (broken === undefined || problem === undefined) return undefined
  const what =
    problem.kind === 'missing-shards'
      ? `${problem.count} of its shards missing, first ${problem.paths[0]}`
      : 'shards of other sets among its own'
  return `the set ${broken.name} has ${what}`
}

/** The problem with a git-lfs pointer among files with weights. */
async function findPointer(context: Context, files: readonly SeenFile[]): Promise<ScanItem | undefined> {
  const { layout, reader } = context
  for (const { path, found } of files) {
    const pointer = isWeights(path) ? await readPointer(reader, found) : undefined
    if (pointer === undefined) continue
    const text = `is a git-lfs pointer to ${pointer.sizeBytes} bytes with the digest ${pointer.digest}`
    return toProblemItem({
      kind: 'pointer-file',
      layout,
      path: found.path,
      text,
      model: nameOf(context, path),
    })
  }
  return undefined
}

function toPartial(context: Context, name: string): ScanItem {
  const { layout, directory } = context
  const model = nameOf(context, finalNameOf(name))
  return toProblemItem({
    kind: 'incomplete',
    layout,
    path: join(directory.path, name),
    text: 'is an unfinished download',
    model,
  })
}
