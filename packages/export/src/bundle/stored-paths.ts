import { BUNDLE_NAMES, type BundleModel } from '@catalog/types'
import type { Sha256Digest } from 'model-catalog'

/**
 * A file of a model with several files is shared with another model only from this size on, in bytes. Smaller ones stay
 * together, so that such a model can be used where it is.
 */
const LEAST_SHARED_BYTES = 64 * 1024 * 1024

/** A file that needs a place. */
interface WantedFile {
  readonly id: string
  /** Relative to the model's directory, `/` between segments. */
  readonly name: string
  readonly digest: Sha256Digest
  readonly sizeBytes: number
  /** Whether its model may have other files. */
  readonly isDirectory: boolean
}

/** Gives each file its path in the bundle. No two of different bytes have paths that differ only in case. */
export class StoredPaths {
  readonly #digests = new Map<string, Sha256Digest>()
  readonly #paths = new Map<Sha256Digest, string>()

  /** With the files of models that the bundle has, and keeps. */
  constructor(models: readonly BundleModel[]) {
    for (const { files } of models) {
      for (const { stored, digest } of files) this.#take(stored, digest)
    }
  }

  place({ id, name, digest, sizeBytes, isDirectory }: WantedFile): string {
    const shared = this.#paths.get(digest)
    if (shared !== undefined && (!isDirectory || sizeBytes >= LEAST_SHARED_BYTES)) return shared
    for (let number = 1; ; number += 1) {
      const path = toStoredPath(id, name, number)
      const taken = this.#digests.get(path.toLowerCase())
      if (taken !== undefined && taken !== digest) continue
      this.#take(path, digest)
      return path
    }
  }

  #take(path: string, digest: Sha256Digest): void {
    this.#digests.set(path.toLowerCase(), digest)
    if (!this.#paths.has(digest)) this.#paths.set(digest, path)
  }
}

/** An id has no `+`, so that the directories of two models are two. Some file systems refuse these characters. */
function toStoredPath(id: string, name: string, number: number): string {
  const directory = id.replaceAll('/', '+') + (number === 1 ? '' : `+${number}`)
  return `${BUNDLE_NAMES.files}/${directory}/${name.replaceAll(/["*<>?|]/gu, '_')}`
}
