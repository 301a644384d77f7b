import type { EntryContent } from '@catalog/types'
import { generateEntry } from '../store/models.ts'

const FIRST_MS = Date.UTC(2025, 0, 1)
/** A prime, so that models do not come in the order of their times and sizes. */
const STRIDE = 7919
const SPREAD = 1_000_003

/** A model of a generated catalog, with a time and a size of its own. */
export function generateSpreadEntry(number: number): EntryContent {
  const entry = generateEntry(number)
  const place = (number * STRIDE) % SPREAD
  const at = new Date(FIRST_MS + 1000 * place).toISOString()
  const verifiedAt = entry.verifiedAt === null ? null : at
  return { ...entry, registeredAt: at, verifiedAt, sizeBytes: 1_000_000 + 1000 * place }
}
