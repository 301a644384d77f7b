import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { openFileCopy, openFileStore } from '@catalog/store-fs'
import { type CatalogCopy, type CatalogStore, createInvalidInput } from '@catalog/types'
import {
  booleanSchema,
  defineOptions,
  functionSchema,
  type OptionsParser,
  optionsSchema,
  signalSchema,
  textSchema,
} from '@catalog/types/schema'
import { loadPostgresStore } from './load-postgres-store.ts'
import { copyCatalog } from './migrate/copy-catalog.ts'
import type { MigrateProgress } from './migrate/migration.ts'
import { isStoreUrl, parseStoreUrl, redactStoreUrl } from './store-url.ts'

export type { MigrateProgress }

/** From where to where a catalog moves. */
export interface MigrateOptions {
  /** The directory of a catalog in files, or the URL of a database. */
  readonly from: string
  /** The same of the copy, where there is nothing yet, or the beginning of this copy. */
  readonly to: string
  /** Whether to report what would be copied, and to copy nothing. Default false. */
  readonly dryRun?: boolean | undefined
  /** Called as the migration goes on, once a position at most. */
  readonly onProgress?: ((progress: MigrateProgress) => void) | undefined
  /** Ends the migration: it rejects with the signal's reason, and another one goes on from there. */
  readonly signal?: AbortSignal | undefined
}

/** What a migration did. */
export interface MigrateReport {
  /** Where the catalog was, and where the copy is, without secrets. */
  readonly from: string
  readonly to: string
  /** How many positions of the history were copied; with `dryRun`, how many would be. */
  readonly copied: number
  /** The last position of the copy. */
  readonly position: number
  /**
   * Whether the copy is whole: equal, and the original has nothing more. If not, programs refuse the copy: stop those that change
   * the original, and migrate again.
   */
  readonly isComplete: boolean
}

/** Of two letters at least: Windows has disks of one. */
const URL_LIKE = /^[a-z][a-z0-9+.-]+:\//iu

const parse: OptionsParser<MigrateOptions> = defineOptions<MigrateOptions>(
  optionsSchema({
    from: textSchema,
    to: textSchema,
    dryRun: booleanSchema.optional(),
    onProgress: functionSchema<NonNullable<MigrateOptions['onProgress']>>().optional(),
    signal: signalSchema.optional(),
  }),
)

/**
 * Copies a catalog with its history from files to a database, or back: the same models, revisions, positions, times and actors. Of the
 * settings only what they are is copied, and not who changed them, when and why. The original is only read. Programs refuse the copy with UNSUPPORTED_FORMAT until both were compared, history included, and are equal.
 * What other programs change in the original meanwhile is copied too; `isComplete` says if they went on even so. May be interrupted, also by
 * SIGKILL, and repeated: it goes on where it was, and copies what is new. Model files stay where they are.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid, or another catalog is where the copy should be
 * @throws {CatalogError} CATALOG_MISSING if there is no catalog to copy
 * @throws {CatalogError} CATALOG_REPLACED if another program writes where the copy is made
 * @throws {CatalogError} DAMAGED if the original, or the copy at the end, is not as it should be
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote one of them
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of the files
 * @throws {CatalogError} SHARED_FILE_SYSTEM if the copy would be on a file system that several machines may write
 * @throws {CatalogError} READ_ONLY if nothing may be written where the copy is made
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} UNAVAILABLE if the database does not answer in time
 * @throws {CatalogError} IO if a disk cannot be read or written, or a database refuses the connection
 */
export async function migrateCatalog(given: MigrateOptions): Promise<MigrateReport> {
  const { from, to, dryRun = false, onProgress, signal } = parse(given)
  assertPlace('from', from)
  assertPlace('to', to)
  if (await isSamePlace(from, to)) {
    throw createInvalidInput([{ field: 'to', problem: 'must be another place than from' }])
  }
  const source = await openSource(from)
  try {
    const copy = await openCopy(to)
    try {
      const place = describe(from)
      const result = await copyCatalog({ source, place, copy, dryRun, onProgress, signal })
      return { from: place, to: describe(to), ...result }
    } finally {
      await copy.close()
    }
  } finally {
    await source.close()
  }
}

/** For people: without secrets. */
function describe(place: string): string {
  return isStoreUrl(place) ? redactStoreUrl(place) : resolve(place)
}

/** A URL of another kind would be a directory with an odd name. The text may have a password. */
function assertPlace(field: 'from' | 'to', place: string): void {
  if (isStoreUrl(place) || !URL_LIKE.test(place)) return
  const problem = 'must be a directory, or a URL such as postgresql://user@host:5432/database'
  throw createInvalidInput([{ field, problem }])
}

async function isSamePlace(from: string, to: string): Promise<boolean> {
  if (isStoreUrl(from) !== isStoreUrl(to)) return false
  if (isStoreUrl(from)) return toKey(from) === toKey(to)
  const [one, other] = await Promise.all(
    [from, to].map((place) => realpath(place).catch(() => resolve(place))),
  )
  return one === other
}

function toKey(url: string): string {
  const { connectionString, schema = 'catalog' } = parseStoreUrl(url)
  return `${redactStoreUrl(connectionString)} ${schema}`
}

async function openSource(from: string): Promise<CatalogStore> {
  if (!isStoreUrl(from)) return openFileStore({ root: from, readOnly: true })
  const { openPostgresStore } = await loadPostgresStore('from')
  return openPostgresStore({ ...parseStoreUrl(from, 'from'), readOnly: true })
}

async function openCopy(to: string): Promise<CatalogCopy> {
  if (!isStoreUrl(to)) return openFileCopy(to)
  const { openPostgresCopy } = await loadPostgresStore('to')
  return openPostgresCopy(parseStoreUrl(to, 'to'))
}
