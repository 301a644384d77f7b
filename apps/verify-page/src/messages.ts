import type { ContentProgress } from '@catalog/verify'

/** What the worker is asked to read. */
export interface Job {
  readonly file: File
  /** Empty if the digest is only to be shown. */
  readonly expected: string
}

/** How a reading ended. */
export type Outcome =
  | { readonly kind: 'right' | 'shown'; readonly digest: string }
  | { readonly kind: 'wrong'; readonly digest: string; readonly expected: string }
  /** The expected SHA-256 is not one. */
  | { readonly kind: 'invalid'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

/** What the worker says. */
export type Answer = { readonly kind: 'progress'; readonly progress: ContentProgress } | Outcome
