export { type CatalogError, isCatalogError, type Sha256Digest } from '@catalog/types'
export { digestContent, verifyContent } from './content/browser-content.ts'
export type {
  Content,
  ContentDigest,
  ContentOptions,
  ContentProgress,
  DigestContent,
  VerifyContent,
} from './content/digest-content.ts'
export type { ResumableSha256, Sha256 } from './hashing/sha256.ts'
export { createSha256 } from './hashing/wasm-sha256.ts'
export { findListedDigest } from './manifest/find-listed-digest.ts'
export type { ManifestLine } from './manifest/manifest-line.ts'
export { type ParseManifestOptions, parseManifest } from './manifest/parse-manifest.ts'
