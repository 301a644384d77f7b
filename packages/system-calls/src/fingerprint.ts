import type { BigIntStats } from 'node:fs'
import type { Fingerprint } from '@catalog/types'

const FIELDS = ['dev', 'ino', 'sizeBytes', 'mtimeNs', 'ctimeNs'] as const

/** The part of a `stat` that changes when a file is replaced or written. */
export function toFingerprint({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Fingerprint {
  return {
    dev: `${dev}`,
    ino: `${ino}`,
    sizeBytes: Number(size),
    mtimeNs: `${mtimeNs}`,
    ctimeNs: `${ctimeNs}`,
  }
}

/** The fields in which two fingerprints differ; empty when nothing changed. */
export function findFingerprintChanges(
  first: Fingerprint,
  second: Fingerprint,
): readonly (keyof Fingerprint)[] {
  return FIELDS.filter((field) => first[field] !== second[field])
}
