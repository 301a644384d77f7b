import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import type { EntryContent, Evidence, Fingerprint, FoundFile, ModelEntry } from '@catalog/types'
import type { NamedFile } from '../src/upkeep/survey/survey.ts'

/** The fingerprint of a file of this inode and size. */
export function fingerprintOf(ino: string, sizeBytes = 5): Fingerprint {
  return { dev: '2049', ino, sizeBytes, mtimeNs: `1${ino}`, ctimeNs: `1${ino}` }
}

/** A file below the root. */
export function foundFile(file: string, fingerprint: Fingerprint): FoundFile {
  return { file, path: `/models/${file}`, kind: 'file', fingerprint, links: 1 }
}

export function entryOf(fields: Partial<Omit<EntryContent, 'id'>> = {}): ModelEntry {
  return { ...sampleEntry({ id: 'm', state: 'Active', ...fields }), revision: 1 }
}

/** A file that an entry names: missing, and read before, unless the fields say otherwise. */
export function namedFile(
  fields: Partial<NamedFile> = {},
  outcome: Evidence['outcome'] = 'match',
): NamedFile {
  const own = { key: 'volume-1', evidence: sampleEvidence(sampleDigest(1), outcome), volumes: [] }
  return {
    entry: entryOf(),
    reference: { file: 'm.gguf' },
    path: '/models/m.gguf',
    sight: { kind: 'missing' },
    own,
    known: fingerprintOf('7'),
    isAbsent: false,
    ...fields,
  }
}
