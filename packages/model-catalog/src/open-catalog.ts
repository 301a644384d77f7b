import { join } from 'node:path'
import { Catalog, type CatalogPolicy } from '@catalog/core'
import { createModelDirectory, createVolumes, type SymlinkPolicy } from '@catalog/files'
import type { RecoveryReport } from '@catalog/store-fs'
import type { CatalogError, CatalogObserver, CatalogStore, Clock } from '@catalog/types'
import {
  booleanSchema,
  customSchema,
  defineOptionalOptions,
  functionSchema,
  holderSchema,
  nodeNameSchema,
  type OptionsParser,
  objectSchema,
  optionsSchema,
  policySchema,
  textSchema,
  uncheckedSchema,
} from '@catalog/types/schema'
import { createFileVerifier } from '@catalog/verify'
import { findDefaultRoot } from './default-root.ts'
import { findHostName, findNodeName } from './node-name.ts'
import { openStore } from './open-store.ts'

/** Options of `openCatalog`: all have defaults. */
export interface OpenCatalogOptions {
  /**
   * The directory of the model files and, without `store`, of `catalog.json`, created if missing. Default:
   * {@link findDefaultRoot}.
   */
  readonly root?: string | undefined
  /**
   * A database that has the catalog for any number of machines, as a URL:
   * `postgresql://user@host:5432/database?schema=models`. Needs the package `@catalog/store-postgres`. The
   * schema is `catalog` unless the URL has one; `pooler=true` if it leads to a pooler in transaction mode, such
   * as PgBouncer; other parameters are those of `pg`, and `PGPASSWORD` and the other variables of PostgreSQL
   * apply. Or a store that is open, which the catalog closes. The root has the model files of this machine.
   * Default: the files in the root.
   */
  readonly store?: string | CatalogStore | undefined
  /**
   * Opens the catalog read-only: needs no right to write, changes nothing, and sees what other processes
   * write. Default false.
   */
  readonly readOnly?: boolean | undefined
  /** Whether the catalog is created if there is none; default true. Never with `readOnly`. */
  readonly create?: boolean | undefined
  /**
   * With `readOnly`: opens a damaged catalog as it was before the damage. Later changes, also of states, are
   * not seen; `onRecovery` receives the damage. Not with `store`.
   */
  readonly intactPrefix?: boolean | undefined
  /**
   * Promises that no other program writes to this catalog, on any machine. Required to open one on a network
   * file system for writing. Not with `store`.
   */
  readonly onlyWriter?: boolean | undefined
  /**
   * Called once, before opening resolves, if opening found what a crash, a power cut or damage left. Not with
   * `store`.
   */
  readonly onRecovery?: ((report: RecoveryReport) => void) | undefined
  /**
   * Called once, while closing, if the last `catalog.json` could not be written: NO_SPACE, READ_ONLY or IO.
   * Everything acknowledged is durable, the next writer updates the file, and `close` does not reject because
   * of it. Not with `store`.
   */
  readonly onStaleView?: ((error: CatalogError) => void) | undefined
  /**
   * The label of this machine, in leases, downloads and evidence; default: `$CATALOG_NODE`, else a code
   * derived from `/etc/machine-id`, else the host name.
   */
  readonly node?: string | undefined
  /**
   * Directories on other volumes than the root's. Each has, or is given, an anchor file, `.catalog-volume`:
   * what a process reads on a volume without an anchor counts only until that process ends.
   */
  readonly anchors?: readonly string[] | undefined
  /**
   * Directories with model files that are only read, searched in this order for files that are not in the
   * root.
   */
  readonly searchRoots?: readonly string[] | undefined
  /**
   * Whether model files may be symbolic links: not at all, into one of the roots, or to any file. Default
   * `refuse`. A model in place that has `linksInto` follows that instead.
   */
  readonly symlinks?: SymlinkPolicy | undefined
  /** How many large files are read at the same time, each by a thread of its own: 1 to 64. Default 2. */
  readonly threads?: number | undefined
  /** Rules for using a model, besides evidence for its digest. */
  readonly policy?: CatalogPolicy | undefined
  /**
   * The holder of the downloads and leases of this catalog; default: a random name. A provisioner with a
   * fixed name continues after a crash what it had begun.
   */
  readonly holder?: string | undefined
  /** Receives every operation, verification and conflict, for metrics and logs. */
  readonly observer?: CatalogObserver | undefined
  /** The time of day, for tests. */
  readonly clock?: Clock | undefined
}

const storeSchema = customSchema<string | CatalogStore>(
  (value) => (typeof value === 'string' ? value !== '' : isStore(value)),
  'must be a URL of a database or a store that is open',
)

function isStore(value: unknown): boolean {
  const { commit, refresh, close } = (value ?? {}) as Partial<CatalogStore>
  return [commit, refresh, close].every((method) => typeof method === 'function')
}

const parseOpenOptions: OptionsParser<OpenCatalogOptions> = defineOptionalOptions<OpenCatalogOptions>(
  optionsSchema({
    root: textSchema.optional(),
    store: storeSchema.optional(),
    readOnly: booleanSchema.optional(),
    create: booleanSchema.optional(),
    intactPrefix: booleanSchema.optional(),
    onlyWriter: booleanSchema.optional(),
    onRecovery: functionSchema<NonNullable<OpenCatalogOptions['onRecovery']>>().optional(),
    onStaleView: functionSchema<NonNullable<OpenCatalogOptions['onStaleView']>>().optional(),
    node: nodeNameSchema.optional(),
    // createVolumes checks it.
    anchors: uncheckedSchema<readonly string[]>().optional(),
    // createModelDirectory checks these two.
    searchRoots: uncheckedSchema<readonly string[]>().optional(),
    symlinks: uncheckedSchema<SymlinkPolicy>().optional(),
    // createFileVerifier checks it.
    threads: uncheckedSchema<number>().optional(),
    policy: policySchema.optional(),
    holder: holderSchema.optional(),
    observer: objectSchema<CatalogObserver>().optional(),
    clock: objectSchema<Clock>().optional(),
  }),
)

/**
 * Opens the catalog of a directory, or with `store` that of a database, for any number of callers, threads and
 * processes at once. A directory that has only a `catalog.json` in the format of the specification is
 * adopted. Close the catalog, or declare it with `await using`.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid, or the package of the database is not installed
 * @throws {CatalogError} CATALOG_MISSING if there is no catalog, and `readOnly` is set or `create` is false
 * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
 * @throws {CatalogError} EDITED_OUTSIDE if `catalog.json` was edited and cannot be adopted
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} SHARED_FILE_SYSTEM if several machines may write to the file system, without
 *   `onlyWriter`
 * @throws {CatalogError} READ_ONLY if the file system or the database is read-only, without `readOnly`
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} UNAVAILABLE if the database does not answer in time
 * @throws {CatalogError} IO if the disk cannot be read or written, or the database refuses the connection
 *
 * @example
 * ```ts
 * import { openCatalog } from 'model-catalog'
 *
 * await using catalog = await openCatalog({ root: './models' })
 * await catalog.register({ id: 'mistral-7b', source: 'hf:org/mistral-7b/model.gguf' })
 * console.log(await catalog.count()) // 1
 * ```
 */
export async function openCatalog(given?: OpenCatalogOptions): Promise<Catalog> {
  const options = parseOpenOptions(given)
  const { root = findDefaultRoot(), node = findNodeName(), observer, clock = systemClock } = options
  const { store: chosen, readOnly, create, intactPrefix, onlyWriter, onRecovery, onStaleView } = options
  const { searchRoots, symlinks, anchors, threads, policy, holder } = options
  const files = createModelDirectory(root, { searchRoots, symlinks, readOnly })
  const volumes = createVolumes(root, { anchors, readOnly })
  const access = { readOnly, create, intactPrefix, onlyWriter }
  const store = await openStore({ store: chosen, root, clock, ...access, onRecovery, onStaleView })
  try {
    return new Catalog({
      store,
      verifier: createFileVerifier({ threads, probeDirectories: readOnly ? [] : [join(root, '.catalog')] }),
      files,
      volumes,
      clock,
      node,
      formerNodes: [findHostName()],
      observer,
      policy,
      holder,
    })
  } catch (error) {
    await store.close()
    throw error
  }
}

const systemClock: Clock = { now: () => new Date() }
