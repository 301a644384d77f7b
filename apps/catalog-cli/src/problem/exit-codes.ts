import type { CatalogErrorCode } from 'model-catalog'

/** What the process ends with when the catalog said no: a script branches on these, so they never change. */
export const CATALOG_EXIT_CODES: Readonly<Record<CatalogErrorCode, number>> = {
  INVALID_INPUT: 2,
  INVALID_TRANSITION: 3,
  NOT_FOUND: 4,
  ALREADY_EXISTS: 5,
  CONFLICT: 6,
  NOT_USABLE: 7,
  IN_USE: 8,
  LAST_COPY: 25,
  TOO_MANY_LEASES: 9,
  LEASE_ENDED: 15,
  DOWNLOAD_ENDED: 16,
  DOWNLOAD_INCOMPLETE: 17,
  DIGEST_MISMATCH: 10,
  SIZE_MISMATCH: 11,
  NOT_A_MODEL: 18,
  EVIDENCE_STALE: 19,
  FILE_CHANGED: 12,
  NOT_A_REGULAR_FILE: 13,
  FILE_MISSING: 14,
  CATALOG_MISSING: 22,
  CATALOG_REPLACED: 23,
  CLOSED: 20,
  READ_ONLY: 21,
  SHARED_FILE_SYSTEM: 24,
  DAMAGED: 30,
  UNSUPPORTED_FORMAT: 31,
  EDITED_OUTSIDE: 32,
  NO_SPACE: 33,
  IO: 34,
  UNAVAILABLE: 35,
}

/** What the process ends with otherwise. The last three are 128 and the signal's number, as shells have it. */
export const EXIT_CODES = {
  OK: 0,
  UNEXPECTED: 1,
  USAGE: 2,
  INTERRUPTED: 130,
  OUTPUT_CLOSED: 141,
  TERMINATED: 143,
} as const

/** The codes of the command line itself, beside those of the catalog. */
export type CliErrorCode = Exclude<keyof typeof EXIT_CODES, 'OK'>
