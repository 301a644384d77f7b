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
  const { directory, remove } = openWorkspace()
  onTestFinished(remove)
  return directory
}

/** An empty directory for several tests. */
export function openWorkspace(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'verify-'))
  // A browser ends a moment before the last of its processes, which may still write.
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  return { directory, remove }
}

/** A file of zeros that takes no space on the disk. */
export function createSparseFile(path: string, sizeBytes: number): string {
  writeFileSync(path, '')
  truncateSync(path, sizeBytes)
  return path
}

const BLOCK = Uint8Array.from({ length: 4096 }, (_, index) => (index * 31 + (index >> 7)) % 256)

/** Bytes of which no two blocks of 4 KiB are alike. */
export function createBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at += BLOCK.length) {
    bytes.set(BLOCK.subarray(0, length - at), at)
    if (at + 4 <= length) bytes.writeUInt32LE(at / BLOCK.length, at)
  }
  return bytes
}

/** The digest of a small file, by other means than those under test. */
export function digestAtOnce(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** What the descriptors of this process are open on. Needs `proc`. */
export function listOpenFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return [] // the descriptor of the listing itself
    }
  })
}

/** Whether it is a file without a name, as those by which the time of a volume is told. */
export function isProbe(name: string): boolean {
  return name.endsWith(' (deleted)')
}
