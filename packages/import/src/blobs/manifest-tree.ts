import { orUnusable } from '../candidate/or-unusable.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { findBlob } from './blob-file.ts'
import {
  assertDigest,
  type Descriptor,
  type RegistryManifest,
  readIndex,
  readManifest,
  refNameOf,
} from './registry-manifest.ts'

/** A manifest that indexes lead to. */
export interface FoundManifest {
  readonly path: string
  readonly digest: string
  /** Without duplicates; empty if no index names it. */
  readonly refNames: ReadonlySet<string>
  readonly manifest: RegistryManifest
}

/** All that indexes lead to. */
export interface ManifestTree {
  readonly manifests: readonly FoundManifest[]
  readonly failures: readonly UnusableError[]
}

/** Indexes in indexes: one level is usual. */
const MAX_DEPTH = 4
const INDEX_TYPE = /\.(?:image\.index|manifest\.list)\.v\d/u
const MANIFEST_TYPE = /\.(?:image\.)?manifest\.v\d/u

interface Blobs {
  readonly reader: StoreReader
  pathOf(digest: string): string
}

interface Pending {
  readonly descriptor: Descriptor
  readonly refName: string | undefined
  readonly depth: number
}

/**
 * All manifests that descriptors lead to, through the indexes among them. Each is read once, whatever number of
 * names it has, and checked by its digest.
 */
export async function readManifestTree(blobs: Blobs, roots: readonly Descriptor[]): Promise<ManifestTree> {
  const named = new Map<string, { readonly descriptor: Descriptor; readonly refNames: Set<string> }>()
  const failures: UnusableError[] = []
  const seen = new Set<string>()
  const pending: Pending[] = roots.map((descriptor) => ({
    ...{ descriptor, refName: refNameOf(descriptor), depth: 0 },
  }))
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { descriptor, refName, depth } = next
    const { digest, mediaType } = descriptor
    if (!INDEX_TYPE.test(mediaType)) {
      if (mediaType !== '' && !MANIFEST_TYPE.test(mediaType)) continue
      const refNames = named.get(digest)?.refNames ?? new Set()
      if (refName !== undefined) refNames.add(refName)
      named.set(digest, { descriptor, refNames })
      continue
    }
    if (seen.has(digest)) continue
    seen.add(digest)
    const below = await orUnusable(() => readBelow(blobs, descriptor, depth))
    if (below instanceof UnusableError) failures.push(below)
    else
      for (const each of below)
        pending.push({ descriptor: each, refName: refNameOf(each) ?? refName, depth: depth + 1 })
  }
  const manifests: FoundManifest[] = []
  for (const { descriptor, refNames } of named.values()) {
    const found = await orUnusable(() => readOne(blobs, descriptor, refNames))
    if (found instanceof UnusableError) failures.push(found)
    else manifests.push(found)
  }
  return { manifests, failures }
}

async function readOne(
  blobs: Blobs,
  descriptor: Descriptor,
  refNames: ReadonlySet<string>,
): Promise<FoundManifest> {
  const { digest } = descriptor
  const path = await assertBlob(blobs, descriptor)
  return { path, digest, refNames, manifest: await readManifest(blobs.reader, path) }
}

async function readBelow(
  blobs: Blobs,
  descriptor: Descriptor,
  depth: number,
): Promise<readonly Descriptor[]> {
  const path = await assertBlob(blobs, descriptor)
  if (depth >= MAX_DEPTH) throw new UnusableError('too-many', path, `is an index below ${MAX_DEPTH} others`)
  return await readIndex(blobs.reader, path)
}

/** The path of a blob whose size and digest are right. */
async function assertBlob({ reader, pathOf }: Blobs, descriptor: Descriptor): Promise<string> {
  const path = pathOf(descriptor.digest)
  await findBlob(reader, path, descriptor)
  await assertDigest(reader, path, descriptor.digest)
  return path
}
