import { constants, copyFile, realpath, symlink } from 'node:fs/promises'
import { errnoOf } from '@catalog/system-calls'

/** How a file of the catalog is in a directory for another tool: never by a hard link, which would change its ctime. */
export type SharedBy = 'reflink' | 'symlink'

/** What a file system answers that has no reflinks, or none between these two places. */
const NO_REFLINK = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOTTY', 'ENOSYS'])

/** Makes a reflink of a file, or where the file system has none a symbolic link to it. The target must not exist. */
export async function shareFile(source: string, target: string): Promise<SharedBy> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
    return 'reflink'
  } catch (error) {
    if (!NO_REFLINK.has(errnoOf(error) ?? '')) throw error
  }
  await symlink(await realpath(source), target)
  return 'symlink'
}
