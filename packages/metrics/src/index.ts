export type { MeteredCatalog, MeteredStats } from './metered-catalog.ts'
export type { MetricFamily, MetricSample } from './metric-family.ts'
export { createMetricsObserver, type LocalNumbers, type MetricsObserver } from './metrics-observer.ts'
export {
  createMetricsReader,
  type MetricsOptions,
  type MetricsReader,
  readMetrics,
} from './metrics-reader.ts'
export {
  type MetricRegistry,
  type RegisteredMetric,
  type RegisterMetricsOptions,
  registerMetrics,
} from './register-metrics.ts'
