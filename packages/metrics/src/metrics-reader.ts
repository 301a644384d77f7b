import { assertOptions, createInvalidInput } from '@catalog/types'
import { type ReadingParts, readCatalog } from './catalog-reading.ts'
import { FAMILIES, toFamily } from './families.ts'
import type { MeteredCatalog } from './metered-catalog.ts'
import type { MetricFamily } from './metric-family.ts'
import type { MetricsObserver } from './metrics-observer.ts'
import { Survey } from './survey.ts'

/** What the metrics show beside the catalog itself, and how old that may be. */
export interface MetricsOptions {
  /** From `createMetricsObserver`: without it, what only this process knows is not shown. */
  readonly observer?: MetricsObserver | undefined
  /** For how long what takes a look at all entries and files is shown before it is made anew; default 60,000. */
  readonly surveyMaxAgeMs?: number | undefined
}

/** Reads all metrics of a catalog, again and again. */
export interface MetricsReader {
  /**
   * All metrics as plain values. Never rejects: of a catalog that cannot be read `catalog_up` is 0, and what the catalog would
   * have to say has no samples.
   */
  read(): Promise<readonly MetricFamily[]>
}

const DEFAULT_MAX_AGE_MS = 60_000

/**
 * The metrics of a catalog for any library that shows them: read at each scrape.
 *
 * @throws {CatalogError} INVALID_INPUT for an option that does not exist or is of a wrong type
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

/** The metrics of a catalog, once. */
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
