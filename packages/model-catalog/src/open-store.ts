import { mkdir } from 'node:fs/promises'
import { type FileStoreOptions, openFileStore } from '@catalog/store-fs'
import { CatalogError, type CatalogStore, createInvalidInput } from '@catalog/types'
import { loadPostgresStore } from './load-postgres-store.ts'
import { parseStoreUrl } from './store-url.ts'

/** The options that say which store is opened, and how. */
export interface StoreOptions extends FileStoreOptions {
  readonly store: string | CatalogStore | undefined
}

/** The options that mean something only to the files of a catalog. */
const OF_FILES = ['intactPrefix', 'onlyWriter', 'onRecovery', 'onStaleView'] as const

/** The store of a catalog: its files in the root, a database, or what the caller has opened. */
export async function openStore({ store, ...options }: StoreOptions): Promise<CatalogStore> {
  if (store === undefined) return openFileStore(options)
  const given = typeof store === 'string' ? OF_FILES : ([...OF_FILES, 'create'] as const)
  const misplaced = given.filter((name) => options[name] !== undefined)
  if (misplaced.length > 0) {
    throw createInvalidInput(misplaced.map((field) => ({ field, problem: describeMisplaced(field) })))
  }
  if (options.readOnly !== true) await makeRoot(options.root)
  if (typeof store !== 'string') return store
  const { openPostgresStore } = await loadPostgresStore('store')
  const { readOnly, create, clock } = options
  return openPostgresStore({ ...parseStoreUrl(store), readOnly, create, clock })
}

/** As a catalog in files does. */
async function makeRoot(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true })
  } catch (cause) {
    const { code: errno = '' } = cause as NodeJS.ErrnoException
    const details = { operation: 'make', path: root, errno }
    throw new CatalogError('IO', `could not make the directory ${root}: ${errno}`, details, { cause })
  }
}

function describeMisplaced(field: (typeof OF_FILES)[number] | 'create'): string {
  if (field === 'create') return 'must not be given together with a store that is open'
  return 'is for a catalog in files, and must not be given together with store'
}
