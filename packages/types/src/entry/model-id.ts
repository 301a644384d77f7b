import { createInvalidInput } from '../error/catalog-error.ts'
import { isWindowsDevice } from './windows-device.ts'

declare const modelIdBrand: unique symbol

/** A checked model id: see {@link parseModelId}. */
export type ModelId = string & { readonly [modelIdBrand]: 'ModelId' }

/** The longest id, in characters. */
const MAX_MODEL_ID_LENGTH = 200

/**
 * Parses a model id: 1–200 characters, segments of `[A-Za-z0-9][A-Za-z0-9._-]*` joined by `/`.
 *
 * @throws {CatalogError} INVALID_INPUT if the value is not a model id; the problem names the field `id`
 */
export function parseModelId(value: unknown): ModelId {
  const problem = typeof value === 'string' ? findModelIdProblem(value) : 'must be a string'
  if (problem !== undefined) throw createInvalidInput([{ field: 'id', problem }])
  return value as ModelId
}

/**
 * The folded form of an id. Two ids with one folded form would be one file on Windows and macOS, so a catalog
 * holds only one of them.
 */
export function foldModelId(id: string): string {
  return id.toLowerCase()
}

/** What is wrong with a text as a model id, in words that follow its name; undefined for a good one. */
export function findModelIdProblem(text: string): string | undefined {
  if (text.length === 0 || text.length > MAX_MODEL_ID_LENGTH) {
    return `must have 1 to ${MAX_MODEL_ID_LENGTH} characters, not ${text.length}`
  }
  // Its default file would want the view to be a directory.
  if (/^catalog\.json(?:\/|$)/iu.test(text)) return 'must not use the catalog\'s own name "catalog.json"'
  let start = 0
  for (const segment of text.split('/')) {
    const problem = findSegmentProblem(segment, start)
    if (problem !== undefined) return problem
    start += segment.length + 1
  }
  return undefined
}

/** Quotes nothing but single characters: what was meant for another field may be a secret. */
function findSegmentProblem(segment: string, start: number): string | undefined {
  const expected =
    "must be segments of letters, digits, '.', '_' and '-' joined by '/', each starting with a letter or digit"
  if (segment === '') return `${expected}, but has an empty segment at character ${start + 1}`
  const place = /^[A-Za-z0-9]/u.test(segment) ? segment.search(/[^A-Za-z0-9._-]/u) : 0
  if (place >= 0) {
    const wrong = String.fromCodePoint(segment.codePointAt(place) ?? 0)
    return `${expected}, but has ${JSON.stringify(wrong)} at character ${start + place + 1}`
  }
  if (segment.endsWith('.')) {
    return `must not have a segment that ends in a dot, as at character ${start + segment.length}`
  }
  if (isWindowsDevice(segment)) {
    return `must not use the Windows device name ${JSON.stringify(segment.split('.', 1)[0])}`
  }
  return undefined
}
