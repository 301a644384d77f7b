/** Room `commands/read`: ls, show, resolve, locate, history, watch …. */

import { CatalogError, type ManifestLine, parseManifest } from 'model-catalog'
import { readBytes } from '../../files/text-file.ts'
import type { Invocation } from '../../options/invocation.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { formatCount } from '../../text/count.ts'
import { escapeName } from '../../text/digest-line.ts'
import { type DigestResult, digestSeveral } from './digest.ts'
import { readWholeInput, STANDARD_INPUT } from './digest-input.ts'
import { takeUndecodableNames, type UndecodableName } from './undecodable-names.ts'

export interface CheckDigestsOptions {
  /** The list as the user wrote it; `-` for standard input. */
  readonly list: string
  readonly ignoreMissing: boolean
}

interface CheckedFile {
  readonly path: string
  /** As the list has it. */
  readonly digest: string
  readonly problem?: Problem
}

/** Checks the files of a list as `sha256sum --check` does. Goes on after a failure; returns the exit code of the first one. */
export async function runCheckDigests(
  invocation: Invocation,
  { list, ignoreMissing }: CheckDigestsOptions,
): Promise<number> {
  const { output } = invocation
  const { rest, names } = takeUndecodableNames(await readList(invocation, list))
  const lines = parseRest(rest, names)
  const checked: CheckedFile[] = []
  const tell = (file: CheckedFile): void => {
    if (ignoreMissing && file.problem?.code === 'FILE_MISSING') return
    output.printExact(formatChecked(file))
    if (file.problem !== undefined) output.note(...formatProblem(file.problem))
    checked.push(file)
  }
  for (const name of names) tell(refuseName(name))
  await digestSeveral(invocation, lines, (result, line) => tell(checkFile(line, result)))
  if (checked.length === 0) throw createNothingChecked(list)
  const problems = checked.flatMap(({ problem }) => problem ?? [])
  if (problems.length > 0) output.note(`${problems.length} of ${formatCount(checked.length, 'file')} failed`)
  output.printJson({ failed: problems.length, files: checked.map(toJsonChecked) })
  return problems[0]?.exitCode ?? EXIT_CODES.OK
}

async function readList(invocation: Invocation, list: string): Promise<Uint8Array> {
  if (list === STANDARD_INPUT) return await readWholeInput(invocation)
  return await readBytes(invocation.resolvePath(list), 'list')
}

/** A list may name nothing else. */
function parseRest(rest: Uint8Array, names: readonly UndecodableName[]): readonly ManifestLine[] {
  if (names.length > 0 && /^[\r\n]*$/u.test(Buffer.from(rest).toString())) return []
  return parseManifest(rest, { anyPath: true })
}

function refuseName({ line, digest, path }: UndecodableName): CheckedFile {
  const field = `line ${line}`
  const problem = 'has a name that is not UTF-8: the file was not checked; rename it'
  const error = new CatalogError('INVALID_INPUT', `${field} ${problem}`, { problems: [{ field, problem }] })
  return { path, digest, problem: toProblem(error) }
}

function checkFile(line: ManifestLine, result: DigestResult): CheckedFile {
  const { path, digest: expected } = line
  if ('problem' in result) return { ...line, problem: result.problem }
  const { digest: found, sizeBytes } = result.read
  if (found === expected) return line
  const details = { path, expected, found, sizeBytes }
  const message = `${path} has the digest ${found}, not ${expected}`
  const { hint: _hint, ...problem } = toProblem(new CatalogError('DIGEST_MISMATCH', message, details))
  return { ...line, problem }
}

/** The words of `sha256sum --check`. */
function formatChecked({ path, problem }: CheckedFile): string {
  const name = escapeName(path)
  if (problem === undefined) return `${name}: OK`
  return `${name}: FAILED${problem.code === 'DIGEST_MISMATCH' ? '' : ' open or read'}`
}

/** A list of which no file exists proves nothing. */
function createNothingChecked(list: string): CatalogError<'FILE_MISSING'> {
  return new CatalogError('FILE_MISSING', `no file of ${list} exists`, { path: list })
}

function toJsonChecked({ path, digest, problem }: CheckedFile): unknown {
  return problem === undefined
    ? { path, ok: true, digest }
    : { path, ok: false, digest, error: toJsonProblem(problem) }
}
