import { expect, it } from 'vitest'
import type {
  LocalNumbers,
  MeteredCatalog,
  MeteredStats,
  MetricFamily,
  MetricRegistry,
  MetricSample,
  MetricsObserver,
  MetricsOptions,
  MetricsReader,
  RegisteredMetric,
  RegisterMetricsOptions,
} from './index.ts'
import * as metrics from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [
  LocalNumbers,
  MeteredCatalog,
  MeteredStats,
  MetricFamily,
  MetricRegistry,
  MetricSample,
  MetricsObserver,
  MetricsOptions,
  MetricsReader,
  RegisteredMetric,
  RegisterMetricsOptions,
]

it('the package exports these and nothing else', () => {
  expect(Object.keys(metrics).sort()).toEqual([
    'createMetricsObserver',
    'createMetricsReader',
    'readMetrics',
    'registerMetrics',
  ])
})
