import type { ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { createHereCheck } from '../../evidence/own-evidence.ts'
import type { NamedFile } from './survey.ts'

/** Why an entry cannot refer to another file of the same bytes in place of the one at `path`; undefined if it can. */
export function findImmovable(
  context: Pick<CatalogContext, 'volumes' | 'node' | 'store'>,
  entry: ModelEntry,
  files: readonly NamedFile[],
  path: string,
): string | undefined {
  const { id, evidence = {} } = entry
  // Its one reference is to the directory of all.
  if (entry.files !== undefined) return `it is one of the files of ${id}`
  // Stryker disable next-line MethodExpression: a model of one file has one.
  if (files.some((file) => file.path !== path)) return `${id} reaches it by another path`
  // Another volume may have the one file and not the other.
  const isHere = createHereCheck(context)
  const other = Object.entries(evidence).find(([key, each]) => !isHere(key, each))
  return other === undefined ? undefined : `${id} was read on volume ${other[0]} too`
}
