import type { FileSystemType } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import type { BarrierDisk } from './barrier-disk.ts'

/** A file whose next change shall show. */
export interface SettlingFile {
  readonly path: string
  /** Where the file itself is, behind all links. */
  readonly directory: string
  readonly dev: bigint
  readonly ctimeNs: bigint
}

/** More than any step of a clock. */
const LOCAL_MS = 3000
/** The clock is that of another machine, and two of these may differ. */
const NETWORK_MS = 60_000
/** A ctime may be ahead of this machine's clock by its rounding, or by as much as two machines differ. */
const AHEAD_MS = 1000

/**
 * Waits until the last change of a file is so old that no step of a clock is that long: the second best, for where no
 * probe can be made; the type of its file system.
 *
 * @throws {CatalogError} IO if the ctime is in the future; the signal's reason
 */
export async function waitForAge(
  file: SettlingFile,
  disk: BarrierDisk,
  signal: AbortSignal,
): Promise<FileSystemType> {
  const type = await disk.findType(file.path)
  const wantedMs = type.isLocal ? LOCAL_MS : NETWORK_MS
  const startedAt = disk.elapsedMs()
  for (;;) {
    const missingMs = wantedMs - (disk.wallClockMs() - Number(file.ctimeNs / 1_000_000n))
    if (missingMs <= 0) return type
    const isEndless = disk.elapsedMs() - startedAt > wantedMs + AHEAD_MS
    if (isEndless || missingMs > wantedMs + AHEAD_MS) throw createFuture(file)
    await disk.wait(missingMs, signal)
  }
}

function createFuture({ path }: SettlingFile): CatalogError<'IO'> {
  const message = `${path} cannot be verified: its ctime is in the future, and no file can be created on its volume to read the clock there`
  return new CatalogError('IO', message, { operation: 'settle', path })
}
