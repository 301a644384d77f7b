import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Candidate, CandidateFile } from '../candidate/candidate.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'

/** The candidate with digests for its small files, or what is wrong with one of them. */
export type CheckedCandidate =
  | { readonly candidate: Candidate; readonly problem?: undefined }
  | { readonly problem: ScanProblem }

/**
 * Reads the files that a store states by their git blob id. The SHA-256 of those that are right is stated by the
 * same party from then on: it named these bytes.
 */
export async function checkGitBlobs(
  candidate: Candidate,
  signal: AbortSignal | undefined,
): Promise<CheckedCandidate> {
  const { files, layout, name } = candidate
  if (files === undefined) return { candidate }
  try {
    const checked: CandidateFile[] = []
    for (const file of files) checked.push(await checkFile(candidate, file, signal))
    return { candidate: { ...candidate, files: checked } }
  } catch (error) {
    signal?.throwIfAborted()
    return { problem: toScanProblem(error, layout, name) }
  }
}

async function checkFile(
  { location }: Candidate,
  file: CandidateFile,
  signal: AbortSignal | undefined,
): Promise<CandidateFile> {
  if (file.gitBlobId === undefined || file.declared !== undefined) return file
  const path = join(location, ...file.path.split('/'))
  const { blobId, digest } = await digestBlob(path, file.sizeBytes, signal)
  if (blobId === file.gitBlobId) return { ...file, declared: { digest, origin: 'hub', declaredIn: path } }
  throw new UnusableError('wrong-git-blob', path, `has the git blob id ${blobId}, not ${file.gitBlobId}`)
}

/** Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
async function digestBlob(
  path: string,
  sizeBytes: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly blobId: string; readonly digest: string }> {
  const blob = createHash('sha1').update(`blob ${sizeBytes}\0`)
  const content = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, signal && { signal })) {
      blob.update(chunk)
      content.update(chunk)
    }
  } catch (cause) {
    throw new UnusableError('unreadable', path, 'cannot be read', { cause })
  }
  return { blobId: blob.digest('hex'), digest: content.digest('hex') }
}
