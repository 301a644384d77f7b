import { Catalog } from '@catalog/core'
import { createModelDirectory, openFileStore } from '@catalog/store-fs'
import type { CatalogObserver, Clock } from '@catalog/types'
import { createVerifier } from '@catalog/verify'
import { findDefaultRoot } from './default-root.ts'
import { findNodeName } from './node-name.ts'

export interface OpenCatalogOptions {
  /** The directory of the model files and of `catalog.json`; made where absent. Default: {@link findDefaultRoot}. */
  readonly root?: string | undefined
  /** The name that this machine's evidence is kept under; default: the host name. */
  readonly node?: string | undefined
  /** Hears of every operation, verification and conflict: what metrics hang on. */
  readonly observer?: CatalogObserver | undefined
  /** The time of day, for tests. */
  readonly clock?: Clock | undefined
}

/**
 * Opens the catalog of a directory, for as many callers, threads and processes at once as there are.
 * A directory with nothing but a `catalog.json` of the specification's format is adopted as it is.
 * Close it, or declare it with `await using`. DAMAGED, UNSUPPORTED_FORMAT, NO_SPACE, READ_ONLY, IO.
 */
export async function openCatalog(options: OpenCatalogOptions = {}): Promise<Catalog> {
  const { root = findDefaultRoot(), node = findNodeName(), observer, clock = systemClock } = options
  const store = await openFileStore({ root, clock })
  return new Catalog({
    store,
    verifier: createVerifier(),
    files: createModelDirectory(root),
    clock,
    node,
    observer,
  })
}

const systemClock: Clock = { now: () => new Date() }
