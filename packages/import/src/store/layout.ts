import type { ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'

/** How one tool keeps its models. */
export interface Layout {
  readonly name: LayoutName
  /** Whether a directory is the root of such a store, by what is in it. */
  recognises(directory: DirectoryListing, reader: StoreReader): boolean | Promise<boolean>
  /**
   * What the store at a root holds. Reads only, and goes on after each broken thing: it is yielded as a
   * problem. The scan does not look for other stores below this root, unless the layout is flat.
   */
  scan(root: DirectoryListing, reader: StoreReader): AsyncIterable<ScanItem>
  /** Whether a store is the files of one directory, so that other stores may lie in directories below it. */
  readonly isFlat?: true
}
