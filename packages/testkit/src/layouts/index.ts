/** Room `layouts`: small stores as other tools leave them on a disk, whole and damaged. */

export {
  addOllamaCloudModel,
  addOllamaModel,
  addOllamaPartial,
  buildOllama,
  OLLAMA_PROJECTOR,
  OLLAMA_WEIGHTS,
  type OllamaLayer,
  type OllamaModel,
  ollamaBlob,
} from './ollama.ts'
export { buildStore, gitBlobId, type StoreBuilder, sha256 } from './store-builder.ts'
