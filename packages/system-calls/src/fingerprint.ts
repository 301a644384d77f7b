import type { BigIntStats } from 'node:fs'
import type { Fingerprint } from '@catalog/types'

const FIELDS = ['dev', 'ino', 'sizeBytes', 'mtimeNs', 'ctimeNs'] as const

/** The part of a `stat` that changes when a file is replaced or written. A birth time of 0 is none. */
export function toFingerprint({ dev, ino, size, mtimeNs, ctimeNs, birthtimeNs }: BigIntStats): Fingerprint {
  return {
    dev: `${dev}`,
    ino: `${ino}`,
    sizeBytes: Number(size),
    mtimeNs: `${mtimeNs}`,
    ctimeNs: `${ctimeNs}`,
    ...(birthtimeNs !== 0n && { birthtimeNs: `${birthtimeNs}` }),
  }
}

/**
 * The fields in which two fingerprints differ; empty when nothing changed. The birth time counts only if both have one:
 * older fingerprints and some file systems have none.
 */
export function findFingerprintChanges(
  first: Fingerprint,
  second: Fingerprint,
): readonly (keyof Fingerprint)[] {
  const changed: (keyof Fingerprint)[] = FIELDS.filter((field) => first[field] !== second[field])
  const isReborn = first.birthtimeNs !== second.birthtimeNs
  if (isReborn && first.birthtimeNs !== undefined && second.birthtimeNs !== undefined)
    changed.push('birthtimeNs')
  return changed
}
