import type { LayoutName } from './layout-name.ts'
import type { ScanProblem } from './scan-problem.ts'

/**
 * Who says which digest a file has. `hub`: a model hub, by what its client recorded. `registry`: the manifest
 * of a registry. `list`: a checksum list, or a signature whose key was not checked, which is no more than a list.
 * `name`: the name of the file alone.
 */
export type DeclaredBy = 'hub' | 'registry' | 'list' | 'name'

/** A digest that a store states for a file. It is a claim until the bytes were read. */
export interface DeclaredDigest {
  /** SHA-256, 64 lower-case hexadecimal characters. */
  readonly digest: string
  readonly origin: DeclaredBy
  /** The absolute path of the file that states it, or whose name does. */
  readonly declaredIn: string
}

/** One file of a model that has several. */
export interface CandidateFile {
  /** Relative to the model's directory, `/` between segments. */
  readonly path: string
  readonly sizeBytes: number
  readonly declared?: DeclaredDigest
  /** The git blob id that the store states (SHA-1, 40 hexadecimal characters), for files without a SHA-256. */
  readonly gitBlobId?: string
}

/** What belongs to a model and is not part of its weights. It is listed, not registered. */
export type CompanionRole =
  | 'adapter'
  | 'configuration'
  | 'draft'
  | 'license'
  | 'projector'
  | 'template'
  | 'other'

/** A file that belongs to a model, as a chat template, a licence or a vision projector. */
export interface Companion {
  /** Absolute. */
  readonly path: string
  readonly role: CompanionRole
  readonly sizeBytes: number
}

/** A model that a scan found in a store, and that can be registered where it is. */
export interface Candidate {
  readonly layout: LayoutName
  /** The absolute path of the store's root. */
  readonly store: string
  /** The id that the model is registered by, unless another model has it: the layout, then the name. */
  readonly id: string
  /** As the tool shows it. */
  readonly name: string
  /** Other names that the store has for the same bytes. */
  readonly otherNames: readonly string[]
  /** A reference as `ModelRef.parse` accepts. */
  readonly source: string
  /** The absolute path of the model file; with `files`, of their directory. */
  readonly location: string
  /** The directory that symbolic links of the model lead into; absent if it has none. */
  readonly linksInto?: string
  /** Of a model that is one file. */
  readonly declared?: DeclaredDigest
  /** Of a model that is one file; see `CandidateFile`. */
  readonly gitBlobId?: string
  /** The files of a model that has several, sorted by path. */
  readonly files?: readonly CandidateFile[]
  /** All files together, without companions. */
  readonly sizeBytes: number
  readonly companions: readonly Companion[]
  /** What is wrong with it, or missing, that does not keep it from being registered. */
  readonly problems: readonly ScanProblem[]
}

/** One thing that a scan found: a model, or why something that looks like one cannot be adopted. */
export type ScanItem =
  | { readonly kind: 'candidate'; readonly candidate: Candidate }
  | { readonly kind: 'problem'; readonly problem: ScanProblem }
