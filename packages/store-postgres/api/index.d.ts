// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  Clock,
  CatalogCopy,
  CatalogStore,
} from '@catalog/types';

interface PostgresClient {
    query(text: string, values?: unknown[]): Promise<{
        readonly rows: unknown[];
    }>;
    release(error?: Error | boolean): void;
    unref?(): unknown;
    on(event: 'error', listener: (error: Error) => void): unknown;
    on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
    on(event: 'end', listener: () => void): unknown;
    removeListener(event: 'error', listener: (error: Error) => void): unknown;
}
interface PostgresNotification {
    readonly channel: string;
    readonly payload?: string | undefined;
}
interface PostgresPool {
    connect(): Promise<PostgresClient>;
    on(event: 'error', listener: (error: Error) => void): unknown;
    on(event: 'connect', listener: (client: PostgresClient) => void): unknown;
    removeListener(event: 'error', listener: (error: Error) => void): unknown;
    removeListener(event: 'connect', listener: (client: PostgresClient) => void): unknown;
}

interface PostgresTlsOptions {
    readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
    readonly cert?: string | Uint8Array | undefined;
    readonly key?: string | Uint8Array | undefined;
    readonly passphrase?: string | undefined;
    readonly servername?: string | undefined;
    readonly rejectUnauthorized?: boolean | undefined;
    readonly minVersion?: 'TLSv1.3' | 'TLSv1.2' | undefined;
    readonly ciphers?: string | undefined;
}

interface PostgresStoreOptions {
    readonly connectionString?: string | undefined;
    readonly pool?: PostgresPool | undefined;
    readonly schema?: string | undefined;
    readonly ssl?: boolean | PostgresTlsOptions | undefined;
    readonly readOnly?: boolean | undefined;
    readonly create?: boolean | undefined;
    readonly pooler?: boolean | undefined;
    readonly listen?: string | false | undefined;
    readonly pollMs?: number | undefined;
    readonly timeoutMs?: number | undefined;
    readonly maxConnections?: number | undefined;
    readonly applicationName?: string | undefined;
    readonly segmentLength?: number | undefined;
    readonly allowUnsafeServer?: boolean | undefined;
    readonly clock?: Clock | undefined;
}

declare function openPostgresCopy(given: PostgresStoreOptions): Promise<CatalogCopy>;

declare function openPostgresStore(given: PostgresStoreOptions): Promise<CatalogStore>;

export {
  openPostgresCopy,
  openPostgresStore,
};
export type {
  PostgresClient,
  PostgresNotification,
  PostgresPool,
  PostgresStoreOptions,
  PostgresTlsOptions,
};
