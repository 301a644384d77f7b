// Small model files for tests and examples. Imports no other room of the testkit, and no test runner.
export { type Damage, damageModel } from './damage-model.ts'
export { sampleGguf, sampleGgufHead } from './sample-gguf.ts'
export type { SampleOptions } from './sample-options.ts'
export { sampleSafetensors } from './sample-safetensors.ts'
export { type ShardOptions, sampleShards } from './sample-shards.ts'
export type { Seed } from './seeded-bytes.ts'
