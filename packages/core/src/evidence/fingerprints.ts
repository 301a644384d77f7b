import type { FileState, Fingerprint } from '@catalog/types'

const FIELDS = ['dev', 'ino', 'birthtimeNs', 'sizeBytes', 'mtimeNs', 'ctimeNs'] as const

/** The fields in which two fingerprints differ. A birth time counts if both have one. */
export function findChanges(first: Fingerprint, second: Fingerprint): readonly (keyof Fingerprint)[] {
  return FIELDS.filter((field) => first[field] !== second[field] && !isUntold(field, first, second))
}

function isUntold(field: keyof Fingerprint, first: FileState, second: FileState): boolean {
  return field === 'birthtimeNs' && (first.birthtimeNs === undefined || second.birthtimeNs === undefined)
}

/** Whether it is the same file in the same state; another name that it got or lost changes only its ctime. */
export function isSameButCtime(first: Fingerprint, second: Fingerprint): boolean {
  return findChanges(first, second).every((field) => field === 'ctimeNs')
}

/** Whether a file is as it was but for its ctime: its bytes may be the same, and only reading them tells. */
export function isStale(changes: readonly string[]): boolean {
  return changes.length > 0 && changes.every((field) => field === 'ctimeNs')
}

/** What tells a file from every other that exists at the same time. */
export function inodeOf({ dev, ino }: Pick<Fingerprint, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`
}

/** Only the fields of a fingerprint, without what another version may have added. */
export function toPlain(fingerprint: Fingerprint): Fingerprint {
  const { dev, ino, sizeBytes, mtimeNs, ctimeNs, birthtimeNs } = fingerprint
  return { dev, ino, sizeBytes, mtimeNs, ctimeNs, ...(birthtimeNs !== undefined && { birthtimeNs }) }
}
