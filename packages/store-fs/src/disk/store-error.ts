import { CatalogError } from '@catalog/types'
import type { FileKind } from './file-system.ts'

/** FILE_MISSING: there is no catalog, and none is to be made. */
export function createMissing(path: string): CatalogError<'FILE_MISSING'> {
  return new CatalogError('FILE_MISSING', `there is no catalog to read: ${path} does not exist`, { path })
}

/** NOT_A_REGULAR_FILE: something else was put in place of one of the store's own files, and is left alone. */
export function createNotRegular(
  path: string,
  kind: FileKind,
  options?: { cause: unknown },
): CatalogError<'NOT_A_REGULAR_FILE'> {
  const message = `${path} is a ${kind}, where the catalog has a file or directory of its own`
  return new CatalogError('NOT_A_REGULAR_FILE', message, { path, kind }, options)
}

/** DAMAGED with the place. */
export function createDamaged(
  path: string,
  problem: string,
  place: { offset?: number; length?: number; recordsBefore?: number } = {},
  options?: { cause: unknown },
): CatalogError<'DAMAGED'> {
  const at = place.offset === undefined ? '' : ` at byte ${place.offset}`
  return new CatalogError(
    'DAMAGED',
    `${path} is damaged${at}: ${problem}`,
    { path, problem, ...place },
    options,
  )
}

/** DAMAGED: what a store has open is not what stands at the path, so that nobody would find what it writes. */
export function createReplaced(path: string): CatalogError<'DAMAGED'> {
  return createDamaged(path, 'it was removed or replaced while it was open: open the catalog again')
}

/** DAMAGED, of a segment that is open: a process that has seen no power cut cannot have lost its end to one. */
export function createCut(
  path: string,
  { offset, records }: { readonly offset: number; readonly records: number },
): CatalogError<'DAMAGED'> {
  return createDamaged(path, `what ${records} records build on is gone`, { offset })
}

/** UNSUPPORTED_FORMAT: something that a newer version wrote. */
export function createUnsupported(
  path: string,
  found: string,
  supported: string,
): CatalogError<'UNSUPPORTED_FORMAT'> {
  const message = `${path} has ${found}, and this version reads ${supported}`
  return new CatalogError('UNSUPPORTED_FORMAT', message, { path, found, supported })
}
