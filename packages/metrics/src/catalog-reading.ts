import type { CatalogTotals, StateCounts } from '@catalog/types'
import type { MeteredCatalog } from './metered-catalog.ts'
import type { LocalNumbers, MetricsObserver } from './metrics-observer.ts'
import type { Survey, SurveyReading } from './survey.ts'

/** All that the metrics are made from, of about one moment. */
export interface CatalogReading {
  /** Undefined if the catalog cannot be read, as while it is damaged or closed. */
  readonly known: KnownNumbers | undefined
  /** Undefined if it could not be made. */
  readonly survey: SurveyReading | undefined
  /** Undefined without an observer. */
  readonly local: LocalNumbers | undefined
}

/** What the catalog has at hand. */
export interface KnownNumbers {
  readonly counts: StateCounts
  readonly totals: CatalogTotals
}

export interface ReadingParts {
  readonly catalog: MeteredCatalog
  readonly survey: Survey
  readonly observer: MetricsObserver | undefined
}

/** Never rejects. */
export async function readCatalog({ catalog, survey, observer }: ReadingParts): Promise<CatalogReading> {
  const known = await readKnown(catalog)
  return {
    known,
    survey: known === undefined ? undefined : await survey.read(),
    local: observer?.read(),
  }
}

async function readKnown(catalog: MeteredCatalog): Promise<KnownNumbers | undefined> {
  try {
    const [counts, totals] = await Promise.all([catalog.counts(), catalog.history.totals()])
    return { counts, totals }
  } catch {
    // Of a catalog that cannot be read there is one thing to tell, and `catalog_up` tells it.
    return undefined
  }
}
