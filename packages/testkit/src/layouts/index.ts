/** Room `layouts`: small stores as other tools leave them on a disk, whole and damaged. */

export { buildStore, gitBlobId, type StoreBuilder, sha256 } from './store-builder.ts'
