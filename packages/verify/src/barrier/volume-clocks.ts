import type { BarrierDisk, Probe, ProbeKind } from './barrier-disk.ts'
import type { SettlingFile } from './file-age.ts'
import { VolumeClock } from './volume-clock.ts'

/** The clocks of the volumes that are being read, by device number. Each is closed when its last holder releases it. */
export class VolumeClocks {
  readonly #disk: BarrierDisk
  readonly #directories: readonly string[]
  readonly #open: Map<bigint, VolumeClock> = new Map()
  readonly #opening: Map<bigint, Promise<VolumeClock | undefined>> = new Map()

  constructor(directories: readonly string[], disk: BarrierDisk) {
    this.#directories = directories
    this.#disk = disk
  }

  /** Those that are open. */
  list(): Iterable<VolumeClock> {
    return this.#open.values()
  }

  /** The clock of the volume of a file, held once for the caller; undefined where no probe can be made. */
  async hold(file: SettlingFile): Promise<VolumeClock | undefined> {
    const { dev } = file
    // One after the other: they would all make a probe, and all but one in vain.
    for (let other = this.#opening.get(dev); other !== undefined; other = this.#opening.get(dev)) {
      await other.catch(() => undefined)
    }
    const open = this.#open.get(dev)
    open?.hold()
    if (open !== undefined) return open
    const opening = this.#openClock(file).finally(() => this.#opening.delete(dev))
    this.#opening.set(dev, opening)
    return await opening
  }

  async release(clock: VolumeClock): Promise<void> {
    if (!clock.release()) return
    this.#open.delete(clock.dev)
    await clock.close()
  }

  async #openClock(file: SettlingFile): Promise<VolumeClock | undefined> {
    const probe = await this.#openProbe(file)
    if (probe === undefined) return undefined
    const clock = new VolumeClock(probe, await this.#disk.findType(file.path))
    clock.hold()
    this.#open.set(clock.dev, clock)
    return clock
  }

  /** In the directory of a model nothing may get a name, not for a moment. */
  async #openProbe({ directory, dev }: SettlingFile): Promise<Probe | undefined> {
    const beside = await this.#openProbeOn(dev, directory, 'unnamed')
    if (beside !== undefined) return beside
    for (const given of this.#directories) {
      if ((await this.#disk.findDevice(given)) !== dev) continue
      const probe =
        (await this.#openProbeOn(dev, given, 'unnamed')) ?? (await this.#openProbeOn(dev, given, 'named'))
      if (probe !== undefined) return probe
    }
    return undefined
  }

  /** The clock of another volume says nothing. */
  async #openProbeOn(dev: bigint, directory: string, kind: ProbeKind): Promise<Probe | undefined> {
    const probe = await this.#disk.openProbe(directory, kind)
    if (probe === undefined || probe.dev === dev) return probe
    await probe.close()
    return undefined
  }
}
