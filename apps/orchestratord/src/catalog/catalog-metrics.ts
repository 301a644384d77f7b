/** Room `catalog`: the catalog that all requests share. */

import { createMetricsObserver, registerMetrics } from '@catalog/metrics'
import { type Catalog, type CatalogObserver, isCatalogError } from 'model-catalog'
import { Registry } from 'prom-client'
import type { SharedCatalog } from './shared-catalog.ts'

/** The metrics of the catalog as Prometheus reads them. */
export interface CatalogMetrics {
  readonly contentType: string
  /** Hears of what this process does; the catalog is opened with it. */
  readonly observer: CatalogObserver
  /** Never rejects for what the catalog is to blame for: then `catalog_up` is 0. */
  collect(catalog: SharedCatalog): Promise<string>
}

/** What is scraped while no catalog can be opened. */
const DOWN = '# HELP catalog_up Whether the catalog can be read.\n# TYPE catalog_up gauge\ncatalog_up 0\n'

export function createCatalogMetrics(): CatalogMetrics {
  const observer = createMetricsObserver()
  // A catalog that was damaged is opened anew, with a registry of its own.
  const registries = new WeakMap<Catalog, Registry>()
  const registryOf = (catalog: Catalog): Registry => {
    const known = registries.get(catalog)
    if (known !== undefined) return known
    const registry = new Registry()
    registerMetrics(catalog, { registry, observer })
    registries.set(catalog, registry)
    return registry
  }
  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    observer,
    async collect(shared) {
      try {
        return await shared.use(async (catalog) => {
          // Rejects if the catalog has to be opened anew, which a scrape does not.
          await catalog.refresh()
          return await registryOf(catalog).metrics()
        })
      } catch (error) {
        if (isCatalogError(error)) return DOWN
        throw error
      }
    },
  }
}
