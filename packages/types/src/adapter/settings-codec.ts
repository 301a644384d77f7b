import { createInvalidInput, type InputProblem } from '../error/catalog-error.ts'
import type { Attribution } from '../input/registration.ts'
import type {
  CatalogSettings,
  SettingsChange,
  StoredPolicy,
  StoredSettings,
  VolumeSight,
} from '../ports/catalog-settings.ts'
import { parseWith } from '../schema/parse-with.ts'
import { findProblems } from '../schema/problems.ts'
import { parseAttribution } from '../schema/registration-schema.ts'
import { settingsChangeSchema, wireSettingsSchema } from '../schema/settings-schema.ts'
import { addKnown, addRenamed, type KeyMap, shapeOf, type WireShape } from './key-map.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * Settings as on disk and in `catalog.json`: snake_case, with the fields that this version does not know.
 */
export type WireSettings = Fields

const policyShape: WireShape = shapeOf({
  require_declared_digest: 'requireDeclaredDigest',
  require_digest_origin: 'requireDigestOrigin',
  max_evidence_age_ms: 'maxEvidenceAgeMs',
  ctime_change: 'ctimeChange',
  silent_after_ms: 'silentAfterMs',
})
const sightShape: WireShape = shapeOf({ last_seen: 'lastSeen', node: 'node' })
const settingsKeys: KeyMap = shapeOf({ policy: 'policy', volumes: 'volumes' }).keys

/** The settings of a catalog before any are stored. */
export const NO_SETTINGS: StoredSettings = Object.freeze({
  revision: 0,
  policy: Object.freeze({}),
  volumes: Object.freeze({}),
})

/** A change of settings that a store may write. */
export interface CheckedSettingsChange extends Attribution {
  readonly ifRevision: number
  readonly settings: CatalogSettings
}

/**
 * The check that every store makes of a change of settings before it writes anything.
 *
 * @throws {CatalogError} INVALID_INPUT if the settings are not well-formed
 */
export function checkSettingsChange(change: SettingsChange & Attribution): CheckedSettingsChange {
  const { ifRevision, settings } = change
  const checked = parseWith(settingsChangeSchema, { ifRevision, settings }, 'change')
  return { ...parseAttribution(change), ...checked, settings: checked.settings as CatalogSettings }
}

/**
 * The settings as they are written.
 *
 * @param before the stored settings: their fields that this version does not know are kept, those of a volume
 *   with it
 */
export function encodeSettings(settings: CatalogSettings, before: WireSettings = {}): WireSettings {
  const { policy, volumes } = before
  const sights = Object.entries(settings.volumes).map(([key, sight]) => [
    key,
    encodeFields(sight, fieldOf(volumes, key), sightShape),
  ])
  return {
    policy: encodeFields(settings.policy, policy, policyShape),
    volumes: Object.fromEntries(sights),
    ...unknownFields(before, settingsKeys),
  }
}

/**
 * The settings at a revision, frozen.
 *
 * @throws {CatalogError} INVALID_INPUT if a field that this version knows is not well-formed
 */
export function decodeSettings(wire: unknown, revision: number): StoredSettings {
  const problems = findSettingsProblems(wire)
  if (problems.length > 0) throw createInvalidInput(problems)
  const { policy, volumes } = wire as {
    readonly policy: Fields
    readonly volumes: Readonly<Record<string, Fields>>
  }
  const sights = Object.entries(volumes).map(([key, sight]) => [
    key,
    decodeFields<VolumeSight>(sight, sightShape),
  ])
  const extra = findExtra(wire as Fields)
  return Object.freeze({
    revision,
    policy: decodeFields<StoredPolicy>(policy, policyShape),
    volumes: Object.freeze(Object.fromEntries(sights)),
    ...(extra !== undefined && { extra }),
  })
}

/** The unknown fields alone: what {@link encodeSettings} takes as stored before, to write the same. */
function findExtra(wire: Fields): Fields | undefined {
  const inVolumes = Object.entries(wire['volumes'] as Fields)
    .map(([key, sight]) => [key, unknownFields(sight, sightShape.keys)] as const)
    .filter(([, unknown]) => !isEmpty(unknown))
  const policy = unknownFields(wire['policy'], policyShape.keys)
  const extra = {
    ...unknownFields(wire, settingsKeys),
    ...(!isEmpty(policy) && { policy }),
    ...(inVolumes.length > 0 && { volumes: Object.freeze(Object.fromEntries(inVolumes)) }),
  }
  return isEmpty(extra) ? undefined : Object.freeze(extra)
}

/** What is wrong with settings that were read from disk. */
export function findSettingsProblems(wire: unknown): readonly InputProblem[] {
  const parsed = wireSettingsSchema.safeParse(wire, { reportInput: true })
  if (parsed.success) return []
  return findProblems(parsed.error, '').map(({ field, problem }) => ({
    field: field === '' ? 'settings' : `settings.${field}`,
    problem,
  }))
}

function decodeFields<T extends object>(wire: Fields, shape: WireShape): T {
  const known: Record<string, unknown> = {}
  addKnown(known, wire, wire, shape)
  for (const [name, value] of Object.entries(known)) {
    if (Array.isArray(value)) known[name] = Object.freeze([...value])
  }
  return Object.freeze(known) as T
}

function encodeFields(known: object, before: unknown, shape: WireShape): Fields {
  const wire: Record<string, unknown> = {}
  addRenamed(wire, known, shape)
  return { ...wire, ...unknownFields(before, shape.keys) }
}

function unknownFields(before: unknown, known: KeyMap): Fields {
  if (typeof before !== 'object' || before === null) return {}
  return Object.freeze(Object.fromEntries(Object.entries(before).filter(([key]) => !known.has(key))))
}

function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0
}

function fieldOf(fields: unknown, key: string): unknown {
  return typeof fields === 'object' && fields !== null && Object.hasOwn(fields, key)
    ? Reflect.get(fields, key)
    : undefined
}
