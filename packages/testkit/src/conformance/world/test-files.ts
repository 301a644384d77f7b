/** The files of one test. They are changed here without the port under test. */
export interface TestFiles {
  /** Absolute path of an empty directory. */
  readonly root: string
  /** Absolute path of another empty directory in the same file system, not below the root. */
  readonly outside: string
  /**
   * Creates a file, and its directories if they are missing. A file that exists is written over: its identity stays, its
   * fingerprint changes if the number of bytes does.
   */
  write(path: string, content: string | Uint8Array): Promise<void>
  /** The content of a file that was written as a string; undefined if nothing is at the path. */
  read(path: string): Promise<string | undefined>
  /** Creates a directory, and its parents if they are missing. */
  makeDirectory(path: string): Promise<void>
  /** Removes a file or a directory with all that is in it. */
  remove(path: string): Promise<void>
  /** Creates a symbolic link. Only called if the implementation does not lack `symbolic-links`. */
  makeLink(target: string, path: string): Promise<void>
  /** Removes all files. */
  dispose(): Promise<void>
}
