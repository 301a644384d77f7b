import { walkDirectory } from '@catalog/system-calls'
import { type FileDigest, isAnchorPath, type SeenFile } from '@catalog/types'
import { digestFile } from '../digest/default-verifier.ts'
import { digestSideBySide } from '../digest/digest-side-by-side.ts'
import { explainUnlocated, locateFile, resolveRoot } from '../file/root-directory.ts'
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

/** A wrong root may hold millions of other files; this many are named. */
const MAX_EXTRA = 1000

/** A file to read at `path`, which leads to no link: it is regular, inside the root, and of the right size. */
interface PlannedFile extends SeenFile {
  readonly line: CheckedManifestFile
}

/** What one check works with and gathers. */
interface Checking {
  readonly root: string
  readonly files: readonly CheckedManifestFile[]
  readonly options: ManifestOptions & { readonly signal: AbortSignal }
  readonly problems: ManifestProblem[]
}

/**
 * Whether a directory holds exactly the files of a manifest, with these bytes. Every file is examined before
 * the first is read, and a missing or wrong one does not keep the others from being read. Symbolic links are
 * followed inside the root; one that leads out of it is a problem unless `symlinks` is `anywhere`. As many
 * files are read at a time as the verifier has threads. Rejects with the signal's reason once it is aborted,
 * and with what `onProgress` throws. All files are closed when the promise settles.
 *
 * @throws {CatalogError} INVALID_INPUT if the manifest or an option is invalid, or the root is not a
 *   directory
 * @throws {CatalogError} FILE_MISSING if the root does not exist
 * @throws {CatalogError} FILE_CHANGED if a file changed after it was examined
 * @throws {CatalogError} IO if the disk cannot be read
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { parseManifest, verifyManifest } from '@catalog/verify'
 *
 * const files = parseManifest(await readFile('SHA256SUMS'))
 * const { outcome } = await verifyManifest('models/llama-3.1-70b', files)
 * console.log(outcome) // match
 * ```
 */
export async function verifyManifest(
  root: string,
  files: readonly ManifestFile[],
  options: ManifestOptions = {},
): Promise<ManifestCheck> {
  assertManifestOptions(options)
  const checked = parseManifestFiles(files)
  const { signal = new AbortController().signal } = options
  signal.throwIfAborted()
  const real = await resolveRoot(root)
  return await checkDirectory({ root: real, files: checked, options: { ...options, signal }, problems: [] })
}

async function checkDirectory(checking: Checking): Promise<ManifestCheck> {
  const { options, problems } = checking
  const planned = await planReading(checking)
  if (options.allowExtra !== true) await findExtra(checking)
  const found = await readFiles(planned, checking)
  if (problems.length > 0) return { outcome: 'mismatch', problems: sortByPath(problems), found }
  const sizeBytes = planned.reduce((sum, { fingerprint }) => sum + fingerprint.sizeBytes, 0)
  return { outcome: 'match', digest: digestManifest(planned.map(({ line }) => line)), sizeBytes, found }
}

async function planReading(checking: Checking): Promise<readonly PlannedFile[]> {
  const { root, files, options, problems } = checking
  const planned: PlannedFile[] = []
  const missing: ManifestProblem[] = []
  for (const line of files) {
    options.signal.throwIfAborted()
    const located = await locateFile(root, line.path, options.symlinks)
    if (located.kind === 'missing') missing.push({ kind: 'missing', path: line.path })
    else if (located.kind !== 'file') problems.push({ ...located, path: line.path })
    else planFile({ path: located.target, fingerprint: located.fingerprint, line }, planned, problems)
  }
  // A directory in which nothing of the list is was not checked.
  if (options.ignoreMissing !== true || missing.length === files.length) problems.push(...missing)
  return planned
}

/** Plans to read the file, or says that its size is wrong already. */
function planFile(file: PlannedFile, planned: PlannedFile[], problems: ManifestProblem[]): void {
  const { path, sizeBytes: expectedBytes } = file.line
  const foundBytes = file.fingerprint.sizeBytes
  if (expectedBytes === undefined || expectedBytes === foundBytes) planned.push(file)
  else problems.push({ kind: 'size-mismatch', path, expectedBytes, foundBytes })
}

async function findExtra({ root, files, options, problems }: Checking): Promise<void> {
  // A link to a directory is not an extra file if files of the manifest lie behind it.
  const named = new Set(files.flatMap(({ path }) => [path, ...listParents(path)]))
  let count = 0
  for await (const { path } of walkDirectory(root, { signal: options.signal })) {
    if (named.has(path) || isAnchorPath(path)) continue
    problems.push({ kind: 'extra', path })
    count += 1
    if (count === MAX_EXTRA) return
  }
}

/** The digest of each file that could be read, by its path in the manifest. */
async function readFiles(
  planned: readonly PlannedFile[],
  { options, problems }: Checking,
): Promise<ReadonlyMap<string, FileDigest>> {
  const { signal, onProgress, verifier } = options
  const digest = verifier?.digestFile.bind(verifier) ?? digestFile
  const onError = async (error: unknown, { path: target, line }: PlannedFile): Promise<void> => {
    const unlocated = await explainUnlocated(error, target)
    if (unlocated === undefined) throw error
    problems.push({ ...unlocated, path: line.path })
  }
  const digests = await digestSideBySide(planned, { digest, onError, signal, onProgress })
  const found = new Map<string, FileDigest>()
  for (const [index, { line }] of planned.entries()) {
    const read = digests[index]
    if (read === undefined) continue
    const { path, digest: expected } = line
    const { digest: other, sizeBytes } = read
    found.set(path, read)
    if (other !== expected)
      problems.push({ kind: 'digest-mismatch', path, expected, found: other, sizeBytes })
  }
  return found
}

function listParents(path: string): readonly string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'))
}

function sortByPath(problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  return [...problems].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}
