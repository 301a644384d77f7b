import { CatalogError, type WriteOutcome } from '@catalog/types'

/** `code` of a Node file system error, or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof CatalogError || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** A CatalogError as it is; NO_SPACE, READ_ONLY or IO for what the disk said, with the original as `cause`. */
export function toStoreError(
  error: unknown,
  operation: string,
  path: string,
  outcome: WriteOutcome = 'none',
): unknown {
  const errno = errnoOf(error)
  if (errno === undefined) return error
  const cause = { cause: error }
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new CatalogError('NO_SPACE', `no space left to ${operation} ${path}`, { path, outcome }, cause)
    case 'EROFS':
      return new CatalogError(
        'READ_ONLY',
        `cannot ${operation} ${path}: read-only file system`,
        { path },
        cause,
      )
    default:
      return new CatalogError(
        'IO',
        `cannot ${operation} ${path}: ${errno}`,
        { operation, path, errno, outcome },
        cause,
      )
  }
}

/** DAMAGED with the place. */
export function createDamaged(
  path: string,
  problem: string,
  place: { offset?: number; length?: number; recordsBefore?: number } = {},
  options?: { cause: unknown },
): CatalogError<'DAMAGED'> {
  const at = place.offset === undefined ? '' : ` at byte ${place.offset}`
  return new CatalogError(
    'DAMAGED',
    `${path} is damaged${at}: ${problem}`,
    { path, problem, ...place },
    options,
  )
}

/** UNSUPPORTED_FORMAT: something that a newer version wrote. */
export function createUnsupported(
  path: string,
  found: string,
  supported: string,
): CatalogError<'UNSUPPORTED_FORMAT'> {
  const message = `${path} has ${found}, and this version reads ${supported}`
  return new CatalogError('UNSUPPORTED_FORMAT', message, { path, found, supported })
}
