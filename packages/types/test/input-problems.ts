import { isCatalogError } from '../src/error/catalog-error.ts'

/** The fields that INVALID_INPUT names, sorted; any other error is rethrown. */
export function findInvalidFields(parse: () => unknown): readonly string[] {
  try {
    parse()
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems.map(({ field }) => field).sort()
    throw error
  }
  return []
}
