import { errnoOf, toFileError } from '@catalog/system-calls'

/** What a system says that cannot sync such a file at all, or not one that is open for reading. */
export const CANNOT_SYNC: readonly string[] = [
  'EPERM',
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EROFS',
  'EBADF',
]

/**
 * Writes out what waits to be written to the file. Afterwards its pages in memory are protected, so that the next store
 * through a mapping changes its ctime. False where it cannot be done.
 *
 * @throws {CatalogError} IO for any other reason: what the disk has is not known
 */
export async function syncFile(sync: () => Promise<void>, path: string): Promise<boolean> {
  try {
    await sync()
    return true
  } catch (error) {
    const errno = errnoOf(error)
    if (errno !== undefined && CANNOT_SYNC.includes(errno)) return false
    throw toFileError(error, 'fsync', path)
  }
}
