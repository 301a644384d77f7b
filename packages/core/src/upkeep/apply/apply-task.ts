import type { Attribution, CatalogErrorCode, DigestProgress } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import type { CurrentNames } from '../survey/current-names.ts'

/** What came of one action. */
export type ActionOutcome =
  | { readonly kind: 'done'; readonly freedBytes?: number }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly code: CatalogErrorCode; readonly text: string }

/** What each action works with. */
export interface ApplyTask extends Attribution {
  readonly context: CatalogContext
  readonly names: CurrentNames
  readonly signal: AbortSignal | undefined
  readonly onReading: (progress: DigestProgress) => void
}

/** Ends an action whose precondition no longer holds. */
export class OutdatedAction extends Error {}
