import { assertOptions } from '@catalog/types'
import { type CatalogReading, readCatalog } from './catalog-reading.ts'
import { FAMILIES, type FamilyDefinition, toFamily } from './families.ts'
import type { MeteredCatalog } from './metered-catalog.ts'
import { type MetricsOptions, toReadingParts } from './metrics-reader.ts'

/** The part of prom-client's `Registry` that the metrics need. */
export interface MetricRegistry {
  /** Adds a metric; throws if there is one with this name. */
  registerMetric(metric: RegisteredMetric): void
}

/** The part of a metric that a registry needs. */
export interface RegisteredMetric {
  /** The present samples, in the form of prom-client. */
  get(): Promise<unknown>
  /** Does nothing: the samples come from the catalog. */
  reset(): void
}

/** A metric as a registry of prom-client shows it. */
interface ShownMetric extends RegisteredMetric {
  /** A registry of OpenMetrics takes `_total` off. */
  name: string
  readonly help: string
  readonly type: string
}

/** The registry, and what the metrics show. */
export interface RegisterMetricsOptions extends MetricsOptions {
  /** A `Registry` of prom-client, or its `register`. */
  readonly registry: MetricRegistry
}

/**
 * Adds the metrics of a catalog to a registry of prom-client. Each scrape reads the catalog, and never fails
 * because of it: if the catalog cannot be read, `catalog_up` is 0.
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist or is of a wrong type
 * @throws {Error} if the registry already has metrics with these names, such as those of another catalog
 *
 * @example
 * ```ts
 * import { registerMetrics } from '@catalog/metrics'
 * import { Registry } from 'prom-client'
 *
 * const registry = new Registry()
 * registerMetrics(catalog, { registry })
 * console.log((await registry.metrics()).includes('catalog_up 1')) // true
 * ```
 */
export function registerMetrics(catalog: MeteredCatalog, options: RegisterMetricsOptions): void {
  assertOptions<RegisterMetricsOptions>(options, OPTIONS)
  const { registry, ...others } = options
  const parts = toReadingParts(catalog, others)
  const read = shareWhilePending(() => readCatalog(parts))
  for (const family of FAMILIES) registry.registerMetric(toRegistered(family, read))
}

const OPTIONS = { registry: 'object', observer: 'object', surveyMaxAgeMs: 'number' } as const

function toRegistered(family: FamilyDefinition, read: () => Promise<CatalogReading>): ShownMetric {
  const { name, help, type } = family
  return {
    ...{ name, help, type },
    async get() {
      const { samples } = toFamily(family, await read())
      const values = samples.map(({ name: metricName, labels, value }) =>
        metricName === name ? { labels, value } : { metricName, labels, value },
      )
      return { name: this.name, help, type, values, aggregator: 'max' }
    },
    // What is counted is the catalog's.
    reset: () => undefined,
  }
}

/** All metrics of one scrape are of one reading. */
function shareWhilePending<T>(read: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined
  return () => {
    pending ??= read().finally(() => {
      pending = undefined
    })
    return pending
  }
}
