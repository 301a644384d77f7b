import type { WriteOptions } from 'model-catalog'
import type { BundleImportWait } from './bundle-import-report.ts'
import type { BundleTarget } from './model-place.ts'

/** How the models of a bundle are brought, with all defaults. */
export interface BringOptions extends Pick<WriteOptions, 'actor' | 'reason'> {
  readonly target: BundleTarget
  readonly keepOrigins: boolean
  readonly forMs: number
  readonly signal: AbortSignal | undefined
  /** Told how many bytes of the model are done. */
  readonly onBytes: (doneBytes: number) => void
  readonly onWait: ((wait: BundleImportWait) => void) | undefined
}
