import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DiskImage, type DiskKind, findFreeLoops, TestDisks } from '@catalog/testkit/running'

/** The disk of the root, and those at places below it. The second has a clock of 1 s. */
const KINDS: readonly DiskKind[] = ['ext4', 'ext4-128', 'xfs']

/** Disks that are taken away and put back, each time under other device numbers. */
export class TortureSite implements AsyncDisposable {
  readonly root: string
  readonly anchors: readonly string[]
  /** Where models are, below the root: on its own disk, and on each of the others. */
  readonly places: readonly string[] = ['', 'disk-1/', 'disk-2/']
  readonly #disks: TestDisks
  readonly #images: readonly DiskImage[]
  readonly #loops: readonly number[]
  #turns = 0

  private constructor(disks: TestDisks, images: readonly DiskImage[]) {
    this.#disks = disks
    this.#images = images
    this.#loops = findFreeLoops(images.length + 2)
    this.root = disks.at('disk-0', 'models')
    this.anchors = ['disk-1', 'disk-2'].map((name) => join(this.root, name))
  }

  static async open(): Promise<TortureSite> {
    const disks = await TestDisks.open()
    const images: DiskImage[] = []
    for (const kind of KINDS) images.push(await disks.create(kind))
    const site = new TortureSite(disks, images)
    await site.mount()
    return site
  }

  /** A path on no disk of the catalog. */
  at(...names: readonly string[]): string {
    return this.#disks.at(...names)
  }

  /** Mounts the root's disk, and then the others. */
  async mount(): Promise<void> {
    await this.#mountOne(0, this.#disks.at('disk-0'))
    mkdirSync(this.root, { recursive: true })
    await this.mountOthers()
  }

  async mountOthers(): Promise<void> {
    for (const [n, path] of this.anchors.entries()) await this.#mountOne(n + 1, path)
  }

  async unmountOthers(): Promise<void> {
    for (const path of this.anchors) await this.#disks.unmount(path)
  }

  /** Nothing may use them. */
  async unmount(): Promise<void> {
    await this.unmountOthers()
    await this.#disks.unmount(this.#disks.at('disk-0'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disks[Symbol.asyncDispose]()
  }

  async #mountOne(n: number, path: string): Promise<void> {
    const image = this.#images[n]
    this.#turns += 1
    const loop = this.#loops[(this.#turns * 3 + n) % this.#loops.length]
    if (image !== undefined) await this.#disks.mount(image, path, loop === undefined ? {} : { loop })
  }
}
