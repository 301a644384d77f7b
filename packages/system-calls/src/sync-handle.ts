import { fdatasync, fsync, futimes } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'

// By their descriptors: the handles that a program has under Yarn's Plug'n'Play reject these three.
const syncDescriptor = promisify(fsync)
const syncDataOfDescriptor = promisify(fdatasync)
const setTimesOfDescriptor = promisify(futimes)

type Handle = Pick<FileHandle, 'fd'>

/** `fsync` of an open file or directory. */
export function syncHandle({ fd }: Handle): Promise<void> {
  return syncDescriptor(fd)
}

/** `fdatasync` of an open file. */
export function syncDataOf({ fd }: Handle): Promise<void> {
  return syncDataOfDescriptor(fd)
}

/** Sets the times of an open file, in seconds since 1970. */
export function setTimesOf({ fd }: Handle, accessed: number, modified: number): Promise<void> {
  return setTimesOfDescriptor(fd, accessed, modified)
}
