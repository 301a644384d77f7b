import type {
  DiagnosisNote,
  DirectoryIdentity,
  FileDigest,
  LookResult,
  ModelFacts,
  ModelFile,
  Sha256Digest,
  Volume,
} from '@catalog/types'

/** One file of a model that is to be read. */
export interface TargetFile {
  /** Where it is read. */
  readonly path: string
  /** Where it belongs: another path than `path` while it is a partial file. */
  readonly place: string
  /** Which file of the manifest it is; absent in a model of one file. */
  readonly part?: ModelFile
}

/** A file as it was found. */
export interface ReadFile extends TargetFile {
  readonly sizeBytes: number
  /** On which volume, and in which directory of it, the file was. */
  readonly volume: Volume
  readonly directory?: DirectoryIdentity
  /** Absent if it was only measured. */
  readonly read?: FileDigest
  /** What a first look at it found; absent if its digest is declared. */
  readonly look?: LookResult
}

/** What a node found when it read a model's files, right or wrong. */
export interface Reading {
  /** What is missing of the set that the files belong to: then none was read. */
  readonly missing?: readonly DiagnosisNote[]
  readonly node: string
  /** Whether the store is that of several machines. */
  readonly isShared: boolean
  readonly bootId?: string | undefined
  /** When it ended, ISO-8601 UTC. */
  readonly at: string
  /** The model's file, or the directory of all. */
  readonly path: string
  /** All of them, in the order of the manifest. */
  readonly files: readonly ReadFile[]
  /** Of the one file, or of the manifest that the files make; absent if they were only measured, because a size is wrong. */
  readonly digest?: Sha256Digest
  /** What the headers of the files that were read say; absent if they say nothing. */
  readonly facts?: ModelFacts
  /** How many bytes were read. */
  readonly bytes: number
  readonly durationMs: number
  /** What the first wrong file looks like instead. */
  readonly diagnosis?: readonly DiagnosisNote[]
}

/** What was read of each file of a manifest, by its path there. */
export function readByPath({ files }: Reading): ReadonlyMap<string, FileDigest> {
  return new Map(files.flatMap(({ part, read }) => (part && read ? [[part.path, read]] : [])))
}
