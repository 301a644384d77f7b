export { describeStoreConformance } from './conformance/describe-store-conformance.ts'
export { listNaively, randomCatalogs, randomQueries } from './conformance/random/random-queries.ts'
export { foldChanges } from './conformance/store/fold-changes.ts'
export type {
  ConformanceOptions,
  CreateStoreHarness,
  StoreHarness,
} from './conformance/store/store-harness.ts'
export { FakeFiles } from './fakes/fake-files.ts'
export { FakeVolumes, sampleVolume } from './fakes/fake-volumes.ts'
export type { CatalogWorld, TriedCatalog, TriedFiles } from './lifecycle/catalog-harness.ts'
export { describeLifecycle, type LifecycleOptions } from './lifecycle/describe-lifecycle.ts'
export { createMemoryBacking, type MemoryBacking } from './memory/memory-backing.ts'
export { type MemoryStoreOptions, openMemoryStore } from './memory/memory-store.ts'
export { type FixedClock, fixedClock } from './samples/fixed-clock.ts'
export {
  type SampleEntryOverrides,
  sampleDigest,
  sampleEntry,
  sampleEvidence,
  sampleFileDigest,
  sampleRegistration,
} from './samples/samples.ts'
export { describeOptions, type OptionsCall } from './setup/describe-options.ts'
export { type TemporaryDirectory, useTemporaryDirectory } from './setup/temporary-directory.ts'
