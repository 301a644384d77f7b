/** Room `disk`: what the store asks of a disk, and this machine's disk. */

import type { FileKind, Fingerprint } from '@catalog/types'

/** The result of a disk call, which may be immediate: the hot path then needs no turn of the event loop. */
export type Awaitable<T> = T | Promise<T>

/**
 * How a file is opened. All but `read` refuse a symbolic link at the path. `append`: read and append, must
 * exist. `create`: append, created if missing. `create-new`: must not exist.
 */
export type OpenMode = 'read' | 'append' | 'create' | 'create-new'

export interface FileStatus {
  readonly size: number
  /** Which file it is: a copy has another. */
  readonly ino: number
  /** How many names the file has: 0 once it was removed, or another was put in its place. */
  readonly nlink: number
}

/** An open file of the catalog. */
export interface OpenFile {
  /** `fstat` */
  status(): Awaitable<FileStatus>
  /** Whether the path by which it was opened still names this file. */
  isNamed(): Awaitable<boolean>
  /** Reads into the buffer from a position; fewer bytes than asked for, or 0 at the end. */
  read(buffer: Uint8Array, position: number): Awaitable<number>
  /** One `write(2)` at the end of the file. It may write fewer bytes than given: compare the count. */
  append(bytes: Uint8Array): Awaitable<number>
  /**
   * Writes all of the bytes again at a position where they already are. Linux counts a page that it failed to
   * write as written: only bytes that are written again are certain to be covered by the next sync.
   */
  rewrite(bytes: Uint8Array, position: number): Awaitable<void>
  /** `fdatasync`: afterwards the bytes, and the size needed to find them, survive a power cut. */
  sync(): Awaitable<void>
  /** Closes the file. */
  close(): Awaitable<void>
}

/** All disk calls of the store. Errors are those of Node.js, with `code`. Tests pass a faulty disk. */
export interface FileSystem {
  /** Opens a file in a mode. */
  open(path: string, mode: OpenMode): Awaitable<OpenFile>
  /** Creates the directory and its missing parents; returns the first one created, or undefined. */
  makeDirectory(path: string): Awaitable<string | undefined>
  /** The names in a directory. */
  list(path: string): Awaitable<readonly string[]>
  /** Gives a file a second name; EEXIST if the name is taken. */
  link(from: string, to: string): Awaitable<void>
  /** Gives a file another name in one step, replacing the file that has it. */
  rename(from: string, to: string): Awaitable<void>
  /** Removes a file. */
  remove(path: string): Awaitable<void>
  /**
   * The age of a file since its last change in milliseconds, by the clocks of the disk and of this machine.
   */
  ageMs(path: string): Awaitable<number>
  /** Afterwards the names in the directory survive a power cut. */
  syncDirectory(path: string): Awaitable<void>
  /**
   * Calls the listener soon after something in the directory has changed. Some changes may be missed. Absent,
   * or throwing, if the disk does not report changes.
   */
  watchDirectory?(path: string, listener: () => void): DirectoryWatch
  /** What is at a path, without following a symbolic link; undefined if nothing is. */
  kindOf?(path: string): Awaitable<FileKind | undefined>
  /**
   * Identity and state of the file at a path, without following a symbolic link; undefined if it does not
   * exist.
   */
  fingerprintOf?(path: string): Awaitable<Fingerprint | undefined>
  /** The `statfs(2)` type of the file system that a path is on. */
  typeOf?(path: string): Awaitable<number>
}

/** A watch that `watchDirectory` began. */
export interface DirectoryWatch {
  /** Ends the watch: the listener is not called any more. */
  close(): void
}
