/** Room `barrier`: when the changes of a file to come will show. */

import type { FileSystemType } from '@catalog/system-calls'

/** A file that is there to be changed. While it is open its volume is in use, so no other one gets its device number. */
export interface Probe {
  readonly dev: bigint
  /** Changes the file; the ctime that this gave it. */
  touch(): Promise<bigint>
  close(): Promise<void>
}

/** How a probe is made: without a name, which leaves the directory as it is, or with one that is removed at once. */
export type ProbeKind = 'unnamed' | 'named'

/** What the barrier needs of disks and clocks. */
export interface BarrierDisk {
  /** A new probe in the directory; undefined if none can be made there. */
  openProbe(directory: string, kind: ProbeKind): Promise<Probe | undefined>
  /** The device number of what is at a path; undefined if it cannot be found. */
  findDevice(path: string): Promise<bigint | undefined>
  /** The type of the file system that a path is on. */
  findType(path: string): Promise<FileSystemType>
  /** Milliseconds since some moment, by a clock that is never set. */
  elapsedMs(): number
  /** Milliseconds since 1970. */
  wallClockMs(): number
  /** Rejects with the signal's reason. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}
