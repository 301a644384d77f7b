import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createWorkspace } from './workspace.ts'

const MIB = 1024 * 1024
const DISK_BYTES = 64 * MIB
const LEFT_BYTES = 16 * MIB

/**
 * A mounted disk with files of random bytes of these sizes, written in this order; it has lost all
 * past 16 MiB. Needs `ext4`.
 */
export function createFailingDisk(sizes: Readonly<Record<string, number>>): string {
  const directory = createWorkspace()
  const image = join(directory, 'image')
  const path = join(directory, 'mounted')
  mkdirSync(path)
  writeFileSync(image, '')
  truncateSync(image, DISK_BYTES)
  execFileSync('mkfs.ext4', ['-q', '-O', '^has_journal', image])
  execFileSync('mount', ['-o', 'loop', image, path])
  for (const [name, sizeBytes] of Object.entries(sizes))
    writeFileSync(join(path, name), randomBytes(sizeBytes))
  // What is in the cache of the machine would be read from there.
  execFileSync('umount', [path])
  execFileSync('mount', ['-o', 'loop,ro', image, path])
  onTestFinished(() => void execFileSync('umount', [path]))
  truncateSync(image, LEFT_BYTES)
  return path
}
