import { assertOptions, createInvalidInput } from '@catalog/types'
import { type ReadingParts, readCatalog } from './catalog-reading.ts'
import { FAMILIES, toFamily } from './families.ts'
import type { MeteredCatalog } from './metered-catalog.ts'
import type { MetricFamily } from './metric-family.ts'
import type { MetricsObserver } from './metrics-observer.ts'
import { Survey } from './survey.ts'

/** What the metrics show besides the catalog itself, and how old it may be. */
export interface MetricsOptions {
  /** From `createMetricsObserver`. Without it, numbers that only this process knows are not shown. */
  readonly observer?: MetricsObserver | undefined
  /**
   * How old numbers may be that require reading all entries and examining all files, in milliseconds; default
   * 60,000.
   */
  readonly surveyMaxAgeMs?: number | undefined
}

/** Reads all metrics of a catalog, any number of times. */
export interface MetricsReader {
  /**
   * All metrics as plain values. Never rejects: if the catalog cannot be read, `catalog_up` is 0, and metrics
   * from the catalog have no samples.
   */
  read(): Promise<readonly MetricFamily[]>
}

const DEFAULT_MAX_AGE_MS = 60_000

/**
 * Reads the metrics of a catalog at each scrape, for any metrics library.
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist or is of a wrong type
 *
 * @example
 * ```ts
 * import { createMetricsReader } from '@catalog/metrics'
 *
 * const reader = createMetricsReader(catalog)
 * const families = await reader.read()
 * console.log(families.find(({ name }) => name === 'catalog_up')?.samples[0]?.value) // 1
 * ```
 */
export function createMetricsReader(catalog: MeteredCatalog, options: MetricsOptions = {}): MetricsReader {
  const parts = toReadingParts(catalog, options)
  return {
    async read() {
      const reading = await readCatalog(parts)
      return FAMILIES.map((family) => toFamily(family, reading))
    },
  }
}

/**
 * The metrics of a catalog, once. If the catalog cannot be read, `catalog_up` is 0, and metrics from the
 * catalog have no samples.
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist or is of a wrong type
 *
 * @example
 * ```ts
 * import { readMetrics } from '@catalog/metrics'
 *
 * const families = await readMetrics(catalog)
 * console.log(families.every(({ name }) => name.startsWith('catalog_'))) // true
 * ```
 */
export async function readMetrics(
  catalog: MeteredCatalog,
  options: MetricsOptions = {},
): Promise<readonly MetricFamily[]> {
  return createMetricsReader(catalog, options).read()
}

/** The options, checked, as what a reading needs. */
export function toReadingParts(catalog: MeteredCatalog, options: MetricsOptions): ReadingParts {
  assertOptions<MetricsOptions>(options, { observer: 'object', surveyMaxAgeMs: 'number' })
  const { observer, surveyMaxAgeMs = DEFAULT_MAX_AGE_MS } = options
  if (!(surveyMaxAgeMs >= 0)) {
    throw createInvalidInput([
      { field: 'surveyMaxAgeMs', problem: 'must be a number of milliseconds from 0' },
    ])
  }
  return { catalog, survey: new Survey(catalog, surveyMaxAgeMs), observer }
}
