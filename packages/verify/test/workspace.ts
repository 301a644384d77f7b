import { createHash } from 'node:crypto'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty directory that lasts until the end of the running test. */
export function createWorkspace(): string {
  const directory = mkdtempSync(join(tmpdir(), 'verify-'))
  // A browser ends a moment before the last of its processes, which may still write.
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return directory
}

/** A file of zeros that takes no space on the disk. */
export function createSparseFile(path: string, sizeBytes: number): string {
  writeFileSync(path, '')
  truncateSync(path, sizeBytes)
  return path
}

/** The digest of a small file, by other means than those under test. */
export function digestAtOnce(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** What the descriptors of this process are open on, as /proc tells. */
export function listOpenFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return [] // the descriptor of the listing itself
    }
  })
}
