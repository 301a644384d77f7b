import type { FileSystemType } from '@catalog/system-calls'
import type { Probe } from './barrier-disk.ts'

/** A file of this volume with a ctime before the stamp has no change to come that would leave its ctime as it is. */
export interface VolumeStamp {
  readonly dev: bigint
  readonly stampNs: bigint
  /** Whether this machine alone writes there, so that it knows of every change. */
  readonly isLocal: boolean
}

/**
 * The clock of a volume, read by its probe. What it says is bound to the open probe: that keeps the file system in use
 * (also if it is unmounted lazily), and so its device number; a disk that is put in place of another has a clock of its own.
 * For the same reason it is closed as soon as no reading holds it: an open file hinders unmounting.
 */
export class VolumeClock {
  readonly type: FileSystemType
  readonly #probe: Probe
  #stampNs = 0n
  #touching: Promise<void> | undefined
  #holders = 0

  constructor(probe: Probe, type: FileSystemType) {
    this.#probe = probe
    this.type = type
  }

  get dev(): bigint {
    return this.#probe.dev
  }

  /** The last ctime that the probe got. */
  get stampNs(): bigint {
    return this.#stampNs
  }

  /**
   * Touches the probe, once for all who ask meanwhile. The last stamp counts, not the highest: where the clock was set back,
   * the one of before would settle files that were changed since.
   */
  async advance(): Promise<void> {
    this.#touching ??= this.#touch().finally(() => {
      this.#touching = undefined
    })
    await this.#touching
  }

  hold(): void {
    this.#holders += 1
  }

  /** Gives up one hold; true if none is left. */
  release(): boolean {
    this.#holders -= 1
    return this.#holders === 0
  }

  close(): Promise<void> {
    return this.#probe.close()
  }

  async #touch(): Promise<void> {
    this.#stampNs = await this.#probe.touch()
  }
}
