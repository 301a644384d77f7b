import type { DigestProgress, FileDigest, Sha256Digest, VerifyFileOptions } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import type { Finding, ReadModel, ReadPart } from './verification-outcome.ts'
import type { TargetFile, VerificationTarget } from './verification-target.ts'

/** How files are read: what of a request the reading needs. */
export type ReadRequest = Pick<VerifyOptions, 'signal' | 'onProgress'> &
  Pick<VerifyFileOptions, 'bytesPerSecond'>

/** A file that was found to be another than its manifest says. */
interface WrongPart {
  readonly path: string
  /** Its path in the manifest. */
  readonly name: string
  readonly expected: Sha256Digest
  readonly read: FileDigest
}

type Found =
  | { readonly kind: 'read'; readonly path: string; readonly read: ReadModel }
  | {
      readonly kind: 'wrong-part'
      readonly path: string
      readonly expected: Sha256Digest
      readonly read: ReadModel
    }
  | {
      readonly kind: 'measured'
      readonly path: string
      readonly expectedBytes: number
      readonly foundBytes: number
    }

/**
 * Reads a model's files to their last byte, and says for a wrong one what it looks like instead. Measures before it
 * reads: a download that stopped halfway is found out without hashing 200 GB.
 */
export async function examineFiles(
  context: CatalogContext,
  target: VerificationTarget,
  request: ReadRequest,
): Promise<Finding> {
  const found = (await measureFiles(context, target)) ?? (await readFiles(context, target, request))
  const finding = { ...found, node: context.node, at: context.clock.now().toISOString() }
  const diagnosis = await diagnose(context, target, finding)
  return diagnosis === undefined ? finding : { ...finding, diagnosis }
}

/** The first file whose size is not the declared one. */
async function measureFiles(
  { verifier, files: { followSymlink } }: CatalogContext,
  { entry, files: targets }: VerificationTarget,
): Promise<Found | undefined> {
  for (const { path, part } of targets) {
    const expectedBytes = part === undefined ? entry.sizeBytes : part.sizeBytes
    // The files of a manifest are looked at in any case, so that a missing one is told before hours of hashing.
    if (expectedBytes === undefined && part === undefined) continue
    const foundBytes = await verifier.measureFile(path, { followSymlink })
    if (expectedBytes !== undefined && foundBytes !== expectedBytes) {
      return { kind: 'measured', path, expectedBytes, foundBytes }
    }
  }
  return undefined
}

async function readFiles(
  context: CatalogContext,
  target: VerificationTarget,
  request: ReadRequest,
): Promise<Found> {
  const { entry, path, files } = target
  const [only] = files
  if (entry.files !== undefined || only === undefined) return await readParts(context, target, request)
  const { followSymlink } = context.files
  return {
    kind: 'read',
    path,
    read: await context.verifier.digestFile(only.path, { ...request, followSymlink }),
  }
}

/** Reads the files of a manifest side by side, as many as the verifier has threads, until one is wrong. */
async function readParts(
  context: CatalogContext,
  { path, files }: VerificationTarget,
  request: ReadRequest,
): Promise<Found> {
  const { verifier, monotonicMs } = context
  const startedMs = monotonicMs()
  const stop = new AbortController()
  const signal = request.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, request.signal])
  const onProgress = await sumProgress(context, files, request.onProgress)
  const reading = files.map(async (file, index) => {
    const options = {
      ...request,
      signal,
      onProgress: onProgress(index),
      followSymlink: context.files.followSymlink,
    }
    const read: FileDigest = await verifier.digestFile(file.path, options)
    const { path: name = '', digest: expected = read.digest } = file.part ?? {}
    if (expected !== read.digest) throw new WrongPartFound({ path: file.path, name, expected, read })
    return { path: name, read }
  })
  try {
    const parts = await Promise.all(reading)
    return { kind: 'read', path, read: combine(context, parts, monotonicMs() - startedMs) }
  } catch (error) {
    stop.abort()
    await Promise.allSettled(reading)
    if (!(error instanceof WrongPartFound)) throw error
    const { wrong } = error
    return { kind: 'wrong-part', path: wrong.path, expected: wrong.expected, read: toPartRead(wrong) }
  }
}

/** Ends the reading of the other files. */
class WrongPartFound extends Error {
  readonly wrong: WrongPart

  constructor(wrong: WrongPart) {
    super('a file of the manifest is wrong')
    this.wrong = wrong
  }
}

// Evidence of a multi-file model has fingerprints by file.
function toPartRead({ name, read }: WrongPart): ReadModel {
  const { fingerprint, digest, sizeBytes, engine, durationMs } = read
  return { digest, sizeBytes, engine, durationMs, parts: [{ path: name, digest, sizeBytes, fingerprint }] }
}

function combine(
  { verifier }: CatalogContext,
  found: readonly { readonly path: string; readonly read: FileDigest }[],
  durationMs: number,
): ReadModel {
  const parts = found.map(
    ({ path, read: { digest, sizeBytes, fingerprint } }): ReadPart => ({
      path,
      digest,
      sizeBytes,
      fingerprint,
    }),
  )
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
  const engine = found[0]?.read.engine ?? 'native'
  return { digest: verifier.digestManifest(parts), sizeBytes, engine, durationMs, parts }
}

/** A listener for each file that tells the caller how far all have come together. */
async function sumProgress(
  { verifier, files: { followSymlink } }: CatalogContext,
  targets: readonly TargetFile[],
  onProgress: ReadRequest['onProgress'],
): Promise<(index: number) => ((progress: DigestProgress) => void) | undefined> {
  if (onProgress === undefined) return () => undefined
  const sizes = await Promise.all(targets.map(({ path }) => verifier.measureFile(path, { followSymlink })))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  const done = sizes.map(() => 0)
  return (index) =>
    ({ doneBytes }) => {
      done[index] = doneBytes
      onProgress({ doneBytes: done.reduce((sum, bytes) => sum + bytes, 0), totalBytes })
    }
}

/** What a wrong file looks like instead; nothing where it cannot be looked at again. */
async function diagnose(
  context: CatalogContext,
  { entry, files }: VerificationTarget,
  finding: Finding,
): Promise<Finding['diagnosis']> {
  const { verifier } = context
  const { followSymlink } = context.files
  const expectedBytes = finding.kind === 'measured' ? finding.expectedBytes : undefined
  const isRight = finding.kind === 'read' && (entry.digest === null || entry.digest === finding.read.digest)
  if (isRight || (finding.kind === 'read' && entry.files !== undefined)) return undefined
  const part = files.find(({ path }) => path === finding.path)?.part
  const foundDigest = finding.kind === 'measured' ? undefined : finding.read.digest
  const wrong = {
    expectedDigest: part === undefined ? (entry.digest ?? undefined) : part.digest,
    expectedSizeBytes: expectedBytes ?? (part === undefined ? entry.sizeBytes : part.sizeBytes),
    foundDigest,
    knownDigests: await findKnownDigests(context, foundDigest),
    previousFoundDigest: entry.failure?.reason === 'digest-mismatch' ? entry.failure.found : undefined,
    followSymlink,
  }
  const notes = await verifier.diagnoseFile(finding.path, wrong).catch(() => [])
  return notes.length === 0 ? undefined : notes
}

/** The model that these bytes belong to, where the catalog knows one: a file under the wrong name. */
export async function findKnownDigests(
  { store }: CatalogContext,
  digest: Sha256Digest | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (digest === undefined) return undefined
  const [owner] = await store.list({ digest, limit: 1 })
  return owner === undefined ? undefined : new Map([[digest, owner.id]])
}
