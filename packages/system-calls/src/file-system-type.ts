/** What is known of a type of file system. */
export interface FileSystemType {
  /** As people call it. */
  readonly name: string
  /**
   * Whether it was tried, and every machine that has the disk sees the same bytes: then what one read there is true for all.
   * Not for a network file system, FUSE, or a type that is not known.
   */
  readonly isLocal: boolean
  /** Whether a store through a mapping changes the ctime of the file, if the file was synced before. */
  readonly showsMappedWrites: boolean
}

const DISK = { isLocal: true, showsMappedWrites: true }

/** The tested file systems, by their `statfs(2)` type on Linux. */
const TRIED: ReadonlyMap<number, FileSystemType> = new Map([
  [0xef53, { name: 'ext4', ...DISK }],
  [0x58465342, { name: 'xfs', ...DISK }],
  [0x9123683e, { name: 'btrfs', ...DISK }],
  [0x794c7630, { name: 'overlay', ...DISK }],
  [0x01021994, { name: 'tmpfs', isLocal: true, showsMappedWrites: false }],
])

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x65735546, 'fuse'],
  [0x2fc12fc1, 'zfs'],
  [0xca451a4e, 'bcachefs'],
  [0xf2f52010, 'f2fs'],
  [0x73717368, 'squashfs'],
  [0x9660, 'iso9660'],
  [0x2011bab0, 'exfat'],
  [0x4d44, 'vfat'],
  [0x7366746e, 'ntfs3'],
  [0x01021997, '9p'],
])

/** What is known of a `statfs(2)` type; of one that no table has, and where the system gives none, the least. */
export function findFileSystemType(type: number): FileSystemType {
  // Some systems give the 32 bits with a sign; only those of Linux mean anything here.
  const known = process.platform === 'linux' ? type >>> 0 : 0
  const name = NAMES.get(known) ?? 'unknown'
  return TRIED.get(known) ?? { name, isLocal: false, showsMappedWrites: false }
}
