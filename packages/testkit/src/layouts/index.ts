export { buildCortex, CORTEX_WEIGHTS, type CortexDamage } from './cortex.ts'
export {
  addDockerModels,
  buildDockerModelRunner,
  DOCKER_WEIGHTS,
  type DockerModel,
  dockerLayer,
} from './docker-model-runner.ts'
export { buildGpt4all, GPT4ALL_WEIGHTS } from './gpt4all.ts'
export {
  buildHub,
  HUB_COMMIT,
  HUB_OLD_COMMIT,
  type HubDamage,
  type HubOptions,
  type HubStore,
} from './huggingface.ts'
export { buildLocalDirectory, type LocalDamage } from './huggingface-local.ts'
export { buildA1111, buildComfyui, IMAGE_WEIGHTS, PICKLE, toExtraPaths } from './image-roots.ts'
export { buildInvokeai, INVOKEAI_WEIGHTS, type InvokeaiDamage } from './invokeai.ts'
export { addJanModel, buildJan, JAN_PROJECTOR, JAN_WEIGHTS, type JanFields } from './jan.ts'
export { buildKitops, KIT_WEIGHTS, kitLayer, putKit } from './kitops.ts'
export {
  addBlob,
  addLayers,
  INDEX_TYPE,
  ociBlob,
  type SampleDescriptor,
  type SampleLayer,
  toIndex,
} from './layered-models.ts'
export { buildLlamaCache, type LlamaCache, type LlamaCacheDamage } from './llama-cpp.ts'
export { buildLmStudio, type LmStudioDamage } from './lm-studio.ts'
export { buildMixedTree } from './mixed-tree.ts'
export { buildModelScope, type ModelScopeDamage } from './modelscope.ts'
export { addPack, buildOci, buildOciRegistry, OCI_WEIGHTS, packLayer, putOci, putTag } from './oci.ts'
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
export { buildPlain, type PlainDamage, type PlainStore } from './plain.ts'
export {
  addRamalamaTag,
  buildRamalama,
  RAMALAMA_WEIGHTS,
  type RamalamaSample,
  type RamalamaSampleTag,
} from './ramalama.ts'
export { buildSampleStore, DAMAGED_STORES, SAMPLE_STORES } from './sample-stores.ts'
export { buildSigned, type SignedDamage, type SignedResource, toSignature } from './signed.ts'
export { buildStore, gitBlobId, type StoreBuilder, sha256 } from './store-builder.ts'
