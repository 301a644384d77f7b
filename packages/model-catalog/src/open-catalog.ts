import { join } from 'node:path'
import { Catalog, type CatalogPolicy } from '@catalog/core'
import { createModelDirectory, createVolumes, type SymlinkPolicy } from '@catalog/files'
import { openFileStore, type RecoveryReport } from '@catalog/store-fs'
import type { CatalogError, CatalogObserver, Clock } from '@catalog/types'
import {
  booleanSchema,
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

/** How `openCatalog` opens a catalog: `root` says where, all else has a default. */
export interface OpenCatalogOptions {
  /** The directory of the model files and of `catalog.json`; made where absent. Default: {@link findDefaultRoot}. */
  readonly root?: string | undefined
  /** Only reads: needs no right to write, makes and changes nothing, and follows what others write. */
  readonly readOnly?: boolean | undefined
  /** Whether the catalog is created if the root has none; default true. Never with `readOnly`. */
  readonly create?: boolean | undefined
  /**
   * With `readOnly`: opens a damaged catalog with what is certain of it, as it was before the damage. Later
   * changes, also of states, are not seen: `onRecovery` is told, with the damage.
   */
  readonly intactPrefix?: boolean | undefined
  /** Promises that no other program writes to this catalog: only then a network file system is opened for writing. */
  readonly onlyWriter?: boolean | undefined
  /** Called once, where opening found what a crash, a power cut or damage had left. */
  readonly onRecovery?: ((report: RecoveryReport) => void) | undefined
  /**
   * Called once, while closing, if the disk did not take the last `catalog.json`: NO_SPACE, READ_ONLY, IO. Everything that
   * was acknowledged is safe, and the next writer brings the file up to date; `close` does not reject because of it.
   */
  readonly onStaleView?: ((error: CatalogError) => void) | undefined
  /**
   * The label of this machine, in leases, downloads and evidence; default: `$CATALOG_NODE`, else a code made from
   * `/etc/machine-id`, else the host name.
   */
  readonly node?: string | undefined
  /**
   * Directories on other volumes than the root's that have, or are given, an anchor file, `.catalog-volume`: what is read on
   * a volume without an anchor counts only until the process that read it ends.
   */
  readonly anchors?: readonly string[] | undefined
  /** Directories with model files that are only read, searched in this order for what is not in the root. */
  readonly searchRoots?: readonly string[] | undefined
  /**
   * Whether model files may be symbolic links: not at all, where they lead into one of the roots, or wherever they lead.
   * Default `refuse`.
   */
  readonly symlinks?: SymlinkPolicy | undefined
  /** What it takes to use a model, beyond evidence for its digest. */
  readonly policy?: CatalogPolicy | undefined
  /**
   * Who holds the downloads that this catalog begins; default: a name of its own. A provisioner that gives its own goes
   * on at once with what it had begun before a crash.
   */
  readonly holder?: string | undefined
  /** Hears of every operation, verification and conflict: what metrics hang on. */
  readonly observer?: CatalogObserver | undefined
  /** The time of day, for tests. */
  readonly clock?: Clock | undefined
}

const parseOpenOptions: OptionsParser<OpenCatalogOptions> = defineOptionalOptions<OpenCatalogOptions>(
  optionsSchema({
    root: textSchema.optional(),
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
    policy: policySchema.optional(),
    holder: holderSchema.optional(),
    observer: objectSchema<CatalogObserver>().optional(),
    clock: objectSchema<Clock>().optional(),
  }),
)

/**
 * Opens the catalog of a directory, for as many callers, threads and processes at once as there are.
 * A directory with nothing but a `catalog.json` of the specification's format is adopted as it is.
 * Close it, or declare it with `await using`. INVALID_INPUT, DAMAGED, UNSUPPORTED_FORMAT, NOT_A_REGULAR_FILE, NO_SPACE, READ_ONLY,
 * SHARED_FILE_SYSTEM, IO; CATALOG_MISSING with `readOnly` or without `create` if there is no catalog.
 */
export async function openCatalog(given?: OpenCatalogOptions): Promise<Catalog> {
  const options = parseOpenOptions(given)
  const { root = findDefaultRoot(), node = findNodeName(), observer, clock = systemClock } = options
  const { readOnly, create, intactPrefix, onlyWriter, onRecovery, onStaleView } = options
  const { searchRoots, symlinks, anchors, policy, holder } = options
  const files = createModelDirectory(root, { searchRoots, symlinks, readOnly })
  const volumes = createVolumes(root, { anchors, readOnly })
  const access = { readOnly, create, intactPrefix, onlyWriter }
  const store = await openFileStore({ root, clock, ...access, onRecovery, onStaleView })
  try {
    return new Catalog({
      store,
      verifier: createFileVerifier({ probeDirectories: readOnly ? [] : [join(root, '.catalog')] }),
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
