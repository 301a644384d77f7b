import type { FileSystemType } from '@catalog/system-calls'
import type { BarrierDisk, Probe, ProbeKind } from './barrier-disk.ts'

/** How the volumes of a fake disk are. */
export interface FakeDiskOptions {
  /** The step of the file system's clock: a change gets the time of its last step. 0 for a clock that stands still. */
  readonly stepNs?: bigint
  readonly type?: FileSystemType
  /** Where a file without a name can be made. Default everywhere. */
  readonly directories?: readonly string[]
  /** Where one with a name can be made. Default nowhere. */
  readonly named?: readonly string[]
  /** The device number of what is in a directory. Default 1. */
  readonly devices?: Readonly<Record<string, bigint>>
}

/** A disk whose time goes on only by what is done with it, so that no test waits for it. */
export interface FakeDisk extends BarrierDisk {
  /** What has been done, by name. */
  readonly calls: string[]
  /** Where the probes are that are open. */
  readonly open: string[]
  /** Nanoseconds, of all clocks. */
  timeNs: bigint
  onWait: () => void
  onTouch: () => void
  /** The ctime that a change would get now. */
  stamp(): bigint
}

/** What a look at a clock, or a change of a file, takes. */
const CALL_NS = 10_000n
const EXT4 = { name: 'ext4', isLocal: true, showsMappedWrites: true }

export function fakeDisk(options: FakeDiskOptions = {}): FakeDisk {
  const { stepNs = 1n, type = EXT4, directories, named = [], devices = {} } = options
  const disk: FakeDisk = {
    calls: [],
    open: [],
    timeNs: 5_000_000_000n,
    onWait: () => undefined,
    onTouch: () => undefined,
    stamp: () => (stepNs === 0n ? 5n : disk.timeNs - (disk.timeNs % stepNs)),

    async openProbe(directory: string, kind: ProbeKind): Promise<Probe | undefined> {
      disk.calls.push(`open ${kind} ${directory}`)
      const can = kind === 'named' ? named.includes(directory) : (directories?.includes(directory) ?? true)
      if (!can) return undefined
      disk.open.push(directory)
      return {
        dev: devices[directory] ?? 1n,
        async touch() {
          disk.calls.push('touch')
          disk.timeNs += CALL_NS
          disk.onTouch()
          return disk.stamp()
        },
        async close() {
          disk.open.splice(disk.open.indexOf(directory), 1)
        },
      }
    },

    findDevice: async (path) => devices[path] ?? 1n,
    findType: async () => type,
    elapsedMs: () => Number(disk.timeNs) / 1e6,
    wallClockMs: () => Math.floor(Number(disk.timeNs) / 1e6),

    async wait(ms, signal) {
      disk.calls.push(`wait ${ms}`)
      disk.timeNs += BigInt(Math.ceil(ms * 1e6))
      disk.onWait()
      signal.throwIfAborted()
    },
  }
  return disk
}
