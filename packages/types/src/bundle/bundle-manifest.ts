/** Room `bundle`: the form of a bundle. */

import type { DigestOrigin } from '../entry/digest-origin.ts'
import type { ModelFacts } from '../entry/model-facts.ts'
import type { ModelId } from '../entry/model-id.ts'
import type { Sha256Digest } from '../entry/sha256-digest.ts'

/** What has a name of its own in the directory of a bundle. All model files are below `files`. */
export const BUNDLE_NAMES = {
  manifest: 'bundle.json',
  /** A list that `sha256sum --check` reads, of all files and of the manifest. */
  sums: 'SHA256SUMS',
  files: 'files',
  /** Exists while the bundle is being written, and after a crash. */
  unfinished: 'UNFINISHED',
} as const

/** `format` in a manifest. */
export const BUNDLE_FORMAT = 'model-catalog-bundle'

/** The `version` of a manifest that is written, and the newest that is read. */
export const BUNDLE_VERSION = 1

/** The largest manifest that is written or read, in bytes: some 90,000 models. */
export const MAX_BUNDLE_MANIFEST_BYTES: number = 64 * 1024 * 1024

/** One file of a model in a bundle. */
export interface BundleFile {
  /** Relative to the model's directory, `/` between segments; absent if the model is one file. */
  readonly path?: string
  /** Where it is in the bundle, below `files/`. Several models may name one file. */
  readonly stored: string
  readonly sizeBytes: number
  readonly digest: Sha256Digest
}

/** What a bundle says of a model: nothing of it is about the machine that wrote it. */
export interface BundleModel {
  readonly id: ModelId
  readonly name: string
  /** Without credentials; `file:…` if it was a path. */
  readonly source: string
  readonly digest: Sha256Digest
  /** Who declared the digest to the catalog that wrote the bundle. */
  readonly digestOrigin: DigestOrigin
  /** All files together. */
  readonly sizeBytes: number
  /** ISO-8601 UTC, in the catalog that wrote the bundle. */
  readonly registeredAt: string
  /** ISO-8601 UTC, in the catalog that wrote the bundle. */
  readonly verifiedAt: string | null
  readonly tags?: readonly string[]
  /** For people: a catalog reads them anew from the bytes. */
  readonly facts?: ModelFacts
  /** Whether it is a directory with `files`; if not, it has one file, without a path. */
  readonly isDirectory: boolean
  /** At least one. */
  readonly files: readonly BundleFile[]
}

/** A record of a manifest that is not of the expected form. The other records count. */
export interface BundleProblem {
  /** The place of the record in `models`, from 0. */
  readonly index: number
  /** What the record says its id is, if that is a model id. */
  readonly id?: ModelId
  readonly problem: string
}

/** A manifest that was read. */
export interface BundleManifest {
  readonly models: readonly BundleModel[]
  readonly problems: readonly BundleProblem[]
}
