import type { ModelEntry } from 'model-catalog'

/** The size in bytes as declared, else as read on some machine; undefined where nobody knows yet. */
export function sizeOf({ sizeBytes, evidence = {} }: ModelEntry): number | undefined {
  if (sizeBytes !== undefined) return sizeBytes
  const found = Object.values(evidence)
  return (found.find(({ outcome }) => outcome === 'match') ?? found[0])?.bytes
}
