import type { Capability } from './capabilities.ts'

/** The kinds of disks that tests are run on. `ext4-128` has inodes of 128 bytes, and so times of whole seconds. */
export type DiskKind = 'ext4' | 'ext4-128' | 'xfs' | 'btrfs' | 'tmpfs' | 'overlay' | 'squashfs'

export interface DiskTraits {
  readonly needs: readonly Capability[]
  /** The least that its tools make. */
  readonly sizeBytes: number
  /** How an image of it is formatted; without one there is no image, or it is made of a directory. */
  readonly format?: readonly string[]
  /** The type to mount. */
  readonly type: string
  /** The steps of its clock, in milliseconds: 0 for less than 10. */
  readonly clockStepMs: number
}

const MEBIBYTE = 1 << 20
const EXT4 = { sizeBytes: 96 * MEBIBYTE, type: 'ext4' }

export const DISK_KINDS: Readonly<Record<DiskKind, DiskTraits>> = {
  ext4: { ...EXT4, needs: ['ext4'], format: ['mkfs.ext4', '-q'], clockStepMs: 0 },
  'ext4-128': { ...EXT4, needs: ['ext4'], format: ['mkfs.ext4', '-q', '-I', '128'], clockStepMs: 1000 },
  xfs: { needs: ['xfs'], sizeBytes: 320 * MEBIBYTE, format: ['mkfs.xfs', '-q'], type: 'xfs', clockStepMs: 0 },
  btrfs: {
    needs: ['btrfs'],
    sizeBytes: 160 * MEBIBYTE,
    format: ['mkfs.btrfs', '--quiet'],
    type: 'btrfs',
    clockStepMs: 0,
  },
  tmpfs: { needs: ['tmpfs'], sizeBytes: 96 * MEBIBYTE, type: 'tmpfs', clockStepMs: 0 },
  // Over an image of ext4, which has the lower and the upper directory.
  overlay: { ...EXT4, needs: ['overlay'], format: ['mkfs.ext4', '-q'], clockStepMs: 0 },
  squashfs: { needs: ['squashfs'], sizeBytes: 0, type: 'squashfs', clockStepMs: 0 },
}
