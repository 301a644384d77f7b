import type { CatalogError } from '@catalog/types'
import { createDamaged } from '../disk/store-error.ts'

/** Where something stands in one of the store's own files. */
export interface Place {
  readonly path: string
  readonly offset: number
  readonly length?: number
  /** The number of the last record before it. */
  readonly recordsBefore?: number
}

/** DAMAGED: what stands there has its checksum, and is not what is expected there. */
export function createDamagedAt(
  { path, ...place }: Place,
  problem: string,
  options?: { cause: unknown },
): CatalogError<'DAMAGED'> {
  return createDamaged(path, problem, place, options)
}
