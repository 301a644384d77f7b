import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** A multiple of the block size of any disk, in memory aligned to a page, as direct I/O requires. */
const PIECE_BYTES = 64 * 1024
const { WebAssembly: wasm } = globalThis as unknown as WithMemory
const piece: Uint8Array<ArrayBuffer> = new Uint8Array(new wasm.Memory({ initial: 1 }).buffer)

/** What there is of it without the types of a browser. */
interface WithMemory {
  readonly WebAssembly: { readonly Memory: new (pages: { initial: number }) => { buffer: ArrayBuffer } }
}

/**
 * Waits until no `write` of the file is under way. Linux stamps a write when it begins, and ext4 lets others read what the
 * write has not come to yet: without this wait old bytes would be read under the stamp of the new ones. A direct read takes
 * the lock that a write holds, and one at the end of the file reads nothing from the disk.
 *
 * Where direct reading is not to be had nothing is waited for: XFS and btrfs make their readers, or `fsync`, wait anyway.
 */
export async function drainWrites(target: string, sizeBytes: number): Promise<void> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECT } = constants
  if (O_DIRECT === undefined) return
  let handle: FileHandle | undefined
  try {
    handle = await open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_DIRECT)
    await handle.read(piece, 0, PIECE_BYTES, toBlockEnd(sizeBytes))
  } catch {
    // Another file by now, which the look at the path tells; or a file system without direct reading.
  } finally {
    await handle?.close()
  }
}

function toBlockEnd(sizeBytes: number): number {
  return Math.ceil(sizeBytes / PIECE_BYTES) * PIECE_BYTES
}
