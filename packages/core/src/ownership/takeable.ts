import { type EntryContent, type FileReference, isCatalogError, type ModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferencesOf } from '../entry/model-file-name.ts'
import { inodeOf } from '../evidence/fingerprints.ts'
import { createInUse, findUsers } from '../lease/active-leases.ts'
import { canonicalPathOf } from './naming-entries.ts'

/**
 * IN_USE if a file that is to be moved away is that of another model which is in use: by this path, or by any other
 * that leads to the same file.
 */
export async function assertTakeable(context: CatalogContext, id: ModelId, path: string): Promise<void> {
  const found = await context.files.lookAt(path)
  if (found === undefined) return
  const inode = inodeOf(found.fingerprint)
  for (const entry of await context.store.list({})) {
    const users = entry.id === id ? [] : findUsers(context, entry)
    if (users.length > 0 && hasFile(context, entry, { path, inode })) throw createInUse(entry.id, users)
  }
}

interface File {
  readonly path: string
  readonly inode: string
}

function hasFile(context: CatalogContext, entry: EntryContent, { path, inode }: File): boolean {
  return fileReferencesOf(entry).some(({ reference }) => {
    if (canonicalPathOf(context, reference) === path) return true
    return context.files.pathsOf(reference).some((each) => findInode(context, reference, each) === inode)
  })
}

function findInode(
  { files, verifier }: CatalogContext,
  reference: FileReference,
  path: string,
): string | undefined {
  try {
    return inodeOf(verifier.readFingerprint(path, { followSymlink: files.followsLinks(reference) }))
  } catch (error) {
    if (isCatalogError(error)) return undefined
    throw error
  }
}
