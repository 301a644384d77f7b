import type { DiagnosisNote } from '../error/catalog-error.ts'
import type { DigestOrigin } from './digest-origin.ts'
import type { DirectoryIdentity, FileDigest, FileState } from './file-digest.ts'
import type { LifecycleState } from './lifecycle-state.ts'
import type { ModelFacts } from './model-facts.ts'
import type { ModelId } from './model-id.ts'
import type { Sha256Digest } from './sha256-digest.ts'

/** Fields written by another version or by another tool. They are kept through every read and write. */
export type ExtraFields = Readonly<Record<string, unknown>>

/** One file of a multi-file model. */
export interface ModelFile {
  /** Relative to the model's directory, `/` between segments. */
  readonly path: string
  /** Absent until declared or found by the first verification. */
  readonly sizeBytes?: number
  /** Absent until declared or computed by the first verification. */
  readonly digest?: Sha256Digest
  readonly extra?: ExtraFields
}

/** The state of a file when it was read, as evidence records it: by volume, without a device number. */
export interface RecordedFingerprint extends FileState {
  /** The directory of the file: if it does not exist, the volume is not mounted. */
  readonly directory?: DirectoryIdentity & { readonly extra?: ExtraFields }
  /** The id of the volume, if it is not that of the evidence. */
  readonly volume?: string
  /** Only in evidence that an older version recorded by host name. */
  readonly dev?: string
  readonly extra?: ExtraFields
}

/** The fingerprint of one file of a multi-file model. */
export interface FileFingerprint {
  readonly path: string
  readonly fingerprint: RecordedFingerprint
  readonly extra?: ExtraFields
}

/** The result of the last reading of a model's bytes on one volume. */
export interface Evidence extends Omit<FileDigest, 'sizeBytes' | 'fingerprint' | 'digest'> {
  readonly outcome: 'match' | 'mismatch'
  /** The id of the volume; absent in evidence that an older version recorded by host name. */
  readonly volume?: string
  /**
   * The path of the volume's anchor; absent if it has none: the evidence then ends with the process that
   * read.
   */
  readonly anchor?: string
  /** The label of the machine that read. */
  readonly node?: string
  /** The `bootId` of that machine at the time. */
  readonly bootId?: string
  /** The digest that was found; on a mismatch it is not the one that the entry expects. */
  readonly digest: Sha256Digest
  /** The fingerprint of the model's only file; absent for a multi-file model. */
  readonly fingerprint?: RecordedFingerprint
  /** The fingerprint of each file of a multi-file model that was read. */
  readonly files?: readonly FileFingerprint[]
  /** How many bytes were read. */
  readonly bytes: number
  /** When the reading ended, ISO-8601 UTC. */
  readonly at: string
  /**
   * What a first look at files without a declared digest found, often nothing; absent if no look was taken.
   */
  readonly look?: readonly DiagnosisNote[]
  readonly extra?: ExtraFields
}

/** What the headers of a model's files said when they were read. */
export interface RecordedFacts extends ModelFacts {
  /** Of the bytes that were read: facts of other bytes than the entry's are dropped. */
  readonly digest: Sha256Digest
}

/** Why a model is Failed. */
export interface Failure {
  readonly reason: 'digest-mismatch' | 'size-mismatch' | 'not-a-model'
  /**
   * By `reason`: a digest, or a decimal number of bytes. For `not-a-model` it is `model`, and `found` is the
   * kind of the first diagnosis.
   */
  readonly expected: string
  readonly found: string
  /** The node that found it. */
  readonly node: string
  readonly path: string
  /** ISO-8601 UTC. */
  readonly at: string
  /** What the file looks like instead, the most telling first. */
  readonly diagnosis?: readonly DiagnosisNote[]
  readonly extra?: ExtraFields
}

/** The download of a model by one holder, which alone writes to the partial file until `until`. */
export interface Download {
  /** Chosen by the caller, or a random name for each opened catalog. */
  readonly holder: string
  readonly node: string
  /**
   * The id of the volume that is written to. The holder resumes there, even if the name of its machine has
   * changed.
   */
  readonly volume?: string
  /** The absolute path of the partial file; for a multi-file model, of its directory. */
  readonly path: string
  /** ISO-8601 UTC. */
  readonly startedAt: string
  /** ISO-8601 UTC. After it another provisioner may take over the download. */
  readonly until: string
  /** Present while files are moved to their names: there may be files at them that were not read. */
  readonly placing?: true
  readonly extra?: ExtraFields
}

/**
 * The failed downloads of a model, and when the next one may be tried. Removed once the model's bytes are
 * right, or are declared anew.
 */
export interface FailedDownload {
  /** How many failed in a row. */
  readonly attempts: number
  /** Why the last one failed, in the provisioner's words: for people, without credentials. */
  readonly problem: string
  readonly holder: string
  readonly node: string
  /** ISO-8601 UTC. */
  readonly at: string
  /** ISO-8601 UTC. No provisioner tries again before it on its own; absent if trying again is of no use. */
  readonly retryAt?: string
  readonly extra?: ExtraFields
}

/** A wrong file that was moved to a `.quarantined-<n>` name. */
export interface QuarantinedFile {
  /** The absolute path on the node. */
  readonly path: string
  readonly node: string
  /** ISO-8601 UTC. */
  readonly at: string
  readonly sizeBytes: number
  /** The digest that was found; absent if the file was not read to the end, as after a wrong size. */
  readonly digest?: Sha256Digest
  readonly diagnosis?: readonly DiagnosisNote[]
  readonly extra?: ExtraFields
}

/**
 * The use of a model by a holder. Until the lease ends the model is neither removed nor retired, and its
 * files stay.
 */
export interface Lease {
  readonly id: string
  readonly holder: string
  readonly node: string
  /** When it was first taken, ISO-8601 UTC. */
  readonly at: string
  /** ISO-8601 UTC. From then on it is no longer active. */
  readonly until: string
  readonly extra?: ExtraFields
}

/** One model in the catalog, without the revision that the store gives it. */
export interface EntryContent {
  readonly id: ModelId
  readonly name: string
  /**
   * Where the model comes from, as it was registered, with any credentials: show it only through
   * `redactSource` or `toPublicEntry`.
   */
  readonly source: string
  /** The digest that the bytes must have; null until declared or computed by the first verification. */
  readonly digest: Sha256Digest | null
  readonly state: LifecycleState
  /** ISO-8601 UTC. */
  readonly registeredAt: string
  /** When the bytes were last found right, ISO-8601 UTC; null if never. */
  readonly verifiedAt: string | null
  /** The declared size. A file of another size is wrong before its first byte is read. */
  readonly sizeBytes?: number
  /**
   * Path of the model file inside the root, `/` between segments; for a multi-file model, of its directory.
   */
  readonly file?: string
  /** Absolute path of a model file, or directory, registered in place, outside the root. */
  readonly location?: string
  /**
   * Absolute path of the directory that symbolic links of a model in place may lead into, whatever the policy
   * for symbolic links is. Any other link is refused.
   */
  readonly linksInto?: string
  /**
   * The files of a multi-file model, which is usable only if all of them are right. `digest` is then the
   * digest of their manifest.
   */
  readonly files?: readonly ModelFile[]
  readonly tags?: readonly string[]
  /** Who declared `digest`; absent if that was not recorded, as in a catalog.json of another tool. */
  readonly digestOrigin?: DigestOrigin
  /**
   * Evidence by volume: what was read on one does not apply to another. The key is the volume's id; for a
   * network or unknown file system the id, `@` and the node; for a volume without an anchor `unanchored@` and
   * the node.
   */
  readonly evidence?: Readonly<Record<string, Evidence>>
  /**
   * What the headers of the model's files say, as the last verification that found the bytes right read it.
   * Absent if they say nothing, and until then.
   */
  readonly facts?: RecordedFacts
  readonly failure?: Failure
  readonly download?: Download
  readonly failedDownload?: FailedDownload
  readonly quarantine?: readonly QuarantinedFile[]
  readonly leases?: readonly Lease[]
  readonly extra?: ExtraFields
}

/** One model in the catalog. Frozen: change it through the catalog. */
export interface ModelEntry extends EntryContent {
  /** 1, 2, 3 …: one more with each change, also across a removal and a new registration of the same id. */
  readonly revision: number
}
