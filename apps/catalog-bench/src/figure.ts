/** What a figure has to be. A target of the ratio, unless it says that it is one of our own value. */
export interface Target {
  readonly is: 'at least' | 'at most'
  readonly value: number
  readonly of?: 'ratio' | 'ours'
}

/** One thing that was measured in several rounds. */
export interface Figure {
  readonly name: string
  /** Of `ours` and `other`: `/s`, `ms`, `µs`, `MB` … */
  readonly unit: string
  /** The median of the rounds. */
  readonly ours: number
  readonly other?: { readonly name: string; readonly value: number }
  /** Ours over the other's: the median, lowest and highest of the ratios within one round. */
  readonly ratio?: Spread
  readonly target?: Target
  readonly note?: string
}

/** What could not be measured here, and why. */
export interface Skipped {
  readonly name: string
  readonly skipped: string
}

export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: median(values), lowest: sorted.at(0) ?? Number.NaN, highest: sorted.at(-1) ?? Number.NaN }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** Undefined if there is no target. */
export function isReached({ target, ours, ratio }: Figure): boolean | undefined {
  if (target === undefined) return undefined
  const value = target.of === 'ours' ? ours : (ratio?.median ?? Number.NaN)
  return target.is === 'at least' ? value >= target.value : value <= target.value
}
