/** Room `blobs`: files that have their digest as a name, and the manifests that name them. */

import type { DeclaredDigest } from '../candidate/candidate.ts'
import { parseSha256 } from '../candidate/digest-text.ts'
import type { NamedModel } from '../candidate/named-model.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { FoundEntry } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'

/** A blob as a manifest names it. */
export interface BlobReference {
  /** With its algorithm: `sha256:…`. */
  readonly digest: string
  readonly size: number
}

/** The file of a blob. UnusableError `missing-file`, `not-a-file`, `wrong-size`, or a link's problem. */
export async function findBlob(
  reader: StoreReader,
  path: string,
  { size }: BlobReference,
): Promise<FoundEntry> {
  const found = await reader.file(path)
  if (found.sizeBytes !== size) {
    const text = `has ${found.sizeBytes} bytes, and the manifest says ${size}`
    throw new UnusableError('wrong-size', path, text)
  }
  return found
}

/** What a manifest declares for a blob; undefined if the digest is not a SHA-256. */
export function declareBlob(digest: string, manifestPath: string): DeclaredDigest | undefined {
  const hex = parseSha256(digest)
  return hex === undefined ? undefined : { digest: hex, origin: 'registry', declaredIn: manifestPath }
}

/** A model that is one file. */
export function toFileModel(
  found: FoundEntry,
  declared: DeclaredDigest | undefined,
  named: Pick<NamedModel, 'name' | 'idNames' | 'source'>,
): NamedModel {
  return {
    ...named,
    location: found.realPath,
    sizeBytes: found.sizeBytes,
    ...(declared !== undefined && { declared }),
    companions: [],
    problems: [],
  }
}
