import type { ModelEntry } from 'model-catalog'

/** The size in bytes as declared, of all files together, else as read on some machine; undefined where nobody knows yet. */
export function sizeOf({ sizeBytes, files, evidence = {} }: ModelEntry): number | undefined {
  if (sizeBytes !== undefined) return sizeBytes
  const sum = files?.reduce((total, file) => total + (file.sizeBytes ?? Number.NaN), 0)
  if (sum !== undefined && !Number.isNaN(sum)) return sum
  const found = Object.values(evidence)
  const right = found.find(({ outcome }) => outcome === 'match')
  // A wrong file of several says nothing of the others.
  return (right ?? (files === undefined ? found[0] : undefined))?.bytes
}
