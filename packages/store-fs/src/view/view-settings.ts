import type { InputProblem } from '@catalog/types'
import { findSettingsProblems } from '@catalog/types/adapter'
import { isCount, isObject, MAX_START } from '../format/json.ts'
import type { SettingsRow } from '../format/record.ts'

/** The field of `catalog.json` that the settings stand in. */
export const SETTINGS_FIELD = 'settings'

type Fields = Readonly<Record<string, unknown>>

/** What stands in the field. */
export function toViewSettings({ revision, content }: SettingsRow): Fields {
  return { revision, ...content }
}

/** The settings of a `catalog.json`, and what is wrong with them; the fields that are none of them. */
export interface FoundSettings {
  readonly settings: SettingsRow | undefined
  readonly problems: readonly InputProblem[]
  readonly extra: Fields
}

/**
 * Takes the settings out of the fields of a `catalog.json`. A field of that name in which there is neither a `policy` nor
 * `volumes` is another program's.
 */
export function takeViewSettings(fields: Fields): FoundSettings {
  const { [SETTINGS_FIELD]: found, ...extra } = fields
  if (!isObject(found) || !(isObject(found['policy']) || isObject(found['volumes'])))
    return { settings: undefined, problems: [], extra: fields }
  const { revision, ...given } = found
  const content = { policy: {}, volumes: {}, ...given }
  const settings = { revision: isCount(revision, 1, MAX_START) ? revision : 1, content }
  return { settings, problems: findSettingsProblems(content), extra }
}
