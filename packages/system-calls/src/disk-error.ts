import { CatalogError, type WriteOutcome } from '@catalog/types'

/** `code` of an error of Node's file system, or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof CatalogError || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Only ENOENT and ENOTDIR mean that nothing is there; any other errno says nothing about that. */
export function isMissing(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'ENOENT' || errno === 'ENOTDIR'
}

/**
 * NO_SPACE, READ_ONLY or IO for what the disk said, with the original as `cause`. Any other error is returned as it is.
 */
export function toDiskError(
  error: unknown,
  operation: string,
  path: string,
  outcome: WriteOutcome = 'none',
): unknown {
  const errno = errnoOf(error)
  if (errno === undefined) return error
  const cause = { cause: error }
  const at = pathOf(error) ?? path
  const where = at === path ? '' : ` (${at})`
  const failed = `cannot ${operation} ${path}`
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new CatalogError('NO_SPACE', `${failed}: no space left${where}`, { path: at, outcome }, cause)
    case 'EROFS':
      return new CatalogError('READ_ONLY', `${failed}: read-only file system${where}`, { path: at }, cause)
    default:
      return new CatalogError(
        'IO',
        `${failed}: ${errno}${where}`,
        { operation, path: at, errno, outcome },
        cause,
      )
  }
}

/** The path that an error of Node's file system is about. */
function pathOf(error: unknown): string | undefined {
  const path: unknown = error instanceof Error ? Reflect.get(error, 'path') : undefined
  return typeof path === 'string' ? path : undefined
}

/** Runs calls to the disk; what they throw comes out as NO_SPACE, READ_ONLY or IO. */
export async function withDiskErrors<T>(operation: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw toDiskError(error, operation, path)
  }
}

/** As {@link toDiskError}, and FILE_MISSING where nothing is at the path. Any other error is IO with that as `cause`. */
export function toFileError(cause: unknown, operation: string, path: string): CatalogError {
  if (isMissing(cause)) return new CatalogError('FILE_MISSING', `no file at ${path}`, { path }, { cause })
  const error = toDiskError(cause, operation, path)
  if (error instanceof CatalogError) return error
  return new CatalogError('IO', `cannot ${operation} ${path}: ${cause}`, { operation, path }, { cause })
}

/** Runs calls to the disk; what they throw comes out as FILE_MISSING, NO_SPACE, READ_ONLY or IO. */
export async function withFileErrors<T>(operation: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw toFileError(error, operation, path)
  }
}
