import { UnusableError } from '../candidate/scan-problem.ts'

/** The result of a call of the system; UnusableError if it fails. */
export async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toUnreadable(error, path)
  }
}

export function toUnreadable(error: unknown, path: string): UnusableError {
  const errno = errnoOf(error)
  // What was there a moment ago.
  if (errno === 'ENOENT') return new UnusableError('missing-file', path, 'does not exist', { cause: error })
  if (errno === 'ENOTDIR')
    return new UnusableError('not-a-file', path, 'is not a directory', { cause: error })
  return new UnusableError('unreadable', path, `cannot be read: ${errno}`, { cause: error })
}

export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
