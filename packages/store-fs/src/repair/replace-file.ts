import { errnoOf } from '@catalog/system-calls'
import type { FileSystem } from '../disk/file-system.ts'
import { removeIfPresent, withTemporaryFile } from '../disk/new-file.ts'
import type { FileNames } from '../format/file-names.ts'

/** What keeps the originals of a repair: `<name>.broken-<UTC time>` beside each. */
export class BrokenFiles {
  readonly kept: string[] = []
  readonly #disk: FileSystem
  readonly #names: FileNames
  readonly #suffix: string

  constructor(disk: FileSystem, names: FileNames, now: Date) {
    this.#disk = disk
    this.#names = names
    // Without the colons, which no file name of Windows may have.
    this.#suffix = `broken-${now.toISOString().replace(/[-:.]/gu, '')}`
  }

  /** Gives the file a second name, under which it stays; false if it does not exist. */
  async keep(path: string): Promise<boolean> {
    for (let copy = 1; ; copy += 1) {
      const kept = copy === 1 ? `${path}.${this.#suffix}` : `${path}.${this.#suffix}-${copy}`
      try {
        await this.#disk.link(path, kept)
        this.kept.push(kept)
        return true
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return false
        if (errnoOf(error) !== 'EEXIST') throw error
      }
    }
  }

  /** Keeps the original, if there is one, and puts a whole new file in its place in one step. */
  async replace(path: string, writer: string, pieces: readonly Uint8Array[]): Promise<void> {
    const { directory } = this.#names
    await this.keep(path)
    await this.#disk.syncDirectory(directory)
    const temporary = this.#names.temporary('repair', writer)
    await withTemporaryFile(this.#disk, temporary, pieces, async () => {
      await this.#disk.rename(temporary, path)
    })
    await this.#disk.syncDirectory(directory)
  }

  /** Keeps the file under the other name only. */
  async keepOriginal(path: string): Promise<void> {
    if (await this.keep(path)) await removeIfPresent(this.#disk, path)
    await this.#disk.syncDirectory(this.#names.root)
  }
}
