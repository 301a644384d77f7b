import type { EntryContent } from './model-entry.ts'

/** The size of a model in bytes: declared, or the sum of its files, or as it was read; undefined where nobody knows. */
export function sizeOfEntry({ sizeBytes, files, digest, evidence = {} }: EntryContent): number | undefined {
  if (sizeBytes !== undefined) return sizeBytes
  const sum = files?.reduce((total, file) => total + (file.sizeBytes ?? Number.NaN), 0)
  if (sum !== undefined && !Number.isNaN(sum)) return sum
  // A wrong file says nothing of the model; those that are right are all of one size.
  return Object.values(evidence).find((each) => each.outcome === 'match' && each.digest === digest)?.bytes
}
