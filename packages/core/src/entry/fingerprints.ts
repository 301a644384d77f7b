import type { EntryContent, Fingerprint, ModelFile } from '@catalog/types'
import { evidenceOf } from './evidence.ts'

const FIELDS = ['dev', 'ino', 'sizeBytes', 'mtimeNs', 'ctimeNs'] as const

/** The fields in which two fingerprints differ. */
export function findChanges(first: Fingerprint, second: Fingerprint): readonly (keyof Fingerprint)[] {
  return FIELDS.filter((field) => first[field] !== second[field])
}

/** Whether it is the same file in the same state; another name that it got or lost changes only its ctime. */
export function isSameButCtime(first: Fingerprint, second: Fingerprint): boolean {
  return findChanges(first, second).every((field) => field === 'ctimeNs')
}

/** What tells a file from every other that exists at the same time. */
export function inodeOf({ dev, ino }: Fingerprint): string {
  return `${dev}:${ino}`
}

/** The state in which this node last read a model's file. */
export function knownFingerprintOf(
  entry: EntryContent,
  node: string,
  part?: ModelFile,
): Fingerprint | undefined {
  const evidence = evidenceOf(entry, node)
  if (part === undefined) return evidence?.fingerprint
  return evidence?.files?.find(({ path }) => path === part.path)?.fingerprint
}

/** Only the five fields, without what another version may have added. */
export function toPlain({ dev, ino, sizeBytes, mtimeNs, ctimeNs }: Fingerprint): Fingerprint {
  return { dev, ino, sizeBytes, mtimeNs, ctimeNs }
}
