import { join } from 'node:path'
import { z } from 'zod'
import { parseGitBlobId, parseSha256 } from '../../candidate/digest-text.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import { readJson } from '../../disk/read-json.ts'
import type { StoreReader } from '../../disk/store-reader.ts'

/** What the hub says of one file of a repository at a commit. */
interface HubFile {
  readonly sizeBytes: number | undefined
  /** Of a file in the hub's store for large ones. */
  readonly sha256: string | undefined
  /** Of any other file. */
  readonly gitBlobId: string | undefined
}

/** The whole repository at a commit, as the client recorded it. */
export interface HubTree {
  /** Absolute. */
  readonly path: string
  readonly files: ReadonlyMap<string, HubFile>
}

/** `xet_hash` is not a SHA-256 though it looks like one, and is left out. */
const tree = z.object({
  format_version: z.literal(1),
  files: z.record(
    z.string(),
    z.object({
      size: z.number().nonnegative().nullish(),
      blob_id: z.string().nullish(),
      lfs_sha256: z.string().nullish(),
      lfs_size: z.number().nonnegative().nullish(),
    }),
  ),
})

/** The record of a commit in `trees`; undefined if there is none. UnusableError as of `readJson`. */
export async function readHubTree(
  repository: DirectoryListing,
  commit: string,
  reader: StoreReader,
): Promise<HubTree | undefined> {
  const path = join(repository.path, 'trees', `${commit}.json`)
  if (!repository.has('trees') || (await reader.find(path)) === undefined) return undefined
  const { files } = await readJson(reader, path, tree)
  return { path, files: new Map(Object.entries(files).map(([name, file]) => [name, toHubFile(file)])) }
}

function toHubFile(file: z.infer<typeof tree>['files'][string]): HubFile {
  // The git blob of a large file is its pointer.
  const isLarge = typeof file.lfs_sha256 === 'string'
  return {
    sizeBytes: file.lfs_size ?? file.size ?? undefined,
    sha256: parseSha256(file.lfs_sha256 ?? undefined),
    gitBlobId: isLarge ? undefined : parseGitBlobId(file.blob_id ?? undefined),
  }
}
