/** The columns of `ls`, by the words of `--columns`. Without the library: help does not wait for it. */
export const MODEL_COLUMN_NAMES = [
  'id',
  'name',
  'state',
  'disk',
  'nodes',
  'size',
  'arch',
  'params',
  'quant',
  'context',
  'verified',
  'registered',
  'revision',
  'digest',
  'tags',
  'source',
] as const

export type ModelColumnName = (typeof MODEL_COLUMN_NAMES)[number]

/** The columns in a text with commas between them; undefined if one is not known. */
export function findModelColumns(text: string): readonly ModelColumnName[] | undefined {
  const words = text.split(',').map((word) => word.trim())
  const names = words.flatMap((word) => MODEL_COLUMN_NAMES.find((name) => name === word) ?? [])
  return names.length === words.length ? names : undefined
}
