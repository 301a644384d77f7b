import type { Evidence, ModelEntry } from 'model-catalog'
import { expect, it } from 'vitest'
import { sizeOf } from './model-size.ts'

const evidenceOf = (outcome: 'match' | 'mismatch'): { readonly vm: Evidence } => ({
  vm: { outcome, bytes: 5 } as Evidence,
})
const sizeOfEntry = (entry: Partial<ModelEntry>): number | undefined => sizeOf(entry as ModelEntry)

it.each<[what: string, entry: Partial<ModelEntry>, sizeBytes: number | undefined]>([
  ['what was declared', { sizeBytes: 7, evidence: evidenceOf('match') }, 7],
  ['all files together', { files: [2, 3].map((sizeBytes) => ({ path: 'a', sizeBytes })) }, 5],
  ['what was read', { evidence: evidenceOf('match') }, 5],
  ['what was read of a wrong file', { evidence: evidenceOf('mismatch') }, 5],
  [
    'nothing by one wrong file of several',
    { files: [{ path: 'a' }], evidence: evidenceOf('mismatch') },
    undefined,
  ],
  ['nothing where nobody knows', {}, undefined],
])('the size is %s', (_what, entry, sizeBytes) => {
  expect(sizeOfEntry(entry)).toBe(sizeBytes)
})
