/** The state of a model. Only a model whose bytes were verified is ever `Active`. */
export const LifecycleState = {
  /** Registered, its bytes not verified yet. */
  Pending: 'Pending',
  /** Verified and available. */
  Active: 'Active',
  /** Deprecated, no longer used. */
  Retired: 'Retired',
  /** Verification found the wrong bytes. */
  Failed: 'Failed',
} as const

export type LifecycleState = (typeof LifecycleState)[keyof typeof LifecycleState]

/** The four states in the order in which a model usually passes through them. */
export const LIFECYCLE_STATES: readonly LifecycleState[] = Object.values(LifecycleState)
