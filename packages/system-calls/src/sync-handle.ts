import fs from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'

// By their descriptors: the handles that a program has under Yarn's Plug'n'Play reject these three. Looked up when they are
// called, as methods of a handle are, so that a test can take their place.

type Handle = Pick<FileHandle, 'fd'>

/** `fsync` of an open file or directory. */
export function syncHandle({ fd }: Handle): Promise<void> {
  return promisify(fs.fsync)(fd)
}

/** `fdatasync` of an open file. */
export function syncDataOf({ fd }: Handle): Promise<void> {
  return promisify(fs.fdatasync)(fd)
}

/** Sets the times of an open file, in seconds since 1970. */
export function setTimesOf({ fd }: Handle, accessed: number, modified: number): Promise<void> {
  return promisify(fs.futimes)(fd, accessed, modified)
}
