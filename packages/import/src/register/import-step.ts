import type { Catalog, ModelEntry, RegistrationInput } from 'model-catalog'
import type { Candidate, CandidateFile, DeclaredBy } from '../candidate/candidate.ts'
import { placeOf, type SameId } from './same-id.ts'

/** What is to be done for a candidate, by what the catalog has. */
export type ImportStep =
  | { readonly kind: 'add'; readonly id: string }
  | { readonly kind: 'update'; readonly id: string; readonly entry: ModelEntry }
  | { readonly kind: 'known'; readonly id: string; readonly entry: ModelEntry }

/** No store has so many models of one name. */
const MAX_NUMBER = 1000
/** The limits of an entry. */
const MAX_TAGS = 64
const MAX_TAG_LENGTH = 128

/** What a step is found by. */
export interface StepOptions {
  readonly sameId: SameId
  /** The ids of all candidates of the import. */
  readonly scannedIds: ReadonlySet<string>
}

/**
 * An entry with the id of the candidate is its own if it names the same files, or others in the same store: then
 * the tool has given the name to other bytes. If it names files elsewhere, or those of another candidate with the
 * same id, the candidate gets a number. A file that is in the catalog under an id of which the scan knows nothing,
 * as one that a person added, is known.
 */
export async function findStep(
  catalog: Catalog,
  candidate: Candidate,
  { sameId, scannedIds }: StepOptions,
): Promise<ImportStep> {
  const { entries, freeId } = await findNumbered(catalog, sameId.id)
  const place = placeOf(candidate)
  const entry =
    entries.find((each) => placeOf(each) === place) ??
    entries.find((each) => !sameId.places.has(placeOf(each)) && isOfStore(each, candidate))
  if (entry === undefined) return await findByPath(catalog, candidate, { id: freeId, scannedIds })
  return { kind: isSame(entry, candidate) ? 'known' : 'update', id: entry.id, entry }
}

/** The entries with an id, and with the id and a number, and the first such id that is free. */
async function findNumbered(
  catalog: Catalog,
  base: string,
): Promise<{ readonly entries: readonly ModelEntry[]; readonly freeId: string }> {
  const entries: ModelEntry[] = []
  for (let number = 1; number <= MAX_NUMBER; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    const entry = await catalog.get(id)
    if (entry === undefined) return { entries, freeId: id }
    entries.push(entry)
  }
  throw new RangeError(`${MAX_NUMBER} models have the id ${base}`)
}

function isOfStore({ location }: ModelEntry, candidate: Candidate): boolean {
  return location === candidate.location || isBelow(candidate.store, location)
}

async function findByPath(
  catalog: Catalog,
  candidate: Candidate,
  { id, scannedIds }: { readonly id: string; readonly scannedIds: ReadonlySet<string> },
): Promise<ImportStep> {
  const known = await catalog.list({ location: candidate.location })
  const entry = known.find((each) => !scannedIds.has(each.id) && isSame(each, candidate))
  return entry === undefined ? { kind: 'add', id } : { kind: 'known', id: entry.id, entry }
}

export function isBelow(directory: string, path: string | undefined): boolean {
  if (path === undefined || !path.startsWith(directory)) return false
  return /[/\\]$/u.test(directory) || /^[/\\]/u.test(path.slice(directory.length))
}

/** Whether an entry means the same bytes, as far as the store states any. */
function isSame(entry: ModelEntry, candidate: Candidate): boolean {
  if (entry.location !== candidate.location) return false
  if (candidate.files === undefined) {
    const { declared } = candidate
    return entry.files === undefined && (declared === undefined || declared.digest === entry.digest)
  }
  const byPath = new Map((entry.files ?? []).map((file) => [file.path, file]))
  return byPath.size === candidate.files.length && candidate.files.every((file) => isSameFile(byPath, file))
}

function isSameFile(
  byPath: ReadonlyMap<string, NonNullable<ModelEntry['files']>[number]>,
  { path, sizeBytes, declared }: CandidateFile,
): boolean {
  const known = byPath.get(path)
  if (known === undefined) return false
  if (known.sizeBytes !== undefined && known.sizeBytes !== sizeBytes) return false
  return declared === undefined || known.digest === declared.digest
}

/** What a candidate is registered with. */
export function toRegistration(candidate: Candidate): Omit<RegistrationInput, 'id'> {
  const digestOrigin = originOf(candidate)
  const { name, otherNames, source, location, linksInto, declared, files, layout } = candidate
  return {
    name,
    source,
    location,
    tags: [layout, ...otherNames.filter((each) => each.length <= MAX_TAG_LENGTH)].slice(0, MAX_TAGS),
    ...(declared !== undefined && { digest: declared.digest, sizeBytes: candidate.sizeBytes }),
    ...(files !== undefined && { files: files.map(toFileInput) }),
    ...(linksInto !== undefined && { linksInto }),
    ...(digestOrigin !== undefined && { digestOrigin }),
  }
}

/** Who stated the digest, or those of all files: a store asks one party for them. */
function originOf({ declared, files = [] }: Candidate): DeclaredBy | undefined {
  if (declared !== undefined) return declared.origin
  return files.every((file) => file.declared !== undefined) ? files[0]?.declared?.origin : undefined
}

function toFileInput({ path, sizeBytes, declared, gitBlobId }: CandidateFile): {
  path: string
  sizeBytes?: number
  digest?: string
} {
  const isStated = declared !== undefined || gitBlobId !== undefined
  return { path, ...(isStated && { sizeBytes }), ...(declared !== undefined && { digest: declared.digest }) }
}
