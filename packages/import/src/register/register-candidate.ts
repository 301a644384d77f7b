import { type Catalog, isCatalogError, type ModelEntry, type WriteOptions } from 'model-catalog'
import type { Candidate } from '../candidate/candidate.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import { checkGitBlobs } from './git-blobs.ts'
import type { ImportOutcome } from './import-report.ts'
import { findStep, type ImportStep, type StepOptions, toRegistration } from './import-step.ts'
import { isStillWrong } from './still-wrong.ts'

/** How one candidate is registered. */
export interface RegisterOptions extends Pick<WriteOptions, 'actor' | 'reason'>, StepOptions {
  readonly signal?: AbortSignal | undefined
}

/** A candidate on its way through the import. */
export interface Registered {
  readonly candidate: Candidate
  readonly id: string
  readonly outcome: ImportOutcome
  readonly entry?: ModelEntry
  readonly error?: unknown
  readonly problem?: ScanProblem
  readonly mustRead: boolean
}

/**
 * How often a candidate is looked up again because another process has just changed the entry with its id. Each time,
 * that process has got further, as a second import of the same store does.
 */
const MAX_LOOKS = 8

/** Registers a candidate, or updates its entry, unless the catalog has it as it is. Nothing is read but small files. */
export async function registerCandidate(
  catalog: Catalog,
  candidate: Candidate,
  options: RegisterOptions,
): Promise<Registered> {
  for (let looks = 1; ; looks += 1) {
    const registered = await tryToRegister(catalog, candidate, options)
    if (looks === MAX_LOOKS || !isOvertaken(registered.error)) return registered
  }
}

/** Whether another process was faster: it has registered the id, or changed its entry. A path that is taken stays so. */
function isOvertaken(error: unknown): boolean {
  if (isCatalogError(error, 'ALREADY_EXISTS')) return error.details.path === undefined
  return isCatalogError(error, 'CONFLICT')
}

async function tryToRegister(
  catalog: Catalog,
  candidate: Candidate,
  options: RegisterOptions,
): Promise<Registered> {
  let { id } = candidate
  try {
    const step = await findStep(catalog, candidate, options)
    id = step.id
    if (step.kind === 'known') return await toKnown(catalog, candidate, step, options)
    const checked = await checkGitBlobs(candidate, options.signal)
    if (checked.problem !== undefined) {
      return { candidate, id, outcome: 'failed', problem: checked.problem, mustRead: false }
    }
    return await commitStep(catalog, checked.candidate, step, options)
  } catch (error) {
    if (options.signal?.aborted === true || endsImport(error)) throw error
    const reason =
      error instanceof UnusableError
        ? { problem: toScanProblem(error, candidate.layout, candidate.name) }
        : { error }
    return { candidate, id, outcome: 'failed', ...reason, mustRead: false }
  }
}

/** Whether nothing else can be imported either after this error. */
export function endsImport(error: unknown): boolean {
  return (
    isCatalogError(error, 'READ_ONLY') || isCatalogError(error, 'CLOSED') || isCatalogError(error, 'NO_SPACE')
  )
}

async function commitStep(
  catalog: Catalog,
  candidate: Candidate,
  step: Exclude<ImportStep, { kind: 'known' }>,
  { actor, reason }: RegisterOptions,
): Promise<Registered> {
  const { id } = step
  const registration = toRegistration(candidate)
  if (step.kind === 'add') {
    const entry = await catalog.register({ id, ...registration, actor, reason })
    return { candidate, id, outcome: 'added', entry, mustRead: true }
  }
  const { tags, files = null, digest = null, sizeBytes = null, ...rest } = registration
  const update = { ...rest, files, digest, sizeBytes, tags: joinTags(step.entry, tags) }
  const entry = await catalog.update(id, update, { actor, reason, ifRevision: step.entry.revision })
  return { candidate, id, outcome: 'updated', entry, mustRead: true }
}

/** Of a model that is known only what is not in order any more is read again. Names that it did not have are added. */
async function toKnown(
  catalog: Catalog,
  candidate: Candidate,
  { id, entry: found }: Extract<ImportStep, { kind: 'known' }>,
  { actor, reason }: RegisterOptions,
): Promise<Registered> {
  const tags = joinTags(found, toRegistration(candidate).tags)
  const isNamed = tags.length === (found.tags ?? []).length
  const entry = isNamed ? found : await catalog.update(id, { tags }, { actor, reason })
  const { kind } = await catalog.standing(id)
  if (kind === 'in-order' || entry.state === 'Retired') {
    return { candidate, id, outcome: 'known', entry, mustRead: false }
  }
  if (kind === 'wrong' && (await isStillWrong(entry))) {
    return { candidate, id, outcome: 'wrong', entry, mustRead: false }
  }
  return { candidate, id, outcome: 'verified', entry, mustRead: true }
}

/** The tags of an entry and those of a candidate that it does not have. */
function joinTags({ tags = [] }: ModelEntry, more: readonly string[] = []): readonly string[] {
  return [...tags, ...more.filter((tag) => !tags.includes(tag))]
}
