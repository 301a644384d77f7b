import { createInvalidInput, type InputProblem } from '@catalog/types'

/** The path, or INVALID_INPUT (`path`) for what no file system call would take. */
export function parsePath(path: unknown): string {
  const problems = findPathProblems(path)
  if (typeof path !== 'string' || problems.length > 0) throw createInvalidInput(problems)
  return path
}

/** What is wrong with a path, as `field` and words. */
export function findPathProblems(path: unknown): readonly InputProblem[] {
  if (typeof path !== 'string') return [{ field: 'path', problem: `must be a string, not a ${typeof path}` }]
  if (path === '') return [{ field: 'path', problem: 'must not be empty' }]
  if (path.includes('\0')) return [{ field: 'path', problem: 'must not contain a NUL character' }]
  return []
}
