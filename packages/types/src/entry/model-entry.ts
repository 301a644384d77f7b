import type { DiagnosisNote } from '../error/catalog-error.ts'
import type { DirectoryIdentity, FileDigest, FileState } from './file-digest.ts'
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
  /** Absent until declared or found by the first verification. */
  readonly sizeBytes?: number
  /** Absent until declared or computed by the first verification. */
  readonly digest?: Sha256Digest
  readonly extra?: ExtraFields
}

/** The state in which a file was read, as evidence keeps it: by volume, and without a device number. */
export interface RecordedFingerprint extends FileState {
  /** The directory that the file was in: if it is not there, neither is the volume. */
  readonly directory?: DirectoryIdentity & { readonly extra?: ExtraFields }
  /** The id of the volume, where it is another than that of the evidence. */
  readonly volume?: string
  /** Only in evidence that an older version kept by the name of its host. */
  readonly dev?: string
  readonly extra?: ExtraFields
}

/** Which file of a multi-file model had which fingerprint. */
export interface FileFingerprint {
  readonly path: string
  readonly fingerprint: RecordedFingerprint
  readonly extra?: ExtraFields
}

/** What the last reading of a model's bytes on one volume found. */
export interface Evidence extends Omit<FileDigest, 'sizeBytes' | 'fingerprint' | 'digest'> {
  readonly outcome: 'match' | 'mismatch'
  /** The id of the volume; absent in evidence that an older version kept by the name of its host. */
  readonly volume?: string
  /** Where the volume's anchor was; absent if it has none: then the evidence ends with the process that read. */
  readonly anchor?: string
  /** The label of the machine that read. */
  readonly node?: string
  /** Which start of the machine that was. */
  readonly bootId?: string
  /** What was found, which on a mismatch is not what the entry expects. */
  readonly digest: Sha256Digest
  /** Of the one file that the model has; absent for a multi-file model. */
  readonly fingerprint?: RecordedFingerprint
  /** Of each file of a multi-file model, as far as they were read. */
  readonly files?: readonly FileFingerprint[]
  /** How many bytes were read. */
  readonly bytes: number
  /** When the reading ended, ISO-8601 UTC. */
  readonly at: string
  /** What a first look at files without a declared digest found, often nothing; absent if none was taken. */
  readonly look?: readonly DiagnosisNote[]
  readonly extra?: ExtraFields
}

/** Why a model is `Failed`. */
export interface Failure {
  readonly reason: 'digest-mismatch' | 'size-mismatch' | 'not-a-model'
  /** A digest, or a number of bytes in decimal: as `reason` says. For `not-a-model` `model`, and found is the kind of its first diagnosis. */
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

/** Who fills a model's partial file. Until its time only the holder of the download writes there. */
export interface Download {
  /** Who: chosen by the caller, or made up for each opened catalog. */
  readonly holder: string
  readonly node: string
  /**
   * The id of the volume that is written to: the holder resumes there, even if its machine has another name by then.
   */
  readonly volume?: string
  /** The absolute path of the partial file, or of the directory of a multi-file model. */
  readonly path: string
  /** ISO-8601 UTC. */
  readonly startedAt: string
  /** ISO-8601 UTC. After it another provisioner may go on with the download. */
  readonly until: string
  /** Files were being moved to their names: they may stand there without having been read. */
  readonly placing?: true
  readonly extra?: ExtraFields
}

/** That downloads of a model failed, and when the next one may be tried. It goes once the model's bytes are right, or others. */
export interface FailedDownload {
  /** How many have failed, one after the other. */
  readonly attempts: number
  /** What the last one failed of, as its provisioner says it: for people, without credentials. */
  readonly problem: string
  readonly holder: string
  readonly node: string
  /** ISO-8601 UTC. */
  readonly at: string
  /** ISO-8601 UTC. Before it no provisioner tries again unasked; absent if it would be of no use. */
  readonly retryAt?: string
  readonly extra?: ExtraFields
}

/** A wrong file that was moved to a `.quarantined-<n>` name. */
export interface QuarantinedFile {
  /** Absolute, on the node. */
  readonly path: string
  readonly node: string
  /** ISO-8601 UTC. */
  readonly at: string
  readonly sizeBytes: number
  /** What was found; absent where the file was not read to its end, as for a wrong size. */
  readonly digest?: Sha256Digest
  readonly diagnosis?: readonly DiagnosisNote[]
  readonly extra?: ExtraFields
}

/** A holder uses the model: until the lease ends it is neither removed nor retired, and its files stay. */
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
  /** Where the model comes from. As it was registered, with any credentials: show it only through `redactSource` or `toPublicEntry`. */
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
  /** Path of the model file inside the root, `/` between segments; of a multi-file model, of its directory. */
  readonly file?: string
  /** Absolute path of a model file, or directory, registered in place, outside the root. */
  readonly location?: string
  /** The files of a multi-file model: all of them right, or the model is not usable. `digest` is that of their manifest. */
  readonly files?: readonly ModelFile[]
  readonly tags?: readonly string[]
  readonly digestOrigin?: DigestOrigin
  /**
   * By volume: what was read on one says nothing of another. The key is the volume's id; for a network or unknown file system
   * that, `@` and the node; for a volume without an anchor `unanchored@` and the node.
   */
  readonly evidence?: Readonly<Record<string, Evidence>>
  readonly failure?: Failure
  readonly download?: Download
  readonly failedDownload?: FailedDownload
  readonly quarantine?: readonly QuarantinedFile[]
  readonly leases?: readonly Lease[]
  readonly extra?: ExtraFields
}

/** One model in the catalog. Frozen: change it through the catalog. */
export interface ModelEntry extends EntryContent {
  /** 1, 2, 3 …: one more per change, also across a removal and a new registration of the same id. */
  readonly revision: number
}
