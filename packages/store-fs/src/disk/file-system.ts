/** Room `disk`: what the store asks of a disk, and this machine's disk. */

import type { FileKind, Fingerprint } from '@catalog/types'

/** A call of the disk that may answer at once: the hot path stays free of needless turns of the event loop. */
export type Awaitable<T> = T | Promise<T>

/**
 * How a file is opened. All but `read` refuse a symbolic link in the last place of the path.
 * `append`: read and append, must exist. `create`: append, made where absent. `create-new`: must not exist.
 */
export type OpenMode = 'read' | 'append' | 'create' | 'create-new'

export interface FileStatus {
  readonly size: number
  /** Which file it is: a copy has another. */
  readonly ino: number
  /** How many names the file has: 0 once it was removed, or another was put in its place. */
  readonly nlink: number
}

/** An open file of the catalog's own. */
export interface OpenFile {
  /** `fstat` */
  status(): Awaitable<FileStatus>
  /** Whether the path that it was opened by still names this file. */
  isNamed(): Awaitable<boolean>
  /** Reads into the buffer from a position; fewer bytes than asked for, or 0 at the end. */
  read(buffer: Uint8Array, position: number): Awaitable<number>
  /** One `write(2)` at the end of the file. May write fewer bytes than given: compare the count. */
  append(bytes: Uint8Array): Awaitable<number>
  /**
   * Writes bytes where they already stand, all of them. A page that Linux could not write counts as written from then
   * on: only what was put there again is certain to be covered by the next sync.
   */
  rewrite(bytes: Uint8Array, position: number): Awaitable<void>
  /** `fdatasync`: afterwards the bytes, and the size needed to find them, survive a power cut. */
  sync(): Awaitable<void>
  /** Closes the file. */
  close(): Awaitable<void>
}

/**
 * All that the store asks of a disk. Errors are those of Node, with `code`. Tests put a faulty disk here.
 */
export interface FileSystem {
  /** Opens a file as `mode` says. */
  open(path: string, mode: OpenMode): Awaitable<OpenFile>
  /** Makes the directory and its missing parents; the first of them that had to be made, or undefined. */
  makeDirectory(path: string): Awaitable<string | undefined>
  /** The names in a directory. */
  list(path: string): Awaitable<readonly string[]>
  /** Gives a file a second name; EEXIST where the name is taken. */
  link(from: string, to: string): Awaitable<void>
  /** Gives a file another name, in one step, replacing what has it. */
  rename(from: string, to: string): Awaitable<void>
  /** Removes a file. */
  remove(path: string): Awaitable<void>
  /** Age of a file since its last change, by the disk's clock and this machine's. */
  ageMs(path: string): Awaitable<number>
  /** Afterwards the names in the directory survive a power cut. */
  syncDirectory(path: string): Awaitable<void>
  /**
   * Calls the listener soon after something in the directory has changed. Some changes may go untold. Absent, or
   * throwing, where the disk cannot tell of any.
   */
  watchDirectory?(path: string, listener: () => void): DirectoryWatch
  /** What stands at a path, not followed if it is a symbolic link; undefined where nothing does. */
  kindOf?(path: string): Awaitable<FileKind | undefined>
  /**
   * Which file a path names and when it was last changed, not followed if it is a symbolic link; undefined if it does
   * not exist.
   */
  fingerprintOf?(path: string): Awaitable<Fingerprint | undefined>
  /** The `statfs(2)` type of the file system that a path is on. */
  typeOf?(path: string): Awaitable<number>
}

/** What `watchDirectory` began. */
export interface DirectoryWatch {
  /** Ends it: the listener is not called any more. */
  close(): void
}
