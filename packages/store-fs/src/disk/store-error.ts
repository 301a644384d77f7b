import { CatalogError, type FileKind, type TextPlace } from '@catalog/types'

/** CATALOG_MISSING: the root has no catalog, or one without a journal yet where its history is asked for. */
export function createMissing(
  root: string,
  what: 'catalog' | 'history' = 'catalog',
): CatalogError<'CATALOG_MISSING'> {
  return new CatalogError('CATALOG_MISSING', `there is no ${what} in ${root}`, { path: root })
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
  place: { offset?: number; length?: number; recordsBefore?: number; places?: readonly TextPlace[] } = {},
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

/** CATALOG_REPLACED: a store has another file open than the one at the path, so that no reader would find what it writes. */
export function createReplaced(path: string): CatalogError<'CATALOG_REPLACED'> {
  return new CatalogError('CATALOG_REPLACED', `${path} was removed or replaced while it was open`, { path })
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
