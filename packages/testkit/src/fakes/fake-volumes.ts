import type { DirectoryIdentity, Volume, Volumes } from '@catalog/types'

/** A usual volume: local, with an anchor. */
export function sampleVolume(overrides: Partial<Volume> = {}): Volume {
  const id = overrides.id ?? 'volume-1'
  return {
    ...{ id, dev: '2049', anchor: `/${id}/anchor`, type: 'ext4', isLocal: true },
    ...{ hasBirthTime: true, hasChangeTime: true },
    ...overrides,
  }
}

/** The file systems of a machine, which a test unmounts, mounts again and exchanges. */
export class FakeVolumes implements Volumes {
  readonly bootId = 'boot-1'
  /** The mounted volumes, in the order in which they are found. */
  present: readonly Volume[]
  /** Directories that do not exist. */
  readonly absent: Set<string> = new Set()
  readonly #devOf: (path: string) => string
  isClosed = false

  /** @param devOf returns the device number for a path */
  constructor(devOf: (path: string) => string, present: readonly Volume[] = [sampleVolume()]) {
    this.#devOf = devOf
    this.present = present
  }

  list(): readonly Volume[] {
    return this.present
  }

  find(dev: string): Volume | undefined {
    return this.present.find((volume) => volume.dev === dev)
  }

  async prepare(path: string): Promise<Volume> {
    const dev = this.#devOf(path)
    const volume = this.find(dev) ?? { ...withoutAnchor(sampleVolume()), id: `unanchored-${dev}`, dev }
    if (!this.present.includes(volume)) this.present = [...this.present, volume]
    return volume
  }

  directoryOf(path: string): DirectoryIdentity | undefined {
    const directory = path.slice(0, path.lastIndexOf('/'))
    return this.absent.has(directory) ? undefined : { ino: '2', birthtimeNs: '1' }
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

function withoutAnchor({ anchor: _anchor, ...volume }: Volume): Volume {
  return volume
}
