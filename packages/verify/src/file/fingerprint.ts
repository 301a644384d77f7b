import type { BigIntStats } from 'node:fs'
import type { Fingerprint } from '@catalog/types'

const FIELDS = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const
const FINGERPRINT_FIELDS = ['dev', 'ino', 'sizeBytes', 'mtimeNs', 'ctimeNs'] as const

/** The part of `stat` that changes when a file is replaced or written. */
export function toFingerprint(stats: BigIntStats): Fingerprint {
  return {
    dev: String(stats.dev),
    ino: String(stats.ino),
    sizeBytes: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
  }
}

/** The fields of `stat` in which any of the later looks differs from the first; empty when nothing changed. */
export function findChanges(first: BigIntStats, ...later: readonly BigIntStats[]): readonly string[] {
  return FIELDS.filter((field) => later.some((stats) => stats[field] !== first[field]))
}

/** The fields in which two fingerprints differ, in the order of `Fingerprint`. */
export function findFingerprintChanges(
  first: Fingerprint,
  second: Fingerprint,
): readonly (keyof Fingerprint)[] {
  return FINGERPRINT_FIELDS.filter((field) => first[field] !== second[field])
}
