import {
  CatalogError,
  type EntryContent,
  type FileDigest,
  type ModelEntry,
  type Sha256Digest,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import {
  type FileFinding,
  type Finding,
  judge,
  type ReadModel,
  type ReadPart,
} from '../verify/verification-outcome.ts'
import { completeMove, type FilePlace, isPresent, placesOf } from './download-files.ts'
import type { HolderRequest } from './download-holder.ts'
import { keepDownload } from './download-keeper.ts'

/** One file as it was found, at its own name or still at that of its partial file. */
export interface CollectedFile extends FilePlace {
  readonly from: string
  readonly finding: FileFinding
  readonly isRight: boolean
}

/** What was found of a model's files. */
export interface DownloadReading {
  readonly files: readonly CollectedFile[]
  /** Of the model: of its one file, of all its files by their manifest, or of the first that is wrong. */
  readonly finding: Finding
  readonly wrong: readonly CollectedFile[]
}

export interface ReadRequest extends HolderRequest, VerifyOptions {
  readonly entry: ModelEntry
}

/**
 * Writes all files to disk, and reads them back from there. What cannot be read to its end rejects, and so does what
 * has not come to its end.
 */
export async function readDownload(context: CatalogContext, request: ReadRequest): Promise<DownloadReading> {
  const { entry } = request
  const places = await Promise.all(placesOf(context, entry).map((place) => findSource(context, entry, place)))
  for (const { from } of places) await context.files.syncFile(from)
  // All sizes first: a file that stopped halfway is found out without hashing the others.
  const measured = await measureFiles(context, entry, places)
  assertWhole(request, places, measured)
  const findings = measured ?? (await digestFiles(context, request, places))
  const files = places.map((place, index): CollectedFile => {
    const finding = findings[index]
    if (finding === undefined) throw new TypeError('every file must have been looked at')
    return { ...place, finding, isRight: isRight(expectedOf(entry, place), finding) }
  })
  return toReading(context, entry, files)
}

/** DOWNLOAD_INCOMPLETE for a partial file that ends too early: it is not wrong, its download has not come to its end. */
function assertWhole(
  { id }: ReadRequest,
  places: readonly SourcePlace[],
  measured: readonly FileFinding[] = [],
): void {
  for (const [index, { from, partialPath }] of places.entries()) {
    const finding = measured[index]
    if (from !== partialPath || finding?.kind !== 'measured') continue
    const { foundBytes, expectedBytes } = finding
    if (foundBytes >= expectedBytes) continue
    const message = `the download of model "${id}" is not complete: ${from} has ${foundBytes} of ${expectedBytes} bytes`
    throw new CatalogError('DOWNLOAD_INCOMPLETE', message, { id, path: from, expectedBytes, foundBytes })
  }
}

type SourcePlace = FilePlace & { readonly from: string }

async function findSource(
  context: CatalogContext,
  entry: ModelEntry,
  place: FilePlace,
): Promise<SourcePlace> {
  await completeMove(context, place)
  return { ...place, from: (await isPresent(context, entry, place)) ? place.path : place.partialPath }
}

/** The sizes, where one of them is wrong. */
async function measureFiles(
  { verifier, node, clock }: CatalogContext,
  entry: ModelEntry,
  places: readonly SourcePlace[],
): Promise<readonly FileFinding[] | undefined> {
  const findings: FileFinding[] = []
  for (const place of places) {
    const foundBytes = await verifier.measureFile(place.from)
    const expectedBytes = expectedOf(entry, place).sizeBytes ?? foundBytes
    const at = clock.now().toISOString()
    findings.push({ kind: 'measured', expectedBytes, foundBytes, node, path: place.from, at })
  }
  const isWrong = findings.some(
    (found) => found.kind === 'measured' && found.expectedBytes !== found.foundBytes,
  )
  return isWrong ? findings : undefined
}

async function digestFiles(
  context: CatalogContext,
  request: ReadRequest,
  places: readonly SourcePlace[],
): Promise<readonly FileFinding[]> {
  const { verifier, node, clock } = context
  const keeper = keepDownload(context, request)
  const onProgress: VerifyOptions['onProgress'] = (progress) => {
    keeper.touch()
    request.onProgress?.(progress)
  }
  const findings: FileFinding[] = []
  try {
    for (const { from: path } of places) {
      const read = await verifier.digestFile(path, { signal: keeper.signal, onProgress })
      findings.push({ kind: 'read', read, node, path, at: clock.now().toISOString() })
    }
  } finally {
    await keeper.stop()
  }
  keeper.signal.throwIfAborted()
  return findings
}

/** One file of many is judged as a model of that one file would be. */
function expectedOf(entry: EntryContent, { part }: FilePlace): EntryContent {
  if (part === undefined) return entry
  const { sizeBytes: _sizeBytes, ...rest } = entry
  const { digest = null, sizeBytes } = part
  return { ...rest, digest, ...(sizeBytes !== undefined && { sizeBytes }) }
}

function isRight(expected: EntryContent, finding: FileFinding): boolean {
  if (finding.kind === 'measured') return finding.foundBytes === finding.expectedBytes
  return judge(expected, finding).outcome === 'match'
}

function toReading(
  context: CatalogContext,
  entry: ModelEntry,
  files: readonly CollectedFile[],
): DownloadReading {
  const wrong = files.filter(({ isRight }) => !isRight)
  const first = wrong[0] ?? files[0]
  if (first === undefined) throw new TypeError('a model must have a file')
  if (entry.files === undefined) return { files, finding: first.finding, wrong }
  if (wrong.length > 0) return { files, finding: toWrongPart(first), wrong }
  const at = files.at(-1)?.finding.at ?? first.finding.at
  const finding: Finding = { ...first.finding, at, kind: 'read', read: sumUp(context, files) }
  if (judge(entry, finding).outcome === 'match') return { files, finding, wrong }
  // Each is what was said of it, and together they are not: those of which nothing was said.
  const unknown = files.filter(({ part }) => part?.digest === undefined)
  return { files, finding, wrong: unknown.length === 0 ? files : unknown }
}

function toWrongPart({ finding, part }: CollectedFile): Finding {
  if (finding.kind === 'measured' || part?.digest === undefined) return finding
  const { fingerprint, digest, sizeBytes, engine, durationMs } = finding.read
  const read = {
    digest,
    sizeBytes,
    engine,
    durationMs,
    parts: [{ path: part.path, digest, sizeBytes, fingerprint }],
  }
  return { ...finding, kind: 'wrong-part', expected: part.digest, read }
}

function sumUp({ verifier }: CatalogContext, files: readonly CollectedFile[]): ReadModel {
  const parts = files.map((file): ReadPart => {
    const { digest, sizeBytes, fingerprint } = readOf(file)
    return { path: file.part?.path ?? '', digest, sizeBytes, fingerprint }
  })
  const sum = (pick: (read: FileDigest) => number): number =>
    files.reduce((all, file) => all + pick(readOf(file)), 0)
  return {
    digest: verifier.digestManifest(parts),
    engine: readOf(files[0]).engine,
    sizeBytes: sum(({ sizeBytes }) => sizeBytes),
    durationMs: sum(({ durationMs }) => durationMs),
    parts,
  }
}

/** What the reading of a file found that was read to its end. */
export function readOf(file: CollectedFile | undefined): FileDigest {
  if (file?.finding.kind === 'read') return file.finding.read
  throw new TypeError('the file must have been read')
}

/** The digest of a file, where it was read to its end. */
export function digestOf({ finding }: CollectedFile): Sha256Digest | undefined {
  return finding.kind === 'read' ? finding.read.digest : undefined
}
