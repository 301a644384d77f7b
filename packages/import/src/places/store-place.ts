import type { LayoutName } from '../candidate/layout-name.ts'

/** A directory in which a tool keeps its models. */
export interface StorePlace {
  readonly layout: LayoutName
  /** Absolute. */
  readonly path: string
  /** What says so: the name of an environment variable, the path of a file with settings, or `default`. */
  readonly because: string
}
