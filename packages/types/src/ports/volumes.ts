import type { DirectoryIdentity } from '../entry/file-digest.ts'

/** A file system, identified by a random id. */
export interface Volume {
  /**
   * The id in its anchor file. A volume without an anchor has an id of this process, which keeps the volume
   * open: its evidence ends with the process.
   */
  readonly id: string
  /** Its device number, which may change at a restart. */
  readonly dev: string
  /** The absolute path of its anchor file, if it has one. */
  readonly anchor?: string
  /** The usual name of the type: `ext4`, `xfs`, `nfs` …, or `unknown`. */
  readonly type: string
  /**
   * Whether what one machine read there holds for every other machine that mounts the volume. False for
   * network file systems, FUSE and types that were not tested.
   */
  readonly isLocal: boolean
  /** Whether it records the time at which a file was created, which no program can change. */
  readonly hasBirthTime: boolean
  /**
   * Whether it keeps a ctime that no program can set. False for exFAT by FUSE and similar: there a file that
   * was written and whose mtime was restored looks unchanged. It is not known for a volume without an anchor,
   * and taken to be true.
   */
  readonly hasChangeTime: boolean
}

/** Which file systems are mounted, and which file is on which. */
export interface Volumes {
  /**
   * Identifies the running time since this machine was started: another string after each start; undefined if
   * the system does not provide one.
   */
  readonly bootId: string | undefined
  /** All known volumes that are mounted, each confirmed at this moment. */
  list(): readonly Volume[]
  /**
   * The volume that has this device number at this moment, synchronously, by one `lstat` of its anchor;
   * undefined for an unknown volume without an anchor.
   *
   * @param anchors more paths at which the volume's anchor may be
   */
  find(dev: string, anchors?: readonly string[]): Volume | undefined
  /**
   * The volume of a file or directory, before it is read for evidence. Creates the anchor of the root's
   * volume if there is none; keeps another volume without an anchor open until `close`.
   *
   * @throws {CatalogError} FILE_MISSING if there is nothing at the path
   * @throws {CatalogError} READ_ONLY if the anchor cannot be created on a read-only file system
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be read or written
   * @throws {CatalogError} CLOSED if the volumes are closed
   */
  prepare(path: string, anchors?: readonly string[]): Promise<Volume>
  /** The identity of a file's directory, synchronously; undefined if it does not exist. */
  directoryOf(path: string): DirectoryIdentity | undefined
  /** Closes what it keeps open. */
  close(): Promise<void>
}
