import type { DirectoryIdentity } from '../entry/file-digest.ts'

/** A file system that is told from every other by a random id. */
export interface Volume {
  /** Of its anchor file; without one, of this process, which keeps the volume open: then its evidence ends with the process. */
  readonly id: string
  /** Its device number, which may be another one after a restart. */
  readonly dev: string
  /** The absolute path of its anchor file; absent where it has none. */
  readonly anchor?: string
  /** The type as people call it: `ext4`, `xfs`, `nfs` …, or `unknown`. */
  readonly type: string
  /**
   * Whether what one machine read there is true for every other that has the volume. False for network file systems, FUSE
   * and types that were not tried.
   */
  readonly isLocal: boolean
  /** Whether it records when a file was made, which no program can change. */
  readonly hasBirthTime: boolean
  /**
   * Whether its ctime is one of its own, which no program can set. False for exFAT by FUSE and the like: there a file that was
   * written and got its mtime back looks as it was. Of a volume without an anchor it is not known, and taken for true.
   */
  readonly hasChangeTime: boolean
}

/** Which file systems are there, and which file is on which. */
export interface Volumes {
  /** When this machine was started: another text after each start; undefined where the system does not tell. */
  readonly bootId: string | undefined
  /** All volumes that are known and there, each confirmed at this moment. */
  list(): readonly Volume[]
  /**
   * The volume that has this device number at this moment, by one `lstat` of its anchor, at once; undefined for one without
   * an anchor that this process knows. `anchors` are paths where one may be besides.
   */
  find(dev: string, anchors?: readonly string[]): Volume | undefined
  /**
   * The volume of a file, or directory, before it is read for evidence. Makes the anchor of the root's volume if there is
   * none; keeps another volume without an anchor open until `close`. FILE_MISSING, READ_ONLY, IO.
   */
  prepare(path: string, anchors?: readonly string[]): Promise<Volume>
  /** The directory of a file, at once; undefined if it is not there. */
  directoryOf(path: string): DirectoryIdentity | undefined
  /** Lets go of what it keeps open. */
  close(): Promise<void>
}
