/** What an implementation of a port of the catalog is tested with. */
export { describeFilesConformance } from './conformance/describe-files-conformance.ts'
export { describeStoreConformance } from './conformance/describe-store-conformance.ts'
export { describeVerifierConformance } from './conformance/describe-verifier-conformance.ts'
export type {
  CreateFilesHarness,
  FilesCapability,
  FilesConformanceOptions,
  FilesHarness,
} from './conformance/files/files-harness.ts'
export { foldChanges } from './conformance/store/fold-changes.ts'
export type {
  ConformanceOptions,
  CreateStoreHarness,
  StoreCapability,
  StoreHarness,
} from './conformance/store/store-harness.ts'
export type {
  CreateVerifierHarness,
  VerifierCapability,
  VerifierConformanceOptions,
  VerifierHarness,
} from './conformance/verifier/verifier-harness.ts'
export { createDiskFiles } from './conformance/world/disk-files.ts'
export type { TestFiles } from './conformance/world/test-files.ts'
export { FakeFiles, type ReplaceStep } from './fakes/fake-files.ts'
export { FakeVolumes, sampleVolume } from './fakes/fake-volumes.ts'
export {
  createMemoryBacking,
  type MemoryBacking,
  type MemoryBackingOptions,
} from './memory/memory-backing.ts'
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
export { type TemporaryDirectory, useTemporaryDirectory } from './setup/temporary-directory.ts'
