import type { SymlinkPolicy } from 'model-catalog'

/** Which links are followed. */
export interface LinkOptions {
  readonly symlinks: SymlinkPolicy
  /** Where links may lead with `inside`. Absolute. */
  readonly root: string
}
