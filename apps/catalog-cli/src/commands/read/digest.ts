import { digestFile, type FileDigest } from 'model-catalog'
import { findSize } from '../../files/find-size.ts'
import { workInOrder } from '../../files/work-in-order.ts'
import type { Invocation } from '../../options/invocation.ts'
import { createFilesProgress } from '../../output/files-progress.ts'
import type { Progress } from '../../output/progress.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { formatDigestLine } from '../../text/digest-line.ts'
import { digestInput, type InputDigest, STANDARD_INPUT } from './digest-input.ts'

/** The threads of the library's own verifier. */
const PARALLEL = 2

export type DigestResult = { readonly path: string } & (
  | { readonly read: FileDigest | InputDigest }
  | { readonly problem: Problem }
)

/** Digests files, or standard input as `-`, in the format of sha256sum. Goes on after a failure; returns the exit code of the first one. */
export async function runDigest(invocation: Invocation, files: readonly string[]): Promise<number> {
  if (files.filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new CliError('USAGE', 'standard input can be read once: - stands twice')
  }
  const { output } = invocation
  const results = await digestSeveral(
    invocation,
    files.map((path) => ({ path })),
    (result) => {
      if ('read' in result) output.printExact(formatDigestLine(result.read.digest, result.path))
      else output.note(...formatProblem(result.problem))
    },
  )
  const problems = results.flatMap((result) => ('problem' in result ? [result.problem] : []))
  output.printJson({ failed: problems.length, files: results.map(toJsonDigestResult) })
  return problems[0]?.exitCode ?? EXIT_CODES.OK
}

/** As many at a time as the library has threads for; what each gave is told in the order of the files. */
export async function digestSeveral<T extends { readonly path: string }>(
  invocation: Invocation,
  wanted: readonly T[],
  tell: (result: DigestResult, of: T) => void,
): Promise<readonly DigestResult[]> {
  const sizes = await Promise.all(wanted.map(({ path }) => findSizeOf(invocation, path)))
  const files = createFilesProgress(invocation.output, { noun: 'file', sizes })
  try {
    return await workInOrder(wanted, {
      parallel: PARALLEL,
      work: ({ path }, index) => digestOne(invocation, path, files.begin(index, path)),
      tell: (result, of) => files.aside(() => tell(result, of)),
    })
  } finally {
    files.clear()
  }
}

async function findSizeOf({ resolvePath }: Invocation, path: string): Promise<number | undefined> {
  // What cannot be looked at is not read either.
  return path === STANDARD_INPUT ? undefined : ((await findSize(resolvePath(path))) ?? 0)
}

/** The digest of a file, or the problem that prevented it. Rejects with the signal's reason. */
async function digestOne(invocation: Invocation, path: string, progress: Progress): Promise<DigestResult> {
  const { resolvePath, signal } = invocation
  try {
    signal.throwIfAborted()
    if (path === STANDARD_INPUT) return { path, read: await digestInput(invocation, progress) }
    const onProgress = progress.update.bind(progress)
    // As sha256sum does: nothing is recorded here that a link could be changed behind.
    const read = await digestFile(resolvePath(path), { signal, onProgress, followSymlink: true })
    progress.finish()
    return { path, read }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (path === STANDARD_INPUT) throw error
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
