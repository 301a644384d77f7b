import type { Fingerprint } from '../entry/file-digest.ts'

/** What can stand at a path. */
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
export type FileReference = { readonly file: string } | { readonly location: string }

/** What a look at a path found. */
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

/** What could not be looked at. */
export interface UnreadablePath {
  /** Absolute: a directory, with all that is below it, or a file. */
  readonly path: string
  readonly errno: string
}

/** What was found below the root. */
export interface FoundFiles {
  /** Ordered by path. */
  readonly files: readonly FoundFile[]
  /** What else may be there: nothing below these paths is listed, and none of it may be taken for missing. Ordered by path. */
  readonly unreadable: readonly UnreadablePath[]
}

/**
 * How two equal files become one: two entries that refer to one file, two names of one file, or two files that share their
 * blocks until one is written.
 */
export type DedupeMethod = 'reference' | 'hard-link' | 'reflink'

/** The places of model files. Only `locate` and `assertReachable` touch the disk. */
export interface ModelPaths {
  /** The absolute path, in the root or in place. */
  pathOf(reference: FileReference): string
  /** How an entry would refer to the file at this path; a relative path is one from the working directory. */
  referenceTo(path: string): FileReference
  /** The absolute paths in the order in which they are searched: in the root, then in each read-only root. */
  pathsOf(reference: FileReference): readonly string[]
  /** Whether model files may be symbolic links, so that their readers follow them. */
  readonly followSymlink: boolean
  /**
   * The paths of files that belong together: all of them in the first root in which the first one is, or in the root
   * itself where it is in none. NOT_A_REGULAR_FILE where symbolic links lead to where they may not lead. IO.
   */
  locate(references: readonly FileReference[]): Promise<readonly string[]>
  /**
   * The same rule for one file that is there, at one of its `pathsOf`, at once: by an `lstat` of each directory between its
   * root and the file, and, if links may lead into the roots, of the file. NOT_A_REGULAR_FILE, IO.
   */
  assertReachable(reference: FileReference, path: string): void
}

/** The files below the root, and what may be done to them. Every change is on disk, with its names, when it resolves. */
export interface ModelFiles extends ModelPaths {
  /**
   * All files below the root, without those of the catalog itself. What cannot be looked at is named, and does not keep the rest
   * from being listed. IO for the root itself.
   */
  listFiles(): Promise<FoundFiles>
  /** What is at an absolute path; undefined where there is nothing. IO. */
  lookAt(path: string): Promise<FileAtPath | undefined>
  /** Makes the directory that the path is in. READ_ONLY, NO_SPACE, IO. */
  makeParent(path: string): Promise<void>
  /** Writes the bytes of a file to disk. FILE_MISSING, IO. */
  syncFile(path: string): Promise<void>
  /**
   * Gives a file another name in the same file system. Never over another file: false where there is one, and nothing
   * was done. FILE_MISSING, READ_ONLY, IO.
   */
  moveFile(from: string, to: string): Promise<boolean>
  /**
   * Gives a directory another name in the same file system, with all that is in it, whose ctime stays. Never over what stands
   * there but for an empty directory that came at the last moment: false where there is something, where the file system cannot
   * (EXDEV), or where the directory holds any other file than these, and nothing was done; one that comes to it at the last moment
   * is moved along, and is not a file of the model. FILE_MISSING, READ_ONLY, IO.
   *
   * @param files all that may be in it: relative, `/` between segments
   */
  moveDirectory(from: string, to: string, files: readonly string[]): Promise<boolean>
  /** Removes an empty directory; false where it is not empty, not a directory, or gone. READ_ONLY, IO. */
  removeDirectory(path: string): Promise<boolean>
  /** Removes the file if it still is the one of this fingerprint; false where it is not, or gone. READ_ONLY, IO. */
  removeFile(path: string, expected: Fingerprint): Promise<boolean>
  /**
   * Moves the file at `path` to `aside`, a new name in the same directory, if it still is the one of this fingerprint, and
   * puts another name of `source`, or a file that shares its blocks, in its place. Gives what is in its place then,
   * which has not been read; undefined if the file is another one. A file that comes to `path` meanwhile stays. IO
   * (ENOTSUP, EXDEV: the file system cannot; nothing was done).
   */
  replaceByCopy(path: string, source: string, options: ReplaceOptions): Promise<Fingerprint | undefined>
  /** Bytes that may still be written into the root. IO. */
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
