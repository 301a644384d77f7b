import { type ModelEntry, redactSource } from 'model-catalog'
import { formatVerified } from '../../catalog/verify-one.ts'
import { findRoot, withNewCatalog } from '../../catalog/with-catalog.ts'
import { defaultIdOf } from '../../files/default-id.ts'
import { findModelContent, type ListOptions, type ModelContent } from '../../files/model-content.ts'
import type { Invocation } from '../../options/invocation.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { toJsonEntry } from '../../show/entry-json.ts'
import { formatCount } from '../../text/count.ts'
import { addOne, type Description } from './add-one.ts'

export interface AddOptions extends Description, ListOptions {
  readonly paths: readonly string[]
  readonly id?: string | undefined
}

/** A directory of a hub's tools may have thousands of them. */
const MOST_SKIPPED_SHOWN = 10

/** One path of the command, once it was looked at. */
type Candidate = Found | { readonly path: string; readonly error: unknown }
interface Found {
  /** Absolute. */
  readonly path: string
  readonly id: string
  readonly content: ModelContent
}
type AddNext = (candidate: Found) => Promise<ModelEntry>
type AddResult =
  | { readonly candidate: Found; readonly entry: ModelEntry }
  | { readonly path: string; readonly problem: Problem }

/**
 * Registers files, or the files of directories, where they are, and verifies them at once. Goes on after a failure if
 * there are several; returns the exit code of the first one.
 */
export async function runAdd(invocation: Invocation, given: AddOptions): Promise<number> {
  assertUsage(given)
  const manifest = given.manifest === undefined ? undefined : invocation.resolvePath(given.manifest)
  const linksInto = given.linksInto === undefined ? undefined : invocation.resolvePath(given.linksInto)
  const options = { ...given, manifest, linksInto }
  const candidates: Candidate[] = []
  for (const path of new Set(options.paths)) {
    const candidate = await lookAt(invocation, options, path)
    if (!candidates.some((other) => isOfSameSet(other, candidate))) candidates.push(candidate)
  }
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) {
    await addOnly(invocation, options, only)
    return EXIT_CODES.OK
  }
  return await addSeveral(invocation, options, candidates)
}

function assertUsage({ paths, id, source, digest, name }: AddOptions): void {
  const ofOne = Object.entries({ id, source, digest, name }).find(([, value]) => value !== undefined)
  if (paths.length > 1 && ofOne !== undefined) {
    throw new CliError('USAGE', `--${ofOne[0]} goes with one path; each of several is named after its file`)
  }
}

/** Nothing is registered, and no catalog made, for what is not there. */
async function lookAt(invocation: Invocation, options: AddOptions, given: string): Promise<Candidate> {
  let path = redactSource(given)
  try {
    path = invocation.resolvePath(parsePath(given))
    const { symlinks } = invocation
    const content = await findModelContent({ path, root: findRoot(invocation), symlinks }, options)
    noteSkipped(invocation, path, content.skipped)
    const { set } = content
    if (set === undefined) return { path, content, id: options.id ?? parseDefaultId(path) }
    return { path: set.directory, content, id: options.id ?? parseDefaultId(set.name) }
  } catch (error) {
    return { path, error }
  }
}

/** The shell names every shard of a set if it is asked for all of them. */
function isOfSameSet(a: Candidate, b: Candidate): boolean {
  if ('error' in a || 'error' in b || a.content.set === undefined) return false
  return a.path === b.path && a.content.set.name === b.content.set?.name
}

function noteSkipped({ output }: Invocation, path: string, skipped: readonly string[] = []): void {
  const shown = skipped.slice(0, MOST_SKIPPED_SHOWN)
  const more = skipped.length - shown.length
  for (const each of shown) output.note(`catalog: note: ${path}: left out: ${each}`)
  if (more > 0) output.note(`catalog: note: ${path}: ${more} more left out`)
}

async function addOnly(
  invocation: Invocation,
  options: AddOptions,
  candidate: Candidate,
): Promise<undefined> {
  if ('error' in candidate) throw candidate.error
  const { output } = invocation
  await withNewCatalog(invocation, async (catalog, root) => {
    const entry = await addOne(catalog, invocation, { ...options, ...candidate, root })
    output.print(...formatAdded(entry))
    output.printJson(toJsonAdded(entry, candidate))
  })
}

async function addSeveral(
  invocation: Invocation,
  options: AddOptions,
  candidates: readonly Candidate[],
): Promise<number> {
  const { output } = invocation
  const add = async (addNext: AddNext): Promise<readonly AddResult[]> => {
    const done: AddResult[] = []
    for (const candidate of candidates) {
      const result = await addInTurn(invocation, candidate, addNext)
      if ('entry' in result) output.print(...formatAdded(result.entry))
      else output.note(...formatProblem(result.problem))
      done.push(result)
    }
    return done
  }
  // Where nothing can be added no catalog is made.
  const open = candidates.some((candidate) => 'content' in candidate) ? withNewCatalog : undefined
  const results = await (open?.(invocation, (catalog, root) =>
    add((candidate) => addOne(catalog, invocation, { ...options, ...candidate, root })),
  ) ?? add(failToAdd))
  const problems = results.flatMap((result) => ('problem' in result ? [result.problem] : []))
  const added = results.length - problems.length
  const failed = problems.length === 0 ? '' : `, ${problems.length} failed`
  output.print(`${added} of ${formatCount(results.length, 'model')} added${failed}`)
  output.printJson({ added, failed: problems.length, results: results.map(toJsonResult) })
  return problems[0]?.exitCode ?? EXIT_CODES.OK
}

async function addInTurn({ signal }: Invocation, candidate: Candidate, addNext: AddNext): Promise<AddResult> {
  const { path } = candidate
  try {
    signal.throwIfAborted()
    if ('error' in candidate) throw candidate.error
    return { candidate, entry: await addNext(candidate) }
  } catch (error) {
    // Ctrl-C ends the whole command, not only this model.
    if (signal.aborted) throw signal.reason
    return { path, problem: toProblem(error) }
  }
}

function failToAdd({ path }: Found): never {
  throw new CliError('USAGE', `there is nothing to add at ${path}`)
}

function* formatAdded(entry: ModelEntry): Generator<string> {
  yield formatVerified(entry)
  if (entry.digestOrigin === 'computed') {
    yield `  digest ${entry.digest}, computed just now: compare it with what the publisher says`
  }
}

function toJsonResult(result: AddResult): unknown {
  if ('problem' in result) return { path: result.path, ok: false, error: toJsonProblem(result.problem) }
  const { candidate, entry } = result
  return { path: candidate.path, ok: true, model: toJsonAdded(entry, candidate) }
}

/** The model, and which files of its directory were skipped. */
function toJsonAdded(entry: ModelEntry, { content: { skipped = [] } }: Found): unknown {
  return skipped.length === 0 ? toJsonEntry(entry) : { ...toJsonEntry(entry), skipped }
}

/** The address is not repeated: it may carry credentials. */
function parsePath(path: string): string {
  if (!/^[A-Za-z][A-Za-z0-9+.-]+:\/\//u.test(path)) return path
  throw new CliError(
    'USAGE',
    'add takes files and does not download; fetch it, then pass the address as --source',
  )
}

function parseDefaultId(path: string): string {
  const id = defaultIdOf(path)
  if (id !== undefined) return id
  throw new CliError('USAGE', `no id can be made of the file name of ${path}; give one with --id`)
}
