import { UnusableError } from './scan-problem.ts'

/** What the work gives, or the UnusableError that it ends with. Every other error is thrown on. */
export async function orUnusable<T>(work: () => Promise<T>): Promise<T | UnusableError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UnusableError) return error
    throw error
  }
}
