import type { Fingerprint } from '../entry/file-digest.ts'

/** What can be at a path. */
export type FileKind =
  | 'file'
  | 'directory'
  | 'symbolic link'
  | 'fifo'
  | 'socket'
  | 'character device'
  | 'block device'
  | 'file of an unknown kind'

/** Where a model file is: inside the root (`/` between segments), or in place elsewhere (absolute). */
export type FileReference =
  | { readonly file: string }
  | { readonly location: string; readonly links?: AllowedLinks }

/** Where the symbolic links of a model in place may lead, whatever the policy for all others is. */
export interface AllowedLinks {
  /** Absolute path of a directory that they may lead into. */
  readonly into: string
  /** The location of the whole model, a file or a directory: its files may be there without any link. */
  readonly within: string
}

/** What was found at a path. */
export interface FileAtPath {
  readonly path: string
  /** `other`: a socket, FIFO or device. */
  readonly kind: 'file' | 'symlink' | 'other'
  readonly fingerprint: Fingerprint
  /** How many names the file has, this one included. */
  readonly links: number
}

/** A file that was found below the root. */
export interface FoundFile extends FileAtPath {
  /** Relative to the root, `/` between segments. */
  readonly file: string
}

/** A path that could not be examined. */
export interface UnreadablePath {
  /** Absolute: a directory, with all that is below it, or a file. */
  readonly path: string
  readonly errno: string
}

/** What was found below the root. */
export interface FoundFiles {
  /** Ordered by path. */
  readonly files: readonly FoundFile[]
  /**
   * Paths below which there may be more: nothing below them is listed, and none of it may be taken for
   * missing. Ordered by path.
   */
  readonly unreadable: readonly UnreadablePath[]
}

/**
 * How two equal files become one: two entries refer to one file, one file has two names, or two files share
 * their blocks until one is written.
 */
export type DedupeMethod = 'reference' | 'hard-link' | 'reflink'

/** The places of model files. Only `locate` and `assertReachable` access the disk. */
export interface ModelPaths {
  /** The absolute path, in the root or in place. */
  pathOf(reference: FileReference): string
  /**
   * How an entry would refer to the file at this path. A relative path is resolved from the working
   * directory.
   */
  referenceTo(path: string): FileReference
  /** The absolute paths in the order in which they are searched: in the root, then in each read-only root. */
  pathsOf(reference: FileReference): readonly string[]
  /**
   * Whether this model file may be a symbolic link, which its readers then follow. `locate` and
   * `assertReachable` say whether it leads to where it may.
   */
  followsLinks(reference: FileReference): boolean
  /**
   * The paths of files that belong together: all of them in the first root in which the first one exists, or
   * in the root itself if it exists in none.
   *
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead to where they may not lead
   * @throws {CatalogError} IO if the disk cannot be read
   */
  locate(references: readonly FileReference[]): Promise<readonly string[]>
  /**
   * The same rule for one existing file, at one of its `pathsOf`, synchronously: one `lstat` of each
   * directory between its root and the file, and, if links may lead into the roots, of the file. A file in
   * place with `links` must really be below one of the two directories; only if there is a link, at the
   * location or below it, are the real paths looked up.
   *
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead to where they may not lead
   * @throws {CatalogError} IO if the disk cannot be read
   */
  assertReachable(reference: FileReference, path: string): void
}

/**
 * The files below the root, and what may be done to them. Every change is durable, with its names, when it
 * resolves.
 */
export interface ModelFiles extends ModelPaths {
  /**
   * All files below the root, without those of the catalog itself. A path that cannot be examined is reported
   * in `unreadable`, and the rest is listed.
   *
   * @throws {CatalogError} IO if the root itself cannot be read
   */
  listFiles(): Promise<FoundFiles>
  /**
   * What is at an absolute path; undefined if nothing is.
   *
   * @throws {CatalogError} IO if the disk cannot be read
   */
  lookAt(path: string): Promise<FileAtPath | undefined>
  /**
   * Creates the directory of the path, and its parents, if they are missing.
   *
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be written
   */
  makeParent(path: string): Promise<void>
  /**
   * Makes the bytes of a file durable.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} IO if the disk cannot be written
   */
  syncFile(path: string): Promise<void>
  /**
   * Gives a file another name in the same file system. Never replaces another file: returns false, with
   * nothing done, if one exists.
   *
   * @throws {CatalogError} FILE_MISSING if there is no file at `from`
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be written
   */
  moveFile(from: string, to: string): Promise<boolean>
  /**
   * Gives a directory, with all that is in it, another name in the same file system; the ctime of its files
   * stays. Returns false, with nothing done, if something exists at `to`, if the file system cannot move it
   * (EXDEV), or if the directory holds any other file than these. An empty directory that appears at `to` at
   * the last moment is replaced; a file that appears in the directory at the last moment is moved with it,
   * and is not a file of the model.
   *
   * @param files all that may be in it: relative, `/` between segments
   *
   * @throws {CatalogError} FILE_MISSING if there is no directory at `from`
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be written
   */
  moveDirectory(from: string, to: string, files: readonly string[]): Promise<boolean>
  /**
   * Removes an empty directory; false if it is not empty, not a directory, or does not exist.
   *
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} IO if the disk cannot be written
   */
  removeDirectory(path: string): Promise<boolean>
  /**
   * Removes a file that still has this fingerprint; false if it has another one, or does not exist.
   *
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} IO if the disk cannot be written
   */
  removeFile(path: string, expected: Fingerprint): Promise<boolean>
  /**
   * Moves the file at `path`, if it still has the expected fingerprint, to `aside`, a new name in the same
   * directory, and puts another name of `source`, or a file that shares its blocks, in its place. Returns the
   * fingerprint of what is then at `path`, which has not been read; undefined, with nothing done, if the file
   * has another fingerprint. A file that another process creates at `path` meanwhile stays.
   *
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the file system cannot do it (ENOTSUP, EXDEV; nothing was done) or the disk
   *   fails
   */
  replaceByCopy(path: string, source: string, options: ReplaceOptions): Promise<Fingerprint | undefined>
  /**
   * How many bytes may still be written into the root.
   *
   * @throws {CatalogError} IO if the disk cannot be read
   */
  measureFreeBytes(): Promise<number>
}

/** How a file is replaced by one that shares the bytes of another. */
export interface ReplaceOptions {
  /** Where the file that is replaced is kept. */
  readonly aside: string
  /** Where the link or the copy is made before it takes the place of the file. */
  readonly prepared: string
  readonly expected: Fingerprint
  readonly method: Exclude<DedupeMethod, 'reference'>
}
