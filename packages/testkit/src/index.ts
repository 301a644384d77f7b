export { describeStoreConformance } from './conformance/describe-store-conformance.ts'
export { foldChanges } from './conformance/fold-changes.ts'
export type { ConformanceOptions, CreateStoreHarness, StoreHarness } from './conformance/store-harness.ts'
export { describeOptions, type OptionsCall } from './describe-options.ts'
export { FakeFiles } from './fake-files.ts'
export { FakeVolumes, sampleVolume } from './fake-volumes.ts'
export { type FixedClock, fixedClock } from './fixed-clock.ts'
export type { CatalogWorld, TriedCatalog, TriedFiles } from './lifecycle/catalog-harness.ts'
export { describeLifecycle, type LifecycleOptions } from './lifecycle/describe-lifecycle.ts'
export { createMemoryBacking, type MemoryBacking } from './memory-backing.ts'
export { type MemoryStoreOptions, openMemoryStore } from './memory-store.ts'
export { listNaively, randomCatalogs, randomQueries } from './random-queries.ts'
export {
  type SampleEntryOverrides,
  sampleDigest,
  sampleEntry,
  sampleEvidence,
  sampleFileDigest,
  sampleRegistration,
} from './samples.ts'
export { type TemporaryDirectory, useTemporaryDirectory } from './temporary-directory.ts'
