export type { MeteredCatalog } from './metered-catalog.ts'
export type { MetricFamily, MetricSample } from './metric-family.ts'
export { readMetrics } from './read-metrics.ts'
export {
  type MetricRegistry,
  type RegisteredMetric,
  type RegisterMetricsOptions,
  registerMetrics,
} from './register-metrics.ts'
