import { expect, it } from 'vitest'
import type {
  MeteredCatalog,
  MetricFamily,
  MetricRegistry,
  MetricSample,
  RegisteredMetric,
  RegisterMetricsOptions,
} from './index.ts'
import * as metrics from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [
  MeteredCatalog,
  MetricFamily,
  MetricRegistry,
  MetricSample,
  RegisteredMetric,
  RegisterMetricsOptions,
]

it('the package exports these and nothing else', () => {
  expect(Object.keys(metrics).sort()).toEqual(['readMetrics', 'registerMetrics'])
})
