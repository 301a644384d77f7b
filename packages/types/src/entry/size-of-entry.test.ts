import { expect, it } from 'vitest'
import type { EntryContent, Evidence } from './model-entry.ts'
import type { Sha256Digest } from './sha256-digest.ts'
import { sizeOfEntry } from './size-of-entry.ts'

const DIGEST = 'a'.repeat(64) as Sha256Digest
const OTHER = 'b'.repeat(64) as Sha256Digest

function evidenceOf(outcome: Evidence['outcome'], digest = DIGEST): Pick<EntryContent, 'evidence'> {
  const found = { outcome, digest, bytes: 5, at: '2025-10-01T00:00:00Z', engine: 'native', durationMs: 1 }
  return { evidence: { vm: found as Evidence } }
}

it.each<[what: string, fields: Parameters<typeof sizeOfEntry>[0], sizeBytes: number | undefined]>([
  ['the declared one, whatever was read', { digest: DIGEST, sizeBytes: 7, ...evidenceOf('match') }, 7],
  [
    'that of all files together',
    { digest: null, files: [2, 3].map((sizeBytes) => ({ path: 'a', sizeBytes })) },
    5,
  ],
  ['as read of the right bytes', { digest: DIGEST, ...evidenceOf('match') }, 5],
  ['as read of all files', { digest: DIGEST, files: [{ path: 'a' }], ...evidenceOf('match') }, 5],
  ['unknown by a wrong file', { digest: DIGEST, ...evidenceOf('mismatch') }, undefined],
  ['unknown by what had the digest of before', { digest: DIGEST, ...evidenceOf('match', OTHER) }, undefined],
  [
    'unknown where a file is',
    { digest: null, files: [{ path: 'a', sizeBytes: 2 }, { path: 'b' }] },
    undefined,
  ],
  ['unknown if nothing is declared or read', { digest: null }, undefined],
])('the size of a model is %s', (_what, fields, sizeBytes) => {
  expect(sizeOfEntry(fields)).toBe(sizeBytes)
})
