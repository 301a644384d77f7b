import { lstatSync, readdirSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildStore, type StoreBuilder } from '@catalog/testkit/layouts'
import { ModelRef } from 'model-catalog'
import { expect, onTestFinished } from 'vitest'
import {
  type Candidate,
  type ScanOptions,
  type ScanProblem,
  type ScanProblemKind,
  scan,
} from '../src/index.ts'

/** What a scan found. */
export interface Scanned {
  readonly candidates: readonly Candidate[]
  readonly problems: readonly ScanProblem[]
}

/** Scans a tree, and checks that this changed nothing in it, and that each source is a reference in its one spelling. */
export async function scanAll(root: string, options?: ScanOptions): Promise<Scanned> {
  const before = lookAtTree(root)
  const candidates: Candidate[] = []
  const problems: ScanProblem[] = []
  for await (const item of scan(root, options)) {
    if (item.kind === 'candidate') candidates.push(item.candidate)
    else problems.push(item.problem)
  }
  expect(lookAtTree(root)).toEqual(before)
  for (const { source } of candidates) expect(ModelRef.parse(source).text).toBe(source)
  return { candidates, problems }
}

/** Ids of candidates and kinds of problems, sorted. */
export async function scanNames(directory: string, options?: ScanOptions): Promise<readonly string[]> {
  const scanned = await scanAll(directory, options)
  return [...idsOf(scanned), ...scanned.problems.map(({ kind }) => `! ${kind}`)].sort()
}

/** A directory for one test, with a store in it: `below` names the store's root. */
export async function temporaryStore(below = ''): Promise<StoreBuilder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'import-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return buildStore(join(path, below))
}

/** Each problem as its kind and the path below a root. */
export function kindsOf(
  problems: readonly ScanProblem[],
  root: string,
): readonly (readonly [ScanProblemKind, string])[] {
  return problems.map(({ kind, path }) => [kind, path.slice(root.length + 1)])
}

/** The ids of candidates, sorted. */
export function idsOf({ candidates }: Scanned): readonly string[] {
  return candidates.map(({ id }) => id).sort()
}

/** The paths of all that is below a directory and has a name of UTF-8; links may lead round. */
export function pathsBelow(directory: string): readonly string[] {
  const below = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => !name.includes('\ufffd'))
  return below.flatMap((entry) => {
    const path = join(directory, entry.name)
    return entry.isDirectory() ? [path, ...pathsBelow(path)] : [path]
  })
}

/** Every path with its times, mode, size and inode. */
function lookAtTree(root: string): readonly string[] {
  return [root, ...pathsBelow(root)].sort().map((path) => {
    const { mtimeNs, ctimeNs, mode, size, ino, nlink } = lstatSync(path, { bigint: true })
    return [path, mtimeNs, ctimeNs, mode, size, ino, nlink].join(' ')
  })
}
