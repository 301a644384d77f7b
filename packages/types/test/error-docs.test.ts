import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CATALOG_ERROR_CODES, type CatalogErrorCode } from '../src/error/catalog-error.ts'

// The type check fails where a code is missing here.
const everyCode: Readonly<Record<CatalogErrorCode, true>> = {
  INVALID_INPUT: true,
  INVALID_TRANSITION: true,
  NOT_FOUND: true,
  ALREADY_EXISTS: true,
  CONFLICT: true,
  NOT_USABLE: true,
  IN_USE: true,
  LAST_COPY: true,
  TOO_MANY_LEASES: true,
  LEASE_ENDED: true,
  DOWNLOAD_ENDED: true,
  DOWNLOAD_INCOMPLETE: true,
  DIGEST_MISMATCH: true,
  SIZE_MISMATCH: true,
  NOT_A_MODEL: true,
  EVIDENCE_STALE: true,
  FILE_CHANGED: true,
  NOT_A_REGULAR_FILE: true,
  FILE_MISSING: true,
  CATALOG_MISSING: true,
  CATALOG_REPLACED: true,
  CLOSED: true,
  READ_ONLY: true,
  SHARED_FILE_SYSTEM: true,
  DAMAGED: true,
  UNSUPPORTED_FORMAT: true,
  EDITED_OUTSIDE: true,
  NO_SPACE: true,
  IO: true,
  UNAVAILABLE: true,
}

it('lists every code that has details', () => {
  expect([...CATALOG_ERROR_CODES].sort()).toEqual(Object.keys(everyCode).sort())
})

it('explains every code in docs/errors.md, in the same order', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const headings = [...page.matchAll(/^## (.+)$/gmu)].map(([, heading]) => heading)
  expect(headings).toEqual(CATALOG_ERROR_CODES)
})
