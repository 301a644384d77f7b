import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Candidate, type ScanOptions, type ScanProblem, scan } from '../src/index.ts'

/** What a scan yields, by kind. */
export interface Scanned {
  readonly candidates: readonly Candidate[]
  readonly problems: readonly ScanProblem[]
}

/** Scans, and checks that it changed nothing in the tree. */
export async function scanAll(directory: string, options?: ScanOptions): Promise<Scanned> {
  const before = stateOfTree(directory)
  const candidates: Candidate[] = []
  const problems: ScanProblem[] = []
  for await (const item of scan(directory, options)) {
    if (item.kind === 'candidate') candidates.push(item.candidate)
    else problems.push(item.problem)
  }
  expect(stateOfTree(directory)).toEqual(before)
  return { candidates, problems }
}

/** Ids of candidates and kinds of problems, sorted. */
export async function scanNames(directory: string, options?: ScanOptions): Promise<readonly string[]> {
  const { candidates, problems } = await scanAll(directory, options)
  return [...candidates.map(({ id }) => id), ...problems.map(({ kind }) => `! ${kind}`)].sort()
}

/** Names, sizes and times of all that is below a directory, its own too. */
function stateOfTree(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()
  return ['.', ...names].map((name) => {
    const { size, mtimeMs, ctimeMs, mode } = lstatSync(join(directory, name))
    return [name, size, mtimeMs, ctimeMs, mode].join(' ')
  })
}
