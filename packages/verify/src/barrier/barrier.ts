import { errnoOf, type FileSystemType } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import type { BarrierDisk } from './barrier-disk.ts'
import { type SettlingFile, waitForAge } from './file-age.ts'
import { nodeBarrierDisk } from './node-barrier-disk.ts'
import type { VolumeClock, VolumeStamp } from './volume-clock.ts'
import { VolumeClocks } from './volume-clocks.ts'

/** How long the clock of a file system is waited for. The coarsest in use, those of FAT and old ext4, step every 1 or 2 s. */
const PROBING_MS = 3000
/** The first looks follow each other at once: most clocks have moved by then. */
const EAGER_LOOKS = 8
const MAX_WAIT_MS = 50

/**
 * A change of a file within the step of its file system's clock leaves the ctime of the change before. So a file is read
 * only once that clock has gone beyond its ctime. The length of a step is unknown, and no other clock will do: a file
 * made for this, a probe, is touched until its own ctime is the later one. The newest stamp of a volume settles all
 * files that are older.
 */
export class Barrier {
  readonly #disk: BarrierDisk
  readonly #clocks: VolumeClocks

  /** `directories` are where probes may be made for files of the same volume if that cannot be done beside them. */
  constructor(directories: readonly string[] = [], disk: BarrierDisk = nodeBarrierDisk) {
    this.#disk = disk
    this.#clocks = new VolumeClocks(directories, disk)
  }

  /** For one reading. What it learns of a volume counts until it is closed, and for those who ask for it before that. */
  hold(): BarrierHold {
    return new BarrierHold(this.#disk, this.#clocks)
  }
}

/** The clocks that one reading relies on. */
export class BarrierHold {
  readonly #disk: BarrierDisk
  readonly #clocks: VolumeClocks
  readonly #held: Map<bigint, VolumeClock> = new Map()

  constructor(disk: BarrierDisk, clocks: VolumeClocks) {
    this.#disk = disk
    this.#clocks = clocks
  }

  /**
   * What is known at this moment of all volumes that are being read, which counts until this is closed: on which one a
   * file is shows only when it is looked at.
   */
  get stamps(): readonly VolumeStamp[] {
    for (const clock of this.#clocks.list()) {
      if (this.#held.has(clock.dev)) continue
      clock.hold()
      this.#held.set(clock.dev, clock)
    }
    return [...this.#held.values()].map(({ dev, stampNs, type: { isLocal } }) => ({ dev, stampNs, isLocal }))
  }

  /** The type of a volume whose clock is held. */
  findType(dev: bigint): FileSystemType | undefined {
    return this.#held.get(dev)?.type
  }

  /** Whether there is a clock for the volume of the file, opened now if need be. */
  async hasClock(file: SettlingFile): Promise<boolean> {
    return (await this.#findClock(file)) !== undefined
  }

  /**
   * Waits until a later change of the file must give it another ctime; the type of its file system.
   *
   * @throws {CatalogError} IO if the clock of the file system does not go on; the signal's reason
   */
  async pass(file: SettlingFile, signal: AbortSignal): Promise<FileSystemType> {
    signal.throwIfAborted()
    const clock = await this.#findClock(file)
    if (clock !== undefined && (await this.#hasPassed(clock, file, signal))) return clock.type
    return await waitForAge(file, this.#disk, signal)
  }

  /** Closes the probes that no other reading holds. */
  async close(): Promise<void> {
    const held = [...this.#held.values()]
    this.#held.clear()
    await Promise.all(held.map((clock) => this.#clocks.release(clock)))
  }

  async #findClock(file: SettlingFile): Promise<VolumeClock | undefined> {
    const held = this.#held.get(file.dev)
    if (held !== undefined) return held
    const clock = await this.#clocks.hold(file)
    if (clock !== undefined) this.#held.set(clock.dev, clock)
    return clock
  }

  /** False if the probe can no longer be touched, as on a disk that became read-only. */
  async #hasPassed(clock: VolumeClock, file: SettlingFile, signal: AbortSignal): Promise<boolean> {
    const startedAt = this.#disk.elapsedMs()
    for (let look = 0; clock.stampNs <= file.ctimeNs; look++) {
      if (this.#disk.elapsedMs() - startedAt >= PROBING_MS) throw createStopped(file)
      const waitMs = look < EAGER_LOOKS ? 0 : Math.min(MAX_WAIT_MS, 2 ** (look - EAGER_LOOKS))
      if (waitMs > 0) await this.#disk.wait(waitMs, signal)
      signal.throwIfAborted()
      try {
        await clock.advance()
      } catch (error) {
        if (errnoOf(error) === undefined) throw error
        return false
      }
    }
    return true
  }
}

function createStopped({ path }: SettlingFile): CatalogError<'IO'> {
  const message = `${path} cannot be verified: the clock of its file system did not advance for ${PROBING_MS} ms`
  return new CatalogError('IO', message, { operation: 'settle', path })
}
