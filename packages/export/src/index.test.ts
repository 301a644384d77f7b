import { expect, it } from 'vitest'
import type {
  BundledModel,
  BundleOutcome,
  BundleProgress,
  CycloneDxOptions,
  ExportBundleOptions,
  ExportedBundle,
  ExportedLayout,
  ExportedModel,
  ExportLayout,
  ExportLayoutOptions,
  FindModelsOptions,
  ReplaceFileOptions,
  Sha256SumsOptions,
  SharedBy,
} from './index.ts'
import * as exporting from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [
  BundledModel,
  BundleOutcome,
  BundleProgress,
  CycloneDxOptions,
  ExportBundleOptions,
  ExportedBundle,
  ExportedLayout,
  ExportedModel,
  ExportLayout,
  ExportLayoutOptions,
  FindModelsOptions,
  ReplaceFileOptions,
  Sha256SumsOptions,
  SharedBy,
]

it('the package exports these and nothing else', () => {
  expect(Object.keys(exporting).sort()).toEqual([
    'EXPORT_LAYOUTS',
    'exportBundle',
    'exportLayout',
    'findModels',
    'formatCatalog',
    'formatCycloneDx',
    'formatSha256Sums',
    'replaceFile',
  ])
})
