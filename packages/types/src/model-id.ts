import * as z from 'zod'
import { createInvalidInput } from './catalog-error.ts'
import { isWindowsDevice } from './windows-device.ts'

declare const brand: unique symbol

/** A checked model id: see {@link parseModelId}. */
export type ModelId = string & { readonly [brand]: 'ModelId' }

/** The longest id, in characters. */
const MAX_MODEL_ID_LENGTH = 200

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/u

/** A model id: 1–200 characters, segments of `[A-Za-z0-9][A-Za-z0-9._-]*` joined by `/`. */
export const modelIdSchema: z.ZodType<ModelId, string> = z.string().transform((text, context) => {
  const problem = findModelIdProblem(text)
  if (problem !== undefined) {
    context.addIssue({ code: 'custom', message: problem })
    return z.NEVER
  }
  return text as ModelId
})

/** The checked id, or INVALID_INPUT naming the field `id`. */
export function parseModelId(value: unknown): ModelId {
  const problem = typeof value === 'string' ? findModelIdProblem(value) : 'must be a string'
  if (problem !== undefined) throw createInvalidInput([{ field: 'id', problem }])
  return value as ModelId
}

/** Two ids with the same folded form would be one file on Windows and macOS, so a catalog holds one of them. */
export function foldModelId(id: string): string {
  return id.toLowerCase()
}

function findModelIdProblem(text: string): string | undefined {
  if (text.length === 0 || text.length > MAX_MODEL_ID_LENGTH) {
    return `must have 1 to ${MAX_MODEL_ID_LENGTH} characters, not ${text.length}`
  }
  // Its default file would want the view to be a directory.
  if (/^catalog\.json(?:\/|$)/iu.test(text)) return 'must not use the catalog\'s own name "catalog.json"'
  for (const segment of text.split('/')) {
    const problem = findSegmentProblem(segment)
    if (problem !== undefined) return `${problem} ${JSON.stringify(segment)}`
  }
  return undefined
}

function findSegmentProblem(segment: string): string | undefined {
  if (!SEGMENT.test(segment)) {
    return "must be segments of letters, digits, '.', '_' and '-' joined by '/', each starting with a letter or digit, not"
  }
  if (segment.endsWith('.')) return 'must not have a segment that ends in a dot:'
  if (isWindowsDevice(segment)) return 'must not use the Windows device name'
  return undefined
}
