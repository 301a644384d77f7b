import {
  type FileReference,
  isCatalogError,
  type ListQuery,
  type ModelEntry,
  parseModelId,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import { parseLeftover } from './partial-name.ts'

/** More paths than this are looked for among all entries at once. */
const MOST_ASKED_SINGLY = 64

/** The entries that have their file, or the directory of their files, at this path. Looks at no file. */
export async function findNaming(
  context: CatalogContext,
  reference: FileReference,
): Promise<readonly ModelEntry[]> {
  const path = canonicalPathOf(context, reference)
  const entries = await findCandidates(context, withBeside(path))
  return entries.filter((entry) =>
    [fileReferenceOf(entry), ...fileReferencesOf(entry).map((each) => each.reference)].some(
      (own) => canonicalPathOf(context, own) === path,
    ),
  )
}

/** A path, and the file beside which a download makes it, if it has such a name. */
export function withBeside(path: string): readonly string[] {
  const beside = parseLeftover(path)?.file
  return beside === undefined ? [path] : [path, beside]
}

/** All entries that can name one of these paths, given `withBeside`, and others, by id. The store is asked for no more of them than it must. */
export async function findCandidates(
  { store, files }: CatalogContext,
  paths: readonly string[],
): Promise<readonly ModelEntry[]> {
  // The record of a quarantined file stays in an entry that has another file by now.
  const isRecorded = paths.some((path) => parseLeftover(path)?.kind === 'quarantined')
  if (isRecorded) return await store.list({})
  // Stryker disable next-line ConditionalExpression,EqualityOperator: it only decides how many queries are made.
  if (paths.length > MOST_ASKED_SINGLY) return await store.list({})
  const queries = new Map<string, ListQuery>()
  const ids = new Set<string>()
  for (const path of paths) {
    const reference = files.referenceTo(path)
    // What stands above it, and what has an id like it, is found by the file beside it.
    // Stryker disable next-line ConditionalExpression: it only decides how many queries are made.
    const isMade = parseLeftover(path) !== undefined
    const asked = isMade ? [reference, { location: path }] : queriesFor(reference, path)
    for (const query of asked) queries.set(JSON.stringify(query), query)
    if ('file' in reference) for (const id of isMade ? [reference.file] : idsFor(reference.file)) ids.add(id)
  }
  const lists = await Promise.all([...queries.values()].map((query) => store.list(query)))
  const named = await getEntries({ store }, [...ids])
  const byId = new Map([...lists.flat(), ...named].map((entry) => [entry.id, entry]))
  // Stryker disable next-line EqualityOperator: no two entries have one id.
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** One spelling of the path that a reference means, also if a place below the root is given as a location. */
export function canonicalPathOf({ files }: Pick<CatalogContext, 'files'>, reference: FileReference): string {
  if ('file' in reference) return files.pathOf(reference)
  const known = files.referenceTo(reference.location)
  if ('location' in known) return known.location
  const paths = files.pathsOf(known)
  return paths.find((path) => path === reference.location) ?? paths[0] ?? reference.location
}

/** The entries of these ids; what is not an id means none. */
export async function getEntries(
  { store }: Pick<CatalogContext, 'store'>,
  texts: readonly string[],
): Promise<readonly ModelEntry[]> {
  // Stryker disable next-line ArrayDeclaration: no entry has this id.
  const ids = texts.flatMap((text) => orNothing(() => parseModelId(text)) ?? [])
  const entries = await Promise.all(ids.map((id) => store.get(id)))
  return entries.filter((entry) => entry !== undefined)
}

/** The result of a parser; undefined if it rejects its input, which is not an error of the caller. */
export function orNothing<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return undefined
    throw error
  }
}

/** For entries that name the path, or a directory above it that holds their files, below the root or in place. */
function queriesFor(reference: FileReference, path: string): readonly ListQuery[] {
  const locations = (places: readonly string[]): readonly ListQuery[] =>
    places.flatMap((place) => [{ location: place }, { location: `${place}/` }])
  if ('location' in reference) return locations(prefixesOf(reference.location))
  const { file } = reference
  // Stryker disable next-line MethodExpression,EqualityOperator,ConditionalExpression: asks for more, of which none names the path.
  const inPlace = prefixesOf(path).filter((prefix) => prefix.length >= path.length - file.length)
  return [...prefixesOf(file).map((prefix) => ({ file: prefix })), ...locations(inPlace)]
}

/** For entries whose file has the name that is made from their id. */
function idsFor(file: string): readonly string[] {
  // `.gguf`, or two as in `.tar.gz`.
  // Stryker disable next-line Regex: asks for another id, whose entry does not name the path.
  return [...prefixesOf(file), file.replace(/\.[^./]+$/u, ''), file.replace(/(?:\.[^./]+){2}$/u, '')]
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
function prefixesOf(path: string): readonly string[] {
  // Stryker disable next-line MethodExpression,EqualityOperator,ConditionalExpression: asks for more, of which none names the path.
  const ends = [...path.matchAll(/[\\/]/gu)].map(({ index }) => index).filter((index) => index > 0)
  return [...ends.map((end) => path.slice(0, end)), path]
}
