import type { LifecycleState } from '../entry/lifecycle-state.ts'
import type { ListOrder } from './list-order.ts'

/** A range of times, both ends included: ISO 8601 with `Z` or an offset, or a date, which begins in UTC. */
export interface TimeRange {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** A range of sizes in bytes, both ends included. */
export interface SizeRange {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** A range of numbers, both ends included. */
export interface CountRange {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** Which models, and in which order. A model must match all filters. */
export interface ListQuery {
  /** One state, or any of several. */
  readonly state?: LifecycleState | readonly LifecycleState[] | undefined
  /** The exact display name. */
  readonly name?: string | undefined
  /** Where the model comes from, in any spelling that means the same: see `ModelRef`. */
  readonly source?: string | undefined
  /** 64 hexadecimal characters in upper or lower case, with or without `sha256:` or `sha256-`. */
  readonly digest?: string | undefined
  /** The exact path inside the root that the entry names; not a default path derived from the id. */
  readonly file?: string | undefined
  /** The exact path of a file registered in place. */
  readonly location?: string | undefined
  /** One tag, or several: the model must have all of them. */
  readonly tag?: string | readonly string[] | undefined
  /** Text in the id, the name, a tag or the shown part of the source; case is ignored. */
  readonly text?: string | undefined
  /** Compared with `sizeOfEntry`. A model of unknown size is in no range. */
  readonly sizeBytes?: SizeRange | undefined
  /** That of the facts, as `llama`; case is ignored. A model without facts has none. */
  readonly architecture?: string | undefined
  /** That of the facts, as `Q4_K_M`; case is ignored. A model without facts has none. */
  readonly quantisation?: string | undefined
  /** That of the facts. A model of an unknown number of parameters is in no range. */
  readonly parameters?: CountRange | undefined
  readonly registeredAt?: TimeRange | undefined
  /** A model that was never verified is in no range. */
  readonly verifiedAt?: TimeRange | undefined
  /**
   * Default: by id, by code unit. `-` in front: descending. Equal models are ordered by id; those without the
   * value come last.
   */
  readonly order?: ListOrder | undefined
  /**
   * Only models after this cursor: in the order by id an id, which need not exist any more; in any other
   * order `next` of the page before. Even if models change between pages, no model is listed twice, and none
   * is missed whose position in the order stayed the same.
   */
  readonly after?: string | undefined
  /** The most entries to return; default: all. */
  readonly limit?: number | undefined
}
