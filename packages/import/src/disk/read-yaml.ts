import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { StoreReader } from './store-reader.ts'

/** What tools write has less than 4 KiB. */
const MAX_YAML_BYTES = 64 * 1024

/**
 * A YAML file of a store, checked, without aliases and tags of its own. UnusableError `broken-manifest` if it is
 * cut, too large or not of the form that the tool writes.
 */
export async function readYaml<T>(reader: StoreReader, path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await reader.readText(path, MAX_YAML_BYTES)
  const result = schema.safeParse(parseYaml(path, text))
  if (result.success) return result.data
  const where = result.error.issues[0]?.path.join('.') ?? ''
  throw new UnusableError('broken-manifest', path, `is not of the expected form${where && ` at ${where}`}`)
}

function parseYaml(path: string, text: string): unknown {
  try {
    const document = parseDocument(text, { schema: 'core', customTags: [], merge: false, logLevel: 'silent' })
    const [problem] = [...document.errors, ...document.warnings]
    if (problem !== undefined) throw problem
    return document.toJS({ maxAliasCount: 0 })
  } catch (cause) {
    // The parser is recursive: a hostile file can also end it with a RangeError.
    throw new UnusableError('broken-manifest', path, 'is not YAML without aliases and tags', { cause })
  }
}
