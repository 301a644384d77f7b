import { CatalogError } from '@catalog/types'

/** Runs one call to the file system; what it throws comes out as FILE_MISSING or IO. */
export async function withFileErrors<T>(operation: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    throw toFileError(cause, operation, path)
  }
}

/** Only ENOENT and ENOTDIR mean that a file is missing; any other errno says nothing about its being there. */
export function toFileError(cause: unknown, operation: string, path: string): CatalogError {
  const errno = errnoOf(cause)
  if (isMissing(cause)) return new CatalogError('FILE_MISSING', `no file at ${path}`, { path }, { cause })
  const details = { operation, path, ...(errno === undefined ? {} : { errno }) }
  return new CatalogError('IO', `${operation} of ${path} failed with ${errno ?? cause}`, details, { cause })
}

/** True where the file system says that there is nothing at the path. */
export function isMissing(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'ENOENT' || errno === 'ENOTDIR'
}

function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
