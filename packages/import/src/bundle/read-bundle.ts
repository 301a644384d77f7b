import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { lstat, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isMissing, readLimited, toFileError } from '@catalog/system-calls'
import {
  BUNDLE_NAMES,
  type BundleManifest,
  CatalogError,
  isCatalogError,
  MAX_BUNDLE_MANIFEST_BYTES,
} from '@catalog/types'
import { parseBundle } from '@catalog/types/schema'
import { parseManifest } from 'model-catalog'

/** A bundle whose manifest was read. */
export interface Bundle extends BundleManifest {
  /** The real path of its directory. */
  readonly directory: string
  /** Whether the export that wrote it did not come to its end: models may be missing. */
  readonly isUnfinished: boolean
}

/** Reads the manifest of a bundle, and no model file. */
export async function readBundle(directory: string): Promise<Bundle> {
  const root = await findDirectory(directory)
  const isUnfinished = await exists(join(root, BUNDLE_NAMES.unfinished))
  const path = join(root, BUNDLE_NAMES.manifest)
  const bytes = await readManifest(path, isUnfinished)
  if (!isUnfinished) await assertListed(root, bytes)
  return { directory: root, isUnfinished, ...parseBundle(Buffer.from(bytes).toString(), path) }
}

async function findDirectory(directory: string): Promise<string> {
  try {
    return await realpath(resolve(directory))
  } catch (error) {
    throw toFileError(error, 'look at', directory)
  }
}

async function readManifest(path: string, isUnfinished: boolean): Promise<Uint8Array> {
  try {
    const bytes = await readLimited(path, MAX_BUNDLE_MANIFEST_BYTES)
    if (isUtf8(bytes)) return bytes
  } catch (error) {
    if (!isUnfinished || !isCatalogError(error, 'FILE_MISSING')) throw error
    throw createDamaged(path, 'does not exist: the export was interrupted before its first model')
  }
  throw createDamaged(path, 'is not UTF-8')
}

/** The checksum list has the digest of the manifest: so a bit that flipped on the way is found. */
async function assertListed(root: string, manifest: Uint8Array): Promise<void> {
  const path = join(root, BUNDLE_NAMES.sums)
  const text = await readLimited(path, 2 * MAX_BUNDLE_MANIFEST_BYTES)
  const line = findLine(text, path)
  const found = createHash('sha256').update(manifest).digest('hex')
  if (line === found) return
  throw createDamaged(join(root, BUNDLE_NAMES.manifest), `is not the one that ${BUNDLE_NAMES.sums} names`)
}

function findLine(text: Uint8Array, path: string): string | undefined {
  try {
    return parseManifest(text).find((line) => line.path === BUNDLE_NAMES.manifest)?.digest
  } catch (cause) {
    throw createDamaged(path, 'is not a checksum list', cause)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw toFileError(error, 'look at', path)
  }
}

function createDamaged(path: string, problem: string, cause?: unknown): CatalogError<'DAMAGED'> {
  return new CatalogError('DAMAGED', `${path} ${problem}`, { path, problem }, { cause })
}
