import type { SymlinkPolicy } from 'model-catalog'

/** Which links are followed. */
export interface LinkOptions {
  readonly symlinks: SymlinkPolicy
  /** Where links may lead with `inside`. Absolute. */
  readonly root: string
  /** Where the links of this model may lead, whatever `symlinks` says. Absolute. */
  readonly linksInto?: string | undefined
  /** With `linksInto`, the path of the model, which its links may lead into as well. Absolute. */
  readonly location?: string | undefined
}
