import { assertOptions } from '@catalog/types'
import { type CatalogReading, readCatalog } from './catalog-reading.ts'
import { FAMILIES, type FamilyDefinition, toFamily } from './families.ts'
import type { MeteredCatalog } from './metered-catalog.ts'
import { type MetricsOptions, toReadingParts } from './metrics-reader.ts'

/** What of the `Registry` of prom-client the metrics need. */
export interface MetricRegistry {
  /** Adds a metric; throws if there is one of that name. */
  registerMetric(metric: RegisteredMetric): void
}

/** What a registry asks of each of its metrics. */
export interface RegisteredMetric {
  /** The present samples, in the form of prom-client. */
  get(): Promise<unknown>
  /** Does nothing: what is shown is what the catalog says. */
  reset(): void
}

/** A metric as a registry of prom-client shows it. */
interface ShownMetric extends RegisteredMetric {
  /** A registry of OpenMetrics takes `_total` off. */
  name: string
  readonly help: string
  readonly type: string
}

/** Where the metrics go, and what they show. */
export interface RegisterMetricsOptions extends MetricsOptions {
  /** A `Registry` of prom-client, or its `register`. */
  readonly registry: MetricRegistry
}

/**
 * Adds the metrics of a catalog to a registry of prom-client. Each scrape asks the catalog, and never fails because of it: of
 * a catalog that cannot be read `catalog_up` is 0.
 *
 * @throws {CatalogError} INVALID_INPUT for an option that does not exist or is of a wrong type
 * @throws {Error} if the registry has metrics of these names already, as those of another catalog
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
