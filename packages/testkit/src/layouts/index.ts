export { buildStore, gitBlobId, type StoreBuilder, sha256 } from './store-builder.ts'
