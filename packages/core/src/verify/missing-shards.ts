import type { DiagnosisNote } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { isDeclared } from './judge.ts'
import type { VerificationTarget } from './verification-target.ts'

/**
 * What is missing of a set of shards that the model's files belong to, by their names and by an index among them. One
 * shard alone is a set that is not whole; a caller who means it all the same declares its digest.
 */
export async function findMissingShards(
  { verifier }: CatalogContext,
  { entry, files, followSymlink }: VerificationTarget,
): Promise<readonly DiagnosisNote[]> {
  const [first] = files
  // Stryker disable next-line OptionalChaining,ConditionalExpression: only the types need this: a model has files.
  if (first?.part === undefined && first !== undefined && isDeclared(entry, first)) return []
  const names = files.map(({ part, place }) => part?.path ?? place.replace(/.*[\\/]/su, ''))
  const notes = verifier
    .findShards(names)
    .filter(({ missingCount }) => missingCount > 0)
    .map(({ name, missing, missingCount }) => toNote(name, missing, missingCount))
  const known = new Set(names)
  for (const { part, path } of files) {
    if (part === undefined) continue
    const shards = await verifier.findIndexedShards(path, { followSymlink })
    const directory = part.path.replace(/[^/]*$/u, '')
    const named = shards.map((shard) => directory + shard)
    const missing = named.filter((shard) => !known.has(shard))
    if (missing.length > 0) notes.push(toNote(part.path, missing, missing.length))
  }
  return notes
}

function toNote(set: string, missing: readonly string[], count: number): DiagnosisNote {
  const rest = count > 1 ? ` and ${count - 1} more are missing` : ' is missing'
  return { kind: 'missing-shards', text: `of the shards of ${set}, ${missing[0]}${rest}` }
}
