import { expect, it } from 'vitest'
import type {
  Attribution,
  CatalogErrorCode,
  CatalogErrorDetails,
  CatalogObserver,
  Clock,
  DigestOptions,
  DigestProgress,
  Evidence,
  Failure,
  FileDigest,
  Fingerprint,
  InputProblem,
  ListQuery,
  ModelEntry,
  ModelId,
  OpenCatalogOptions,
  RegistrationInput,
  Sha256Digest,
  StateCounts,
} from './index.ts'
import * as facade from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [
  Attribution,
  CatalogErrorCode,
  CatalogErrorDetails,
  CatalogObserver,
  Clock,
  DigestOptions,
  DigestProgress,
  Evidence,
  Failure,
  FileDigest,
  Fingerprint,
  InputProblem,
  ListQuery,
  ModelEntry,
  ModelId,
  OpenCatalogOptions,
  RegistrationInput,
  Sha256Digest,
  StateCounts,
]

it('exports these and nothing else', () => {
  expect(Object.keys(facade).sort()).toEqual([
    'CATALOG_ERROR_CODES',
    'Catalog',
    'CatalogError',
    'LIFECYCLE_STATES',
    'LifecycleState',
    'createSha256',
    'digestFile',
    'findDefaultRoot',
    'isCatalogError',
    'openCatalog',
    'parseLifecycleState',
    'redactSource',
    'verifyDigest',
  ])
})
