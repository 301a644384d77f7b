import type { Sha256Digest } from '@catalog/types'

/** One file of a manifest, as `sha256sum` names it. */
export interface ManifestLine {
  /** Relative to the model's directory, `/` between segments. */
  readonly path: string
  readonly digest: Sha256Digest
}
