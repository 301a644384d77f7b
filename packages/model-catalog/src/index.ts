export { Catalog } from '@catalog/core'
export {
  type Attribution,
  CATALOG_ERROR_CODES,
  CatalogError,
  type CatalogErrorCode,
  type CatalogErrorDetails,
  type CatalogObserver,
  type Clock,
  type Evidence,
  type Failure,
  type FileDigest,
  type Fingerprint,
  isCatalogError,
  LIFECYCLE_STATES,
  LifecycleState,
  type ListQuery,
  type ModelEntry,
  type ModelId,
  type RegistrationInput,
  redactSource,
  type Sha256Digest,
  type StateCounts,
} from '@catalog/types'
export { createSha256, digestFile, verifyDigest } from '@catalog/verify'
export { findDefaultRoot } from './default-root.ts'
export { type OpenCatalogOptions, openCatalog } from './open-catalog.ts'
