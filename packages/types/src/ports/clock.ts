/** The time of day. Only for people to read: order comes from the store, never from a clock. */
export interface Clock {
  /** The present time. */
  now(): Date
}
