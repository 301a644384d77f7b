/** The time of day, for people to read: the store orders changes, never a clock. */
export interface Clock {
  /** The present time. */
  now(): Date
}
