import type { CatalogErrorDetails } from 'model-catalog'

/** What an operation is called that only reads; any other one writes. */
const READING: ReadonlySet<string> = new Set([
  'fstat',
  'list',
  'lstat',
  'measure',
  'open',
  'read',
  'readdir',
  'realpath',
  'resolve',
  'stat',
])

export const READING_HINT = 'run it as a user who may read there, or give another --root'
export const WRITING_HINT = 'run it as a user who may write there, or give another --root or --store'
const FILE_HINT = 'run it as a user who may read it, or let this user read it'

/** Whether the system says that the user has no right to do this. */
export function isPermissionDenied({ errno }: CatalogErrorDetails['IO']): boolean {
  return errno === 'EACCES' || errno === 'EPERM'
}

/** What a user without the needed rights can do. */
export function hintOfPermission({ operation }: CatalogErrorDetails['IO']): string {
  return READING.has(operation) ? FILE_HINT : WRITING_HINT
}
