import { digestFile, type FileDigest } from 'model-catalog'
import type { Invocation } from '../../options/invocation.ts'
import { createProgress } from '../../output/progress.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { formatDigestLine } from '../../text/digest-line.ts'
import { digestInput, type InputDigest, STANDARD_INPUT } from './digest-input.ts'

type DigestResult = { readonly path: string } & (
  | { readonly read: FileDigest | InputDigest }
  | { readonly problem: Problem }
)

/** Digests files, or standard input as `-`, in the format of sha256sum. Goes on after a failure; returns the exit code of the first one. */
export async function runDigest(invocation: Invocation, files: readonly string[]): Promise<number> {
  if (files.filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new CliError('USAGE', 'standard input can be read once: - stands twice')
  }
  const { output } = invocation
  const results: DigestResult[] = []
  for (const path of files) {
    const result = await digestInTurn(invocation, path)
    if ('read' in result) output.printExact(formatDigestLine(result.read.digest, path))
    else output.note(...formatProblem(result.problem))
    results.push(result)
  }
  const problems = results.flatMap((result) => ('problem' in result ? [result.problem] : []))
  output.printJson({ failed: problems.length, files: results.map(toJsonDigestResult) })
  return problems[0]?.exitCode ?? EXIT_CODES.OK
}

async function digestInTurn(invocation: Invocation, path: string): Promise<DigestResult> {
  if (path !== STANDARD_INPUT) return await digestNamedFile(invocation, path)
  return { path, read: await digestInput(invocation) }
}

/** The digest of a file, or the problem that prevented it. Rejects with the signal's reason. */
export async function digestNamedFile(invocation: Invocation, path: string): Promise<DigestResult> {
  const { output, resolvePath, signal } = invocation
  const progress = createProgress(output, path)
  try {
    const onProgress = progress.update.bind(progress)
    // As sha256sum does: nothing is recorded here that a link could be changed behind.
    const read = await digestFile(resolvePath(path), { signal, onProgress, followSymlink: true })
    progress.finish()
    return { path, read }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const { hint: _hint, ...problem } = toProblem(error)
    return { path, problem }
  } finally {
    progress.clear()
  }
}

function toJsonDigestResult(result: DigestResult): unknown {
  const { path } = result
  return 'read' in result ? { path, ...result.read } : { path, error: toJsonProblem(result.problem) }
}
