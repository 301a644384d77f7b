import type { FileDigest } from '@catalog/types'
import { digestFile } from '../digest/default-verifier.ts'
import { explainUnlocated, locateFile, resolveRoot } from '../file/root-directory.ts'
import { walkDirectory } from '../file/walk-directory.ts'
import {
  type CheckedManifestFile,
  digestManifest,
  type ManifestFile,
  parseManifestFiles,
} from './manifest.ts'
import {
  assertManifestOptions,
  type ManifestCheck,
  type ManifestOptions,
  type ManifestProblem,
} from './manifest-check.ts'
import { ProgressSum } from './progress-sum.ts'
import { runBounded } from './run-bounded.ts'

/** Two at a time are as many as the threads of the process; more would only keep others waiting. */
const FILES_AT_A_TIME = 2
/** A wrong root may hold millions of other files; this many are named. */
const MAX_EXTRA = 1000

/** A file to read: it is regular, inside the root, and of the right size. */
interface PlannedFile extends CheckedManifestFile {
  readonly target: string
  readonly foundBytes: number
}

/** What one check works with and gathers. */
interface Checking {
  readonly root: string
  readonly files: readonly CheckedManifestFile[]
  readonly options: ManifestOptions
  readonly cancel: AbortController
  readonly problems: ManifestProblem[]
  readonly found: Map<string, FileDigest>
}

/**
 * Whether a directory holds exactly the files of a manifest, with these bytes. All files are looked at before the
 * first is read; a missing, special, misleading or wrongly sized one does not keep the others from being read.
 * Symbolic links are followed inside the root; one that leads out of it is a problem. Two files are read at a time.
 * Rejects with INVALID_INPUT (the manifest, or a root that is no directory), FILE_MISSING (no root), FILE_CHANGED, IO;
 * with the signal's reason; and with what `onProgress` throws. However it ends, all files are closed by then.
 */
export async function verifyManifest(
  root: string,
  files: readonly ManifestFile[],
  options: ManifestOptions = {},
): Promise<ManifestCheck> {
  assertManifestOptions(options)
  const checked = parseManifestFiles(files)
  options.signal?.throwIfAborted()
  const cancel = new AbortController()
  const forward = (): void => cancel.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', forward, { once: true })
  try {
    const real = await resolveRoot(root)
    return await checkDirectory({
      root: real,
      files: checked,
      options,
      cancel,
      problems: [],
      found: new Map(),
    })
  } finally {
    options.signal?.removeEventListener('abort', forward)
  }
}

async function checkDirectory(checking: Checking): Promise<ManifestCheck> {
  const { files, options, problems, found } = checking
  const planned = await planReading(checking)
  if (options.allowExtra !== true) await findExtra(checking)
  await readFiles(planned, checking)
  if (problems.length > 0) return { outcome: 'mismatch', problems: sortByPath(problems), found }
  const sizeBytes = sumBytes(planned)
  return { outcome: 'match', digest: digestManifest(files), sizeBytes, found }
}

async function planReading({ root, files, cancel, problems }: Checking): Promise<readonly PlannedFile[]> {
  const planned: PlannedFile[] = []
  for (const file of files) {
    cancel.signal.throwIfAborted()
    const { path, sizeBytes: expectedBytes } = file
    const located = await locateFile(root, path)
    if (located.kind !== 'file') problems.push({ ...located, path })
    else if (expectedBytes !== undefined && expectedBytes !== located.sizeBytes)
      problems.push({ kind: 'size-mismatch', path, expectedBytes, foundBytes: located.sizeBytes })
    else planned.push({ ...file, target: located.target, foundBytes: located.sizeBytes })
  }
  return planned
}

async function findExtra({ root, files, cancel, problems }: Checking): Promise<void> {
  // A link to a directory is no extra file where files of the manifest lie behind it.
  const named = new Set(files.flatMap(({ path }) => [path, ...listParents(path)]))
  let count = 0
  for await (const { path } of walkDirectory(root, cancel.signal)) {
    if (named.has(path)) continue
    problems.push({ kind: 'extra', path })
    count += 1
    if (count === MAX_EXTRA) return
  }
}

async function readFiles(planned: readonly PlannedFile[], checking: Checking): Promise<void> {
  const { options, cancel } = checking
  const progress = new ProgressSum(sumBytes(planned), options.onProgress)
  progress.start()
  await runBounded(planned, { limit: FILES_AT_A_TIME, cancel }, (file) => readFile(file, checking, progress))
  progress.finish()
  cancel.signal.throwIfAborted()
}

async function readFile(file: PlannedFile, checking: Checking, progress: ProgressSum): Promise<void> {
  const { options, cancel, problems, found } = checking
  const { path, target, digest: expected } = file
  const digest = options.verifier?.digestFile.bind(options.verifier) ?? digestFile
  try {
    const content = await digest(target, { signal: cancel.signal, onProgress: progress.ofFile() })
    found.set(path, content)
    if (content.digest === expected) return
    const { sizeBytes } = content
    problems.push({ kind: 'digest-mismatch', path, expected, found: content.digest, sizeBytes })
  } catch (error) {
    const unlocated = await explainUnlocated(error, target)
    if (unlocated === undefined) throw error
    problems.push({ ...unlocated, path })
  }
}

function listParents(path: string): readonly string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'))
}

function sumBytes(planned: readonly PlannedFile[]): number {
  return planned.reduce((sum, { foundBytes }) => sum + foundBytes, 0)
}

function sortByPath(problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  return [...problems].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}
