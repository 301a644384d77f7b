import { realpath, stat } from 'node:fs/promises'
import {
  type Candidate,
  findStores,
  type ScanOptions,
  type ScanProblem,
  type StorePlace,
  scan,
} from '@catalog/import'
import type { Invocation } from '../../options/invocation.ts'
import { CliError } from '../../problem/cli-errors.ts'

/** What was found on the disk, and nothing of it registered yet. */
export interface FoundModels {
  /** Real paths. */
  readonly directories: readonly string[]
  readonly candidates: readonly Candidate[]
  /** Of what cannot be imported, and of the candidates. */
  readonly problems: readonly ScanProblem[]
}

/** Scans these directories, or the stores of this machine. A file or problem that two of them reach counts once. */
export async function findModels(
  invocation: Invocation,
  given: readonly string[],
  how: Pick<ScanOptions, 'only' | 'record'>,
): Promise<FoundModels> {
  const { signal } = invocation
  const directories = await findDirectories(invocation, given)
  if (directories.length === 0) {
    throw new CliError('USAGE', 'no store of another tool was found on this machine; name a directory')
  }
  const candidates = new Map<string, Candidate>()
  const problems = new Map<string, ScanProblem>()
  const tell = (problem: ScanProblem): void => {
    const { kind, path, model } = problem
    problems.set(JSON.stringify([kind, path, model]), problem)
  }
  for (const directory of directories) {
    for await (const item of scan(directory, { ...how, signal })) {
      if (item.kind === 'problem') {
        tell(item.problem)
        continue
      }
      const { candidate } = item
      if (!candidates.has(keyOf(candidate))) candidates.set(keyOf(candidate), candidate)
      for (const problem of candidate.problems) tell({ model: candidate.name, ...problem })
    }
  }
  return {
    directories: await Promise.all(directories.map((path) => realpath(path))),
    candidates: [...candidates.values()],
    problems: [...problems.values()],
  }
}

/** The absolute paths of what is scanned: what the user names, or the stores of this machine. */
export async function findDirectories(
  { resolvePath, environment }: Invocation,
  given: readonly string[],
): Promise<readonly string[]> {
  const paths =
    given.length > 0 ? given.map(resolvePath) : (await findStoresOf(environment)).map(({ path }) => path)
  for (const path of paths) {
    // What cannot be looked at, the scan reports.
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory() === false) {
      throw new CliError('USAGE', `${path} is not a directory: catalog add registers a file`)
    }
  }
  return [...new Set(paths)]
}

async function findStoresOf(environment: NodeJS.ProcessEnv): Promise<readonly StorePlace[]> {
  const home = environment['HOME'] || environment['USERPROFILE']
  return await findStores({ environment, ...(home && { home }) })
}

function keyOf({ location, files = [] }: Candidate): string {
  return JSON.stringify([location, ...files.map(({ path }) => path)])
}
