import type { DownloadStart } from '../entry/download-start.ts'
import type { FileDigest, Fingerprint } from '../entry/file-digest.ts'
import type { ModelFacts } from '../entry/model-facts.ts'
import type { Sha256Digest } from '../entry/sha256-digest.ts'
import type { DiagnosisNote } from '../error/catalog-error.ts'

/** How far a reading has come. */
export interface DigestProgress {
  readonly doneBytes: number
  readonly totalBytes: number
}

/** Options of one reading. */
export interface DigestFileOptions {
  /** Cancels: the promise rejects with the signal's reason and the file is closed. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes are read, at most about ten times a second, and once at the end. */
  readonly onProgress?: ((progress: DigestProgress) => void) | undefined
}

/** How a file may be reached and read. */
export interface ReadFileOptions {
  /** Whether the path may be a symbolic link; what it leads to is checked like any file. Default false. */
  readonly followSymlink?: boolean | undefined
}

/** A file that is open for reading: exactly the one that its fingerprint describes. */
export interface OpenModelFile {
  /** The absolute path by which it was opened; another file may have that name by now. */
  readonly path: string
  /** The descriptor: for reading at any offset, for as long as the file is not closed. */
  readonly fd: number
  readonly sizeBytes: number
  readonly fingerprint: Fingerprint
  /** Closes the descriptor. May be called more than once. */
  close(): Promise<void>
}

/** What is known of a wrong file; each makes more findings possible. */
export interface WrongFile extends ReadFileOptions {
  readonly expectedDigest?: Sha256Digest | undefined
  readonly expectedSizeBytes?: number | undefined
  readonly foundDigest?: Sha256Digest | undefined
  readonly previousFoundDigest?: string | undefined
  /** Ids by digest, to recognise the file of another entry. */
  readonly knownDigests?: ReadonlyMap<string, string> | undefined
  readonly signal?: AbortSignal | undefined
}

/** How the headers of a model's files are read. */
export interface ReadFactsOptions extends ReadFileOptions {
  /** Cancels: the promise rejects with the signal's reason, and all files are closed. */
  readonly signal?: AbortSignal | undefined
}

/** What the first look at a file goes by. */
export interface FirstLook extends ReadFileOptions {
  /** The name that the model gives the file, which says what it should be: that of a partial file says nothing. */
  readonly name: string
  /** Whether the model has more files: then an empty one is conclusive only if its name promises weights. */
  readonly isPart: boolean
  readonly signal?: AbortSignal | undefined
}

/** What the first look at a file found, the most telling first; both lists are empty for most files. */
export interface LookResult {
  /** Why it cannot be the model: conclusive diagnoses only. */
  readonly refusals: readonly DiagnosisNote[]
  /** What may be right and is worth knowing, as a tail of zeros. */
  readonly notes: readonly DiagnosisNote[]
}

/** Shards of a set, by names like `model-00001-of-00005.safetensors`. */
export interface FoundShards {
  /** The name of the set: the path without the numbers. */
  readonly name: string
  /** The shards that are there, the first of the set first. */
  readonly present: readonly string[]
  /** The names of the first hundred that are missing; none if the set is whole. */
  readonly missing: readonly string[]
  readonly missingCount: number
}

/** A file with its digest, as a manifest lists it. */
export interface DigestedFile {
  readonly path: string
  readonly digest: string
}

/** Examines files without reading them to their end. */
export interface FileInspector {
  /**
   * The fingerprint of a regular file, without opening it.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   */
  statFile(path: string, options?: ReadFileOptions): Promise<Fingerprint>
  /**
   * The fingerprint of a regular file by one `stat`, synchronously: it blocks the caller for a few
   * microseconds.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   */
  readFingerprint(path: string, options?: ReadFileOptions): Fingerprint
  /**
   * Opens a regular file for reading. The caller closes it.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   */
  openFile(path: string, options?: ReadFileOptions): Promise<OpenModelFile>
  /**
   * What a wrong file looks like instead, the most telling finding first.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   */
  diagnoseFile(path: string, wrong: WrongFile): Promise<readonly DiagnosisNote[]>
  /**
   * Whether a file can be the model that its name promises. Reads the header and samples.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   */
  takeFirstLook(path: string, look: FirstLook): Promise<LookResult>
  /**
   * What the headers of a model's files say of it; undefined if they say nothing. Reads headers only, and only
   * of the very files that were seen.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at a path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} FILE_CHANGED if a file changed while it was read, or was replaced or written since
   *   it was seen
   */
  readFacts(files: readonly SeenFile[], options?: ReadFactsOptions): Promise<ModelFacts | undefined>
  /**
   * From which byte an interrupted download into a partial file continues. Changes nothing. A missing file is
   * a start over, not an error.
   *
   * @throws {CatalogError} IO if the disk cannot be read
   */
  resumeDownload(path: string): Promise<DownloadStart>
  /** The path of the checkpoint that belongs to a partial file. */
  checkpointPathOf(path: string): string
  /** The digest of a multi-file model: the SHA-256 of the list that `sha256sum` prints, sorted by path. */
  digestManifest(files: readonly DigestedFile[]): Sha256Digest
  /** The sets of shards among these paths, whole or not, by their names. */
  findShards(paths: readonly string[]): readonly FoundShards[]
  /**
   * The shards that an index like `model.safetensors.index.json` names, relative to it; none for any other
   * file, and for an index that does not parse.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   */
  findIndexedShards(path: string, options?: ReadFileOptions): Promise<readonly string[]>
}

/** A file to read, with the fingerprint that it had when it was looked at. */
export interface SeenFile {
  readonly path: string
  readonly fingerprint: Fingerprint
}

/** Reads files to their last byte. */
export interface FileVerifier extends FileInspector {
  /**
   * The SHA-256 of each file, in the order given. The files are read side by side, as many at a time as the
   * verifier has threads, with one progress over the bytes of all: it never goes back, and its total stays.
   * The first file that cannot be read ends the others. All files are closed when it settles.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} FILE_CHANGED if a file changed while it was read, or was replaced or written since
   *   it was seen
   * @throws {CatalogError} CLOSED if the verifier is closed, also while files are read
   */
  digestFiles(files: readonly SeenFile[], options?: VerifyFileOptions): Promise<readonly FileDigest[]>
  /** Ends its threads. What is under way, and every later call, rejects with CLOSED. */
  close(): Promise<void>
}

/** How a file is read to its end. */
export interface VerifyFileOptions extends DigestFileOptions, ReadFileOptions {
  /** The most bytes to read in a second, of all files together; default: no limit. */
  readonly bytesPerSecond?: number | undefined
}
