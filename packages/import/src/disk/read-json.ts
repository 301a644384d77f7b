import type { z } from 'zod'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { StoreReader } from './store-reader.ts'

/**
 * A JSON file of a store, checked. UnusableError `broken-manifest` if it is empty, cut, too large or not of the
 * form that the tool writes.
 */
export async function readJson<T>(
  reader: StoreReader,
  path: string,
  schema: z.ZodType<T>,
  maxBytes?: number,
): Promise<T> {
  const text = await reader.readText(path, maxBytes)
  const result = schema.safeParse(parseJson(path, text))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
  throw new UnusableError('broken-manifest', path, `is not of the expected form${where}`)
}

function parseJson(path: string, text: string): unknown {
  if (text.trim() === '') throw new UnusableError('broken-manifest', path, 'is empty')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UnusableError('broken-manifest', path, 'is not JSON', { cause })
  }
}
