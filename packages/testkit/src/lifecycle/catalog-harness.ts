/** Room `lifecycle`: random calls of a whole catalog against a reference. */
import type {
  EntryUpdateInput,
  Lease,
  LifecycleState,
  ModelEntry,
  RegistrationInput,
  Sha256Digest,
} from '@catalog/types'
import type { FixedClock } from '../samples/fixed-clock.ts'

/** What is tried of a catalog: the catalog of `@catalog/core` has all of it, over whatever store. */
export interface TriedCatalog {
  register(input: RegistrationInput): Promise<ModelEntry>
  get(id: string): Promise<ModelEntry | undefined>
  list(): Promise<readonly ModelEntry[]>
  verify(id: string): Promise<ModelEntry>
  setState(id: string, state: LifecycleState, options?: { ifRevision?: number }): Promise<ModelEntry>
  update(id: string, update: EntryUpdateInput): Promise<ModelEntry>
  remove(id: string): Promise<ModelEntry>
  resolve(id: string): Promise<{ readonly path: string }>
  readonly leases: {
    take(id: string, options: { readonly forMs: number }): Promise<Lease>
    release(id: string, leaseId: string): Promise<void>
  }
  close(): Promise<void>
}

/** The files of the machine that a catalog is tried on. */
export interface TriedFiles {
  /** Puts another file at the path where a model without `file` has its own. */
  put(path: string, digest: Sha256Digest): void
  delete(path: string): void
}

/** A catalog that outlives the programs that have it open. */
export interface CatalogWorld {
  readonly files: TriedFiles
  readonly clock: FixedClock
  /** Where the file `name` of the root is. */
  pathOf(name: string): string
  /** Opens the catalog as a program of this machine does. */
  open(): Promise<TriedCatalog>
  /** Ends a program without any of what closing does, as far as the store can be made to. */
  crash(catalog: TriedCatalog): Promise<void>
  /** Removes everything. */
  dispose(): Promise<void>
}
