export { type CatalogError, isCatalogError, type Sha256Digest } from '@catalog/types'
export { digestContent, verifyContent } from './browser-content.ts'
export type {
  Content,
  ContentDigest,
  ContentOptions,
  ContentProgress,
  DigestContent,
  VerifyContent,
} from './digest-content.ts'
export type { ResumableSha256, Sha256 } from './sha256.ts'
export { createSha256 } from './wasm-sha256.ts'
