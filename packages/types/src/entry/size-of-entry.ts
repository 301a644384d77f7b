import type { EntryContent } from './model-entry.ts'

/**
 * The size of a model in bytes: as declared, or the sum of its files, or as found when its bytes were right.
 * Undefined if none of these is known.
 */
export function sizeOfEntry({
  sizeBytes,
  files,
  digest,
  evidence = {},
}: Pick<EntryContent, 'sizeBytes' | 'files' | 'digest' | 'evidence'>): number | undefined {
  if (sizeBytes !== undefined) return sizeBytes
  const sum = files?.reduce((total, file) => total + (file.sizeBytes ?? Number.NaN), 0)
  if (sum !== undefined && !Number.isNaN(sum)) return sum
  // Right files are all of one size.
  return Object.values(evidence).find((each) => each.outcome === 'match' && each.digest === digest)?.bytes
}
