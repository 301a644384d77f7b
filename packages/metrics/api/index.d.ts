// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  StateCounts,
  CatalogTotals,
  HistorySize,
  LifecycleState,
  AuditEvent,
  CatalogObserver,
} from '@catalog/types';

interface MeteredCatalog {
    counts(): Promise<StateCounts>;
    readonly history: {
        totals(): Promise<CatalogTotals>;
        size(): Promise<HistorySize>;
    };
    readonly upkeep: {
        stats(): Promise<MeteredStats>;
    };
}
interface MeteredStats {
    readonly byState: Readonly<Record<LifecycleState, {
        readonly bytes: number;
    }>>;
    readonly oldestEvidenceAt: string | null;
    readonly partialBytes: number;
    readonly quarantinedBytes: number;
    readonly freeBytes: number;
    readonly leases: number;
    readonly downloads: number;
    readonly usableHere?: number;
    readonly fleet?: {
        readonly nodes: number;
        readonly silentNodes: number;
        readonly singleCopy: number;
        readonly noCopy: number;
    };
}

interface MetricSample {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
}
interface MetricFamily {
    readonly name: string;
    readonly help: string;
    readonly type: 'counter' | 'gauge' | 'histogram';
    readonly samples: readonly MetricSample[];
}

interface LocalNumbers {
    readonly conflicts: number;
    readonly audit: AuditEvent | undefined;
}
interface MetricsObserver extends CatalogObserver {
    onConflict(): void;
    onAudit(event: AuditEvent): void;
    read(): LocalNumbers;
}
declare function createMetricsObserver(): MetricsObserver;

interface MetricsOptions {
    readonly observer?: MetricsObserver | undefined;
    readonly surveyMaxAgeMs?: number | undefined;
}
interface MetricsReader {
    read(): Promise<readonly MetricFamily[]>;
}
declare function createMetricsReader(catalog: MeteredCatalog, options?: MetricsOptions): MetricsReader;
declare function readMetrics(catalog: MeteredCatalog, options?: MetricsOptions): Promise<readonly MetricFamily[]>;

interface MetricRegistry {
    registerMetric(metric: RegisteredMetric): void;
}
interface RegisteredMetric {
    get(): Promise<unknown>;
    reset(): void;
}
interface RegisterMetricsOptions extends MetricsOptions {
    readonly registry: MetricRegistry;
}
declare function registerMetrics(catalog: MeteredCatalog, options: RegisterMetricsOptions): void;

export {
  createMetricsObserver,
  createMetricsReader,
  readMetrics,
  registerMetrics,
};
export type {
  LocalNumbers,
  MeteredCatalog,
  MeteredStats,
  MetricFamily,
  MetricRegistry,
  MetricSample,
  MetricsObserver,
  MetricsOptions,
  MetricsReader,
  RegisterMetricsOptions,
  RegisteredMetric,
};
