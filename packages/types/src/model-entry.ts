import type { FileDigest, Fingerprint } from './file-digest.ts'
import type { LifecycleState } from './lifecycle-state.ts'
import type { ModelId } from './model-id.ts'
import type { Sha256Digest } from './sha256-digest.ts'

/** Fields written by another version or by another tool. They are kept through every read and write. */
export type ExtraFields = Readonly<Record<string, unknown>>

/** Where the expected digest came from: `computed` means that the first verification trusted what it found. */
export type DigestOrigin = 'declared' | 'computed'

/** One file of a multi-file model. */
export interface ModelFile {
  /** Relative to the model's directory, `/` between segments. */
  readonly path: string
  readonly sizeBytes: number
  readonly digest: Sha256Digest
  readonly extra?: ExtraFields
}

/** How one node knows that its file has, or has not, the expected bytes. */
export interface Evidence extends Omit<FileDigest, 'sizeBytes' | 'fingerprint' | 'digest'> {
  readonly outcome: 'match' | 'mismatch'
  /** What was found on this node, which on a mismatch is not what the entry expects. */
  readonly digest: Sha256Digest
  readonly fingerprint: Fingerprint & { readonly extra?: ExtraFields }
  /** How many bytes were read. */
  readonly bytes: number
  /** When the reading ended, ISO-8601 UTC. */
  readonly at: string
  readonly extra?: ExtraFields
}

/** Why a model is `Failed`. */
export interface Failure {
  readonly reason: 'digest-mismatch' | 'size-mismatch'
  /** A digest, or a number of bytes in decimal: as `reason` says. */
  readonly expected: string
  readonly found: string
  /** The node that found it. */
  readonly node: string
  readonly path: string
  /** ISO-8601 UTC. */
  readonly at: string
  readonly extra?: ExtraFields
}

/** One model in the catalog, without the revision that the store gives it. */
export interface EntryContent {
  readonly id: ModelId
  readonly name: string
  /** Where the model comes from. It may carry credentials: show it only through `redactSource`. */
  readonly source: string
  /** What the bytes must hash to; null until declared or computed by the first verification. */
  readonly digest: Sha256Digest | null
  readonly state: LifecycleState
  /** ISO-8601 UTC. */
  readonly registeredAt: string
  /** When the bytes were last found right, ISO-8601 UTC; null if never. */
  readonly verifiedAt: string | null
  /** What the caller declared. A file of another size is wrong before its first byte is read. */
  readonly sizeBytes?: number
  /** Path of the model file inside the root, `/` between segments. */
  readonly file?: string
  /** Absolute path of a model file registered in place, outside the root. */
  readonly location?: string
  readonly files?: readonly ModelFile[]
  readonly tags?: readonly string[]
  readonly digestOrigin?: DigestOrigin
  /** By node: evidence belongs to a machine and is not trusted by another. */
  readonly evidence?: Readonly<Record<string, Evidence>>
  readonly failure?: Failure
  readonly extra?: ExtraFields
}

/** One model in the catalog. Frozen: change it through the catalog. */
export interface ModelEntry extends EntryContent {
  /** 1, 2, 3 …: one more per change, also across a removal and a new registration of the same id. */
  readonly revision: number
}
