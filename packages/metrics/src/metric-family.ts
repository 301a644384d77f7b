/** One number, and what it is of. */
export interface MetricSample {
  /** That of its family; of a histogram with `_bucket`, `_sum` or `_count` behind it. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric with all its samples, as the text format of Prometheus has them. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** None of what cannot be told now. */
  readonly samples: readonly MetricSample[]
}
