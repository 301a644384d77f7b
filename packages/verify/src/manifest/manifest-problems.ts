import {
  createInvalidInput,
  findFilePathProblem,
  type InputProblem,
  isCatalogError,
  parseSha256Digest,
} from '@catalog/types'

/** A hostile manifest may be wrong a million times; an error names this many. */
const MAX_PROBLEMS = 20

/** INVALID_INPUT naming the first problems and how many more there are, if there are any. */
export function assertNoProblems(problems: readonly InputProblem[]): void {
  if (problems.length === 0) return
  const more = problems.length - MAX_PROBLEMS
  const rest = more > 0 ? [{ field: 'manifest', problem: `has ${more} more problems` }] : []
  throw createInvalidInput([...problems.slice(0, MAX_PROBLEMS), ...rest])
}

/** Why a path cannot be one of a manifest; a good one is added to those seen. */
export function findManifestPathProblems(
  path: unknown,
  field: string,
  seen: Set<string>,
): readonly InputProblem[] {
  if (typeof path !== 'string') return [{ field, problem: 'must be text' }]
  const problem = findFilePathProblem(path)
  if (problem !== undefined) return [{ field, problem }]
  if (seen.has(path)) return [{ field, problem: `names ${JSON.stringify(path)} a second time` }]
  seen.add(path)
  return []
}

/** Why a value is not a SHA-256 digest. */
export function findDigestProblems(digest: unknown, field: string): readonly InputProblem[] {
  try {
    parseSha256Digest(digest, field)
    return []
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems
    throw error
  }
}
