/** One number, with its name and labels. */
export interface MetricSample {
  /** The name of its family; in a histogram with the suffix `_bucket`, `_sum` or `_count`. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric with all its samples, as in the Prometheus text format. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** Empty if nothing is known now. */
  readonly samples: readonly MetricSample[]
}
