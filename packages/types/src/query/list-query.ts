import type { LifecycleState } from '../entry/lifecycle-state.ts'
import type { ListOrder } from './list-order.ts'

/** From one time to another, both included: ISO 8601, with `Z` or an offset, or a date, which begins in UTC. */
export interface TimeRange {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** From one number to another, both included. */
export interface SizeRange {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** Which models, and in which order. All filters must hold. */
export interface ListQuery {
  /** One, or any of some. */
  readonly state?: LifecycleState | readonly LifecycleState[] | undefined
  /** The exact display name. */
  readonly name?: string | undefined
  /** Where the model comes from, in any spelling that means the same: see `ModelRef`. */
  readonly source?: string | undefined
  /** 64 hexadecimal characters in upper or lower case, with or without `sha256:` or `sha256-`. */
  readonly digest?: string | undefined
  /** The exact path inside the root that the entry names; not the one that is made from its id. */
  readonly file?: string | undefined
  /** The exact path of a file registered in place. */
  readonly location?: string | undefined
  /** One tag, or some: all of them must be there. */
  readonly tag?: string | readonly string[] | undefined
  /** Text in the id, the name, a tag or the shown part of the source; case is ignored. */
  readonly text?: string | undefined
  /** By `sizeOfEntry`. A model of unknown size is in no range. */
  readonly sizeBytes?: SizeRange | undefined
  readonly registeredAt?: TimeRange | undefined
  /** A model that was never verified is in no range. */
  readonly verifiedAt?: TimeRange | undefined
  /**
   * By id where absent, by code unit. With `-` in front the other way round. Models that are equal there are ordered by
   * id, those without the value come last.
   */
  readonly order?: ListOrder | undefined
  /**
   * Only what comes after: an id in the order by id, which may be gone by now; in any other order `next` of
   * the page before. Even if models changed in between, no model shows up twice and none is left out whose own place
   * in the order is as it was.
   */
  readonly after?: string | undefined
  /** The most entries to return; all where absent. */
  readonly limit?: number | undefined
}
