import { CatalogError, isCatalogError, type StoredSettings } from '@catalog/types'
import { decodeSettings, NO_SETTINGS, type WireSettings } from '@catalog/types/adapter'
import type { CatalogReading } from './catalog-reading.ts'

/** The settings, and as they are stored; undefined if none were ever stored. */
export interface FoundSettings {
  readonly settings: StoredSettings
  readonly content: WireSettings | undefined
}

export async function readSettings(reading: CatalogReading): Promise<FoundSettings> {
  const { schema, same } = reading
  const [row] = await reading.read({
    operation: 'read the settings',
    text: `SELECT revision::text AS revision, content, ${same} FROM ${schema}.settings`,
  })
  if (row === undefined) return { settings: NO_SETTINGS, content: undefined }
  try {
    const content: WireSettings = JSON.parse(row['content'] ?? '')
    return { settings: decodeSettings(content, Number(row['revision'])), content }
  } catch (cause) {
    if (!isCatalogError(cause) && !(cause instanceof SyntaxError)) throw cause
    const path = reading.place
    const problem = `the settings cannot be read: ${cause.message}`
    throw new CatalogError('DAMAGED', `${path} is damaged: ${problem}`, { path, problem }, { cause })
  }
}
