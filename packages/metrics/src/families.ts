import { LIFECYCLE_STATES, VERIFICATION_OUTCOMES } from '@catalog/types'
import type { CatalogReading } from './catalog-reading.ts'
import type { MetricFamily, MetricSample } from './metric-family.ts'

/** A family, and where its samples come from. */
export interface FamilyDefinition extends Omit<MetricFamily, 'samples'> {
  readonly read: (reading: CatalogReading | undefined) => readonly Value[]
}

/** A sample whose name is that of its family with this behind it. */
type Value = Omit<MetricSample, 'name'> & { readonly suffix?: string }

/** All families, in the order in which they are shown. */
export const FAMILIES: readonly FamilyDefinition[] = [
  {
    name: 'catalog_up',
    help: 'Whether the catalog can be read: 0 while it is damaged, unreachable or closed.',
    type: 'gauge',
    read: (reading) => [{ labels: {}, value: reading === undefined ? 0 : 1 }],
  },
  {
    name: 'catalog_models_total',
    help: 'Models by state.',
    type: 'gauge',
    read: (reading) =>
      reading === undefined
        ? []
        : LIFECYCLE_STATES.map((state) => ({ labels: { state }, value: reading.counts[state] })),
  },
  {
    name: 'catalog_verification_total',
    help: 'Attempts to verify a model by outcome, of every program that uses the catalog.',
    type: 'counter',
    read: (reading) =>
      reading === undefined
        ? []
        : VERIFICATION_OUTCOMES.map((outcome) => ({
            labels: { outcome },
            value: reading.totals.verifications[outcome],
          })),
  },
  {
    name: 'catalog_operations_total',
    help: 'Changes of models by operation, of every program that uses the catalog.',
    type: 'counter',
    read: (reading) =>
      Object.entries(reading?.totals.operations ?? {}).map(([operation, value]) => ({
        labels: { operation },
        value,
      })),
  },
]

/** The family with its samples. */
export function toFamily(
  { name, help, type, read }: FamilyDefinition,
  reading: CatalogReading | undefined,
): MetricFamily {
  const samples = read(reading).map(({ suffix = '', labels, value }) => ({
    name: `${name}${suffix}`,
    labels,
    value,
  }))
  return { name, help, type, samples }
}
