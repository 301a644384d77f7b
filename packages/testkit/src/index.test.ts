import { readFileSync } from 'node:fs'
import { expect, expectTypeOf, it } from 'vitest'
import type {
  ConformanceOptions,
  CreateFilesHarness,
  CreateStoreHarness,
  CreateVerifierHarness,
  FakeFiles,
  FakeVolumes,
  FilesCapability,
  FilesConformanceOptions,
  FilesHarness,
  FixedClock,
  MemoryBacking,
  MemoryBackingOptions,
  MemoryStoreOptions,
  ReplaceStep,
  SampleEntryOverrides,
  StoreCapability,
  StoreHarness,
  TemporaryDirectory,
  TestFiles,
  VerifierCapability,
  VerifierConformanceOptions,
  VerifierHarness,
} from './index.ts'
import * as testkit from './index.ts'
import type { Damage, SampleOptions, Seed, ShardOptions } from './models/index.ts'
import * as models from './models/index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
type ExportedTypes = [
  ConformanceOptions,
  CreateFilesHarness,
  CreateStoreHarness,
  CreateVerifierHarness,
  FakeFiles,
  FakeVolumes,
  FilesCapability,
  FilesConformanceOptions,
  FilesHarness,
  FixedClock,
  MemoryBacking,
  MemoryBackingOptions,
  MemoryStoreOptions,
  ReplaceStep,
  SampleEntryOverrides,
  StoreCapability,
  StoreHarness,
  TemporaryDirectory,
  TestFiles,
  VerifierCapability,
  VerifierConformanceOptions,
  VerifierHarness,
]

type ExportedModelTypes = [Damage, SampleOptions, Seed, ShardOptions]

it('the package exports these and nothing else', () => {
  expectTypeOf<ExportedTypes>().not.toBeAny()
  expect(Object.keys(testkit).sort()).toEqual([
    'FakeFiles',
    'FakeVolumes',
    'createDiskFiles',
    'createMemoryBacking',
    'describeFilesConformance',
    'describeStoreConformance',
    'describeVerifierConformance',
    'fixedClock',
    'foldChanges',
    'openMemoryStore',
    'sampleDigest',
    'sampleEntry',
    'sampleEvidence',
    'sampleFileDigest',
    'sampleRegistration',
    'sampleVolume',
    'useTemporaryDirectory',
  ])
})

it('the entry point of sample models exports these and nothing else', () => {
  expectTypeOf<ExportedModelTypes>().not.toBeAny()
  expect(Object.keys(models).sort()).toEqual([
    'damageModel',
    'sampleGguf',
    'sampleGgufHead',
    'sampleSafetensors',
    'sampleShards',
  ])
})

it('what only this repository uses is not published', () => {
  const { publishConfig } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(Object.keys(publishConfig.exports)).toEqual(['.', './models', './package.json'])
})
