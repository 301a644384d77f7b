import type { Attribution, SettingsChange } from '@catalog/types'
import {
  assertSettingsBytes,
  checkSettingsChange,
  encodeSettings,
  type WireSettings,
} from '@catalog/types/adapter'
import type { EncodedCommit, WireCommit } from './record.ts'

/**
 * A commit that replaces the settings, checked: INVALID_INPUT before anything is written.
 *
 * @param before what stands there at the revision that the change builds on: of it, unknown fields are kept
 */
export function encodeSettingsCommit(
  change: SettingsChange & Attribution,
  before: WireSettings | undefined,
): EncodedCommit {
  const { ifRevision, settings, ...attribution } = checkSettingsChange(change)
  return toSettingsCommit('settings', attribution, {
    if: ifRevision,
    content: encodeSettings(settings, before),
  })
}

/** The same of settings as they are to stand on disk, which are well-formed. INVALID_INPUT where they are too long. */
export function toSettingsCommit(
  operation: string,
  { actor, reason }: Attribution,
  settings: NonNullable<WireCommit['settings']>,
): EncodedCommit {
  const wire: WireCommit = {
    operation,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    changes: [],
    settings,
  }
  assertSettingsBytes(sizeOfSettings(settings.content))
  return { wire, text: JSON.stringify(wire) }
}

/** In bytes of JSON. */
export function sizeOfSettings(content: WireSettings): number {
  return Buffer.byteLength(JSON.stringify(content))
}
