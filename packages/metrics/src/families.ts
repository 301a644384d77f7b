import { LIFECYCLE_STATES, VERIFICATION_OUTCOMES, VERIFICATION_SECONDS_BUCKETS } from '@catalog/types'
import type { CatalogReading, KnownNumbers } from './catalog-reading.ts'
import type { MetricFamily, MetricSample } from './metric-family.ts'
import type { LocalNumbers } from './metrics-observer.ts'
import type { SurveyReading } from './survey.ts'

/** A family, and where its samples come from. */
export interface FamilyDefinition extends Omit<MetricFamily, 'samples'> {
  readonly read: (reading: CatalogReading) => readonly Value[]
}

/** A sample whose name is that of its family with the suffix behind it. */
type Value = Omit<MetricSample, 'name'> & { readonly suffix?: string }

type Head = Pick<FamilyDefinition, 'name' | 'type' | 'help'>

const AUDIT_PARTS = { done: 'what it has read', total: 'what it was to read' }

/** All families, in the order in which they are shown. The names are in the README, the dashboard and the alerts. */
export const FAMILIES: readonly FamilyDefinition[] = [
  {
    ...gauge('catalog_up', 'Whether the catalog can be read: 0 while it is damaged, unreachable or closed.'),
    read: ({ known }) => one(known === undefined ? 0 : 1),
  },
  ofKnown(gauge('catalog_models_total', 'Models by state.'), ({ counts }) =>
    LIFECYCLE_STATES.map((state) => ({ labels: { state }, value: counts[state] })),
  ),
  ofKnown(
    counter(
      'catalog_verification_total',
      'Verification attempts by outcome, of every program that uses the catalog.',
    ),
    ({ totals }) =>
      VERIFICATION_OUTCOMES.map((outcome) => ({
        labels: { outcome },
        value: totals.verifications[outcome],
      })),
  ),
  ofKnown(
    counter(
      'catalog_operations_total',
      'Changes of models by operation, of every program that uses the catalog.',
    ),
    ({ totals }) =>
      Object.entries(totals.operations).map(([operation, value]) => ({ labels: { operation }, value })),
  ),
  ofKnown(
    counter('catalog_verified_bytes_total', 'Bytes that verifications read, of every program.'),
    ({ totals }) => one(totals.verifiedBytes),
  ),
  ofKnown(
    {
      name: 'catalog_verification_duration_seconds',
      type: 'histogram',
      help: 'How long verification attempts took, of every program.',
    },
    toHistogram,
  ),
  ofLocal(
    counter('catalog_conflicts_total', 'Conflicts with other writers after which this process decided anew.'),
    ({ conflicts }) => one(conflicts),
  ),
  ...(['done', 'total'] as const).flatMap((part) => [
    ofLocal(
      gauge(
        `catalog_audit_${part}_models`,
        `Models of the last audit of this process: ${AUDIT_PARTS[part]}.`,
      ),
      ({ audit }) => (audit === undefined ? [] : one(audit[`${part}Models`])),
    ),
    ofLocal(
      gauge(`catalog_audit_${part}_bytes`, `Bytes of the last audit of this process: ${AUDIT_PARTS[part]}.`),
      ({ audit }) => (audit === undefined ? [] : one(audit[`${part}Bytes`])),
    ),
  ]),
  {
    ...gauge('catalog_survey_up', 'Whether the files and entries could be surveyed for the metrics below.'),
    read: ({ known, survey }) => (known === undefined ? [] : one(survey === undefined ? 0 : 1)),
  },
  ofSurvey(gauge('catalog_survey_timestamp_seconds', 'When that was done, in Unix time.'), ({ at }) =>
    one(at / 1000),
  ),
  ofSurvey(
    gauge('catalog_models_bytes', 'Bytes of the models of known size, by state.'),
    ({ stats: { byState } }) =>
      LIFECYCLE_STATES.map((state) => ({ labels: { state }, value: byState[state].bytes })),
  ),
  ofSurvey(
    gauge('catalog_usable_models', 'Active models that this machine has verified and may use.'),
    ({ stats: { usableHere } }) => (usableHere === undefined ? [] : one(usableHere)),
  ),
  ofFleet(
    gauge('catalog_single_copy_models', 'Active models of which one copy counts, on any machine.'),
    ({ singleCopy }) => singleCopy,
  ),
  ofFleet(
    gauge('catalog_no_copy_models', 'Active models of which no copy counts on any machine.'),
    ({ noCopy }) => noCopy,
  ),
  ofFleet(gauge('catalog_nodes', 'Machines with a verified copy of any model.'), ({ nodes }) => nodes),
  ofFleet(
    gauge(
      'catalog_silent_nodes',
      'Those of them that were not seen for too long: their copies do not count.',
    ),
    ({ silentNodes }) => silentNodes,
  ),
  ofSurvey(
    gauge('catalog_oldest_evidence_age_seconds', 'Age of the oldest evidence on this machine.'),
    ({ stats: { oldestEvidenceAt } }) =>
      oldestEvidenceAt === null ? [] : one(Math.max(0, (Date.now() - Date.parse(oldestEvidenceAt)) / 1000)),
  ),
  ofSurvey(gauge('catalog_partial_bytes', 'Bytes of unfinished downloads on disk.'), ({ stats }) =>
    one(stats.partialBytes),
  ),
  ofSurvey(gauge('catalog_quarantined_bytes', 'Bytes of quarantined files on disk.'), ({ stats }) =>
    one(stats.quarantinedBytes),
  ),
  ofSurvey(gauge('catalog_free_bytes', 'Bytes that may still be written into the root.'), ({ stats }) =>
    one(stats.freeBytes),
  ),
  ofSurvey(gauge('catalog_active_leases', 'Active leases.'), ({ stats }) => one(stats.leases)),
  ofSurvey(gauge('catalog_active_downloads', 'Active downloads.'), ({ stats }) => one(stats.downloads)),
  ofSurvey(gauge('catalog_journal_bytes', 'Bytes of the journal and its snapshots on disk.'), ({ history }) =>
    one(history.bytes),
  ),
]

/** The family with its samples. */
export function toFamily(
  { name, help, type, read }: FamilyDefinition,
  reading: CatalogReading,
): MetricFamily {
  const samples = read(reading).map(({ suffix = '', labels, value }) => ({
    name: `${name}${suffix}`,
    labels,
    value,
  }))
  return { name, help, type, samples }
}

function gauge(name: string, help: string): Head {
  return { name, type: 'gauge', help }
}

function counter(name: string, help: string): Head {
  return { name, type: 'counter', help }
}

function ofKnown(head: Head, read: (known: KnownNumbers) => readonly Value[]): FamilyDefinition {
  return { ...head, read: ({ known }) => (known === undefined ? [] : read(known)) }
}

function ofSurvey(head: Head, read: (survey: SurveyReading) => readonly Value[]): FamilyDefinition {
  return { ...head, read: ({ survey }) => (survey === undefined ? [] : read(survey)) }
}

/** Of a catalog that several machines share: no label names one of them, nor a model. */
function ofFleet(
  head: Head,
  read: (fleet: NonNullable<SurveyReading['stats']['fleet']>) => number,
): FamilyDefinition {
  return ofSurvey(head, ({ stats: { fleet } }) => (fleet === undefined ? [] : one(read(fleet))))
}

function ofLocal(head: Head, read: (local: LocalNumbers) => readonly Value[]): FamilyDefinition {
  return { ...head, read: ({ local }) => (local === undefined ? [] : read(local)) }
}

function one(value: number): readonly Value[] {
  return [{ labels: {}, value }]
}

function toHistogram({ totals: { verificationSeconds } }: KnownNumbers): readonly Value[] {
  const { count, sum, buckets } = verificationSeconds
  const bounded = VERIFICATION_SECONDS_BUCKETS.map((bound, index) => ({
    ...{ suffix: '_bucket', labels: { le: String(bound) } },
    value: buckets[index] ?? count,
  }))
  return [
    ...bounded,
    { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
    { suffix: '_sum', labels: {}, value: sum },
    { suffix: '_count', labels: {}, value: count },
  ]
}
