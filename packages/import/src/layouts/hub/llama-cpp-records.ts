import { join } from 'node:path'
import { isCatalogError, ModelRef } from 'model-catalog'
import { z } from 'zod'
import type { DeclaredDigest } from '../../candidate/candidate.ts'
import { parseSha256 } from '../../candidate/digest-text.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import { readJson } from '../../disk/read-json.ts'
import type { StoreReader } from '../../disk/store-reader.ts'

/** A file that a manifest names. */
export interface ManifestFile {
  /** Its name in the cache. */
  readonly name: string
  /** Its path in the repository. */
  readonly path: string
  readonly sizeBytes: number | undefined
  readonly digest: string | undefined
}

/** `manifest=acme=Wren-1M-GGUF=Q4_0.json`: what the hub answered when a model was asked for by its tag. */
export interface LlamaManifest {
  /** Absolute. */
  readonly path: string
  /** `acme/Wren-1M-GGUF` */
  readonly repository: string
  readonly tag: string
  readonly model: ManifestFile
  readonly projector: ManifestFile | undefined
}

/** What `<file>.etag`, or before it `<file>.json`, says of a file. */
export interface LlamaRecord {
  readonly declared: DeclaredDigest | undefined
  readonly source: string | undefined
}

const MANIFEST_NAME = /^manifest=([^=]+)=([^=]+)=(.+)\.json$/su
const MAX_RECORD_BYTES = 64 * 1024

const hubFile = z.object({
  rfilename: z.string().min(1),
  size: z.number().nonnegative().nullish(),
  blobId: z.string().nullish(),
  lfs: z.object({ sha256: z.string().nullish(), size: z.number().nonnegative().nullish() }).nullish(),
})
const manifest = z.object({ ggufFile: hubFile, mmprojFile: hubFile.nullish() })
const fileRecord = z.object({ url: z.string().nullish(), etag: z.string().nullish() })

export function isManifestName(name: string): boolean {
  return MANIFEST_NAME.test(name)
}

/** UnusableError as of `readJson`. */
export async function readManifest(
  directory: DirectoryListing,
  name: string,
  reader: StoreReader,
): Promise<LlamaManifest> {
  const [, owner = '', repository = '', tag = ''] = MANIFEST_NAME.exec(name) ?? []
  const path = join(directory.path, name)
  const { ggufFile, mmprojFile } = await readJson(reader, path, manifest)
  const prefix = `${owner}_${repository}_`
  return {
    ...{ path, repository: `${owner}/${repository}`, tag },
    model: toManifestFile(prefix, ggufFile),
    projector: mmprojFile ? toManifestFile(prefix, mmprojFile) : undefined,
  }
}

function toManifestFile(
  prefix: string,
  { rfilename, size, blobId, lfs }: z.infer<typeof hubFile>,
): ManifestFile {
  return {
    // The way back is not clear: a name may have `_` too.
    name: `${prefix}${rfilename}`.replaceAll('/', '_'),
    path: rfilename,
    sizeBytes: lfs?.size ?? size ?? undefined,
    digest: parseSha256(lfs?.sha256 ?? undefined) ?? parseSha256(blobId ?? undefined),
  }
}

/** The record of a file; undefined if there is none. UnusableError if it cannot be read. */
export async function readRecord(
  directory: DirectoryListing,
  name: string,
  reader: StoreReader,
): Promise<LlamaRecord | undefined> {
  const etagPath = join(directory.path, `${name}.etag`)
  const jsonPath = join(directory.path, `${name}.json`)
  if (directory.has(`${name}.etag`)) {
    const etag = await reader.readText(etagPath, MAX_RECORD_BYTES)
    return { declared: toDeclared(etag, etagPath), source: undefined }
  }
  if (!directory.has(`${name}.json`)) return undefined
  const { etag, url } = await readJson(reader, jsonPath, fileRecord, MAX_RECORD_BYTES)
  return { declared: toDeclared(etag ?? '', jsonPath), source: url ? toSource(url) : undefined }
}

/** An etag is quoted as in its header, and the digest only of files in the hub's store for large ones. */
function toDeclared(etag: string, declaredIn: string): DeclaredDigest | undefined {
  const digest = parseSha256(/^"?([0-9a-f]{64})"?$/u.exec(etag.trim())?.[1])
  return digest === undefined ? undefined : { digest, origin: 'hub', declaredIn }
}

function toSource(url: string): string | undefined {
  try {
    return ModelRef.parse(url).text
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return undefined
    throw error
  }
}
