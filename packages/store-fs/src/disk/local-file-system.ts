import { dirname } from 'node:path'
import { errnoOf } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import type { FileSystem } from './file-system.ts'

/**
 * File systems of other machines, or that may be, by their `statfs(2)` type on Linux: there an append is not one
 * step for writers on different machines, and some caches do not show a reader the end of a file.
 */
const SHARED_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB 2'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x19830326, 'BeeGFS'],
  [0x20030528, 'OrangeFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x786f4256, 'a VirtualBox shared folder'],
  [0xbacbacbc, 'a VMware shared folder'],
  [0x7c7c6673, 'a Parallels shared folder'],
  // sshfs, s3fs and gcsfuse as well as ntfs-3g: it cannot be told which.
  [0x65735546, 'FUSE'],
])

/**
 * SHARED_FILE_SYSTEM on a file system where several machines may write, because the order of the journal, and so every
 * acknowledged change, depends on appends that are one step. A type that is not known counts as local.
 */
export async function assertLocal(disk: FileSystem, root: string): Promise<void> {
  const type = await findType(disk, root)
  // Some systems give the 32 bits with a sign.
  const name = type === undefined ? undefined : SHARED_TYPES.get(type >>> 0)
  if (name === undefined) return
  const message = `${root} is on ${name}, where several machines cannot append to one file safely: move it to a \
local disk, open it read-only, or say onlyWriter if no other program ever writes to it`
  throw new CatalogError('SHARED_FILE_SYSTEM', message, { path: root, fileSystem: name })
}

/** Of the root, or of the directory that it would be made in; undefined where the system does not say. */
async function findType(disk: FileSystem, path: string): Promise<number | undefined> {
  try {
    return await disk.typeOf?.(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) return undefined
    return await findType(disk, dirname(path))
  }
}
