import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Candidate } from '../candidate/candidate.ts'
import { type ScanProblem, UnusableError } from '../candidate/scan-problem.ts'

/** The first file whose bytes are not those that its git blob id names. */
export async function findWrongGitBlob(
  { layout, name, location, files = [] }: Candidate,
  signal: AbortSignal | undefined,
): Promise<ScanProblem | undefined> {
  for (const file of files) {
    if (file.gitBlobId === undefined || file.declared !== undefined) continue
    const path = join(location, ...file.path.split('/'))
    const found = await digestGitBlob(path, file.sizeBytes, signal)
    if (found === file.gitBlobId) continue
    const text = `has the git blob id ${found}, not ${file.gitBlobId}`
    return { kind: 'wrong-git-blob', layout, path, text, model: name }
  }
  return undefined
}

/** Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
async function digestGitBlob(
  path: string,
  sizeBytes: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha1').update(`blob ${sizeBytes}\0`)
  try {
    for await (const chunk of createReadStream(path, signal && { signal })) hash.update(chunk)
  } catch (cause) {
    signal?.throwIfAborted()
    throw new UnusableError('unreadable', path, 'cannot be read', { cause })
  }
  return hash.digest('hex')
}
