import type { Companion, CompanionRole } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { type ScanProblem, toScanProblem } from '../candidate/scan-problem.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { type BlobReference, findBlob } from './blob-file.ts'

/** A blob that belongs to a model. */
export interface CompanionBlob {
  readonly path: string
  readonly role: CompanionRole
  readonly blob: BlobReference
}

/** The companions of a model that are there, and what is wrong with the others. */
export interface FoundCompanions {
  readonly companions: readonly Companion[]
  readonly problems: readonly ScanProblem[]
}

export async function findCompanions(
  reader: StoreReader,
  blobs: readonly CompanionBlob[],
  { layout, name }: { readonly layout: LayoutName; readonly name: string },
): Promise<FoundCompanions> {
  const companions: Companion[] = []
  const problems: ScanProblem[] = []
  for (const { path, role, blob } of blobs) {
    try {
      const { realPath, sizeBytes } = await findBlob(reader, path, blob)
      companions.push({ path: realPath, role, sizeBytes })
    } catch (error) {
      problems.push(toScanProblem(error, layout, name))
    }
  }
  return { companions, problems }
}
