/** Room `http`: preconditions and headers. */

import { type Catalog, CatalogError, type ModelEntry } from 'model-catalog'
import { ServiceProblem } from '../problems/service-problem.ts'

/** The revision of a model as an entity tag. */
export function toEtag({ revision }: Pick<ModelEntry, 'revision'>): string {
  return `"${revision}"`
}

/**
 * The revision that a change builds on, by `If-Match` (RFC 9110): that of the model if one of the tags names it, none for
 * `*`. 404 if there is no such model, 428 without the header, 412 if no tag is that of the model.
 */
export async function findIfRevision(
  catalog: Catalog,
  id: string,
  header: string | undefined,
): Promise<number | undefined> {
  const entry = await catalog.get(id)
  if (entry === undefined) throw createNotFound(id)
  if (header === undefined) {
    throw new ServiceProblem('PRECONDITION_REQUIRED', 'Send the ETag of the model in If-Match, or *')
  }
  if (header.trim() === '*') return undefined
  if (parseTags(header, 'If-Match').includes(toEtag(entry))) return entry.revision
  throw createPreconditionFailed(entry.revision)
}

/** Whether `If-None-Match` says that the caller has the model as it is. Weak tags count too. */
export function isNotModified(entry: ModelEntry, header: string | undefined): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return parseTags(header, 'If-None-Match').some((tag) => tag.replace(/^W\//u, '') === toEtag(entry))
}

export function createPreconditionFailed(revision: number): ServiceProblem {
  return new ServiceProblem('PRECONDITION_FAILED', 'Read the model again, decide again, and try again', {
    revision,
  })
}

export function createNotFound(id: string): CatalogError {
  return new CatalogError('NOT_FOUND', `no model has the id ${id}`, { id })
}

function parseTags(header: string, field: string): readonly string[] {
  const tags = header.split(',').map((tag) => tag.trim())
  if (tags.every((tag) => /^(?:W\/)?"[\x21\x23-\x7E]*"$/u.test(tag))) return tags
  const problem = 'must be * or entity tags, such as "3"'
  throw new CatalogError('INVALID_INPUT', `${field} ${problem}`, { problems: [{ field, problem }] })
}
