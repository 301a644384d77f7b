import type { BigIntStats } from 'node:fs'
import { dirname } from 'node:path'
import type { FileSystemType } from '@catalog/system-calls'
import { syncHandle, withFileErrors } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import { findChanges } from '../file/fingerprint.ts'
import { openRegularFile, type RegularFile, toSizeBytes } from '../file/regular-file.ts'
import { assertReopened, assertUnchanged, createFileChanged, type NamedFile } from '../file/unchanged-file.ts'
import type { Barrier, BarrierHold } from './barrier.ts'
import { drainWrites } from './drain-writes.ts'
import { syncFile } from './sync-file.ts'

/** A file that is not changed once in so many looks is quiet; any other one is being written to. */
const MAX_TURNS = 5

/** An open file of which every later change shows in what `fstat` says. */
export interface SettledFile extends RegularFile {
  /** Whether a store through a mapping might not show. */
  readonly isWeak: boolean
}

/** Which file to read, and by which barrier. */
export interface SettledRequest extends NamedFile {
  readonly barrier: Barrier
  readonly signal: AbortSignal
  /** Throws for a file that is not worth waiting for; called again once it is settled. */
  readonly assertWanted?: ((file: RegularFile) => void) | undefined
}

/**
 * The protocol of a reading, for all that is to be evidence: open, fsync, `fstat`, barrier, the end of every `write` that is
 * under way, fsync, then the work, then `fstat` and `lstat`, which must say what the first one said, or all was for nothing. The first fsync may be long and may
 * change the ctime, as on a network; the second comes after the barrier, so that a store through a mapping after it changes
 * the ctime, and to a later one.
 *
 * `work` reads all of the file and gives the number of bytes that it has, with those that follow the expected end; `toResult` is called
 * only if what was read counts.
 *
 * @throws {CatalogError} FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO; the signal's reason. The file is closed by then
 */
export async function withSettledFile<T>(
  named: SettledRequest,
  work: (file: SettledFile) => Promise<{ readonly readBytes: number; readonly toResult: () => T }>,
): Promise<T> {
  const { path, followSymlink, barrier, signal, assertWanted } = named
  const hold = barrier.hold()
  try {
    const file = await openRegularFile(path, followSymlink)
    try {
      assertWanted?.(file)
      signal.throwIfAborted()
      const { type, ...settled } = await settle(file, { path, hold, signal })
      assertWanted?.(settled)
      const { readBytes, toResult } = await work(settled)
      await assertUnchanged(settled, readBytes, named)
      if (!type.isLocal) await assertReopened(settled, named)
      signal.throwIfAborted()
      return toResult()
    } finally {
      await file.handle.close()
    }
  } finally {
    await hold.close()
  }
}

/** What settling one file takes. */
interface Settling {
  readonly path: string
  readonly hold: BarrierHold
  readonly signal: AbortSignal
  /** `fsync` of the file. */
  readonly sync?: () => Promise<void>
}

/** FILE_CHANGED for a file that is changed again each time. */
export async function settle(
  file: RegularFile,
  { path, hold, signal, sync = () => syncHandle(file.handle) }: Settling,
): Promise<SettledFile & { readonly type: FileSystemType }> {
  const { handle } = file
  const stat = (): Promise<BigIntStats> => withFileErrors('fstat', path, () => handle.stat({ bigint: true }))
  const isSynced = await syncFile(sync, path)
  let stats = await stat()
  let changed: readonly string[] = []
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const sizeBytes = toSizeBytes(stats, path)
    await assertEnds({ ...file, sizeBytes }, path)
    const { dev, ctimeNs } = stats
    const type = await hold.pass({ path, directory: dirname(file.target), dev, ctimeNs }, signal)
    await drainWrites(file.target, sizeBytes)
    const isProtected = (await syncFile(sync, path)) && isSynced && type.showsMappedWrites
    const now = await stat()
    changed = findChanges(stats, now)
    if (changed.length === 0) return { ...file, stats, sizeBytes, isWeak: !isProtected, type }
    stats = now
  }
  const message = `${path} is being changed: it differed at each of ${MAX_TURNS} checks`
  throw new CatalogError('FILE_CHANGED', message, { path, changed })
}

/** What the kernel makes up has more or fewer bytes than it says; it need not be waited for to see that. */
async function assertEnds({ handle, sizeBytes }: RegularFile, path: string): Promise<void> {
  const buffer = new Uint8Array(2)
  const wanted = Math.min(1, sizeBytes)
  const { bytesRead } = await withFileErrors('read', path, () =>
    handle.read(buffer, 0, 2, sizeBytes - wanted),
  )
  if (bytesRead !== wanted) throw createFileChanged(path, ['size'])
}
