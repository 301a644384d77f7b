import type { EntryContent } from './model-entry.ts'

/**
 * The size of a model in bytes: as declared, or the sum of its files, or as read of the right bytes. Undefined if none
 * of these is known: what a wrong file has is not the size of the model.
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
