import { createInvalidInput } from '@catalog/types'
import { LAYOUT_NAMES, type LayoutName } from './layout-name.ts'

/** The names of layouts that a caller gives; undefined for all. INVALID_INPUT for anything else. */
export function parseLayouts(field: string, value: unknown): readonly LayoutName[] | undefined {
  if (value === undefined) return undefined
  const known: readonly unknown[] = LAYOUT_NAMES
  if (Array.isArray(value) && value.every((name): name is LayoutName => known.includes(name))) return value
  throw createInvalidInput([{ field, problem: `must be a list of ${LAYOUT_NAMES.join(', ')}` }])
}
