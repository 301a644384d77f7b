import * as z from 'zod'
import { createInvalidInput } from './catalog-error.ts'
import { filePathSchema } from './file-path.ts'
import { addExtra, addKnown, addRenamed, addUnknown, type KeyMap, toApiKeys, toWireKeys } from './key-map.ts'
import { LIFECYCLE_STATES } from './lifecycle-state.ts'
import type { EntryContent, Evidence, ModelEntry } from './model-entry.ts'
import { modelIdSchema } from './model-id.ts'
import { findProblems } from './problems.ts'
import { sha256DigestSchema } from './sha256-digest.ts'
import {
  locationSchema,
  nameSchema,
  nodeNameSchema,
  sizeSchema,
  sourceSchema,
  tagsSchema,
} from './text-limits.ts'

/** An entry as it stands on disk and in `catalog.json`: the specification's snake_case. */
export type WireEntry = Readonly<Record<string, unknown>>

const time = z.iso.datetime()
const decimal = z.string().regex(/^-?[0-9]{1,20}$/u)

const fingerprintKeys: KeyMap = new Map(
  Object.entries({
    dev: 'dev',
    ino: 'ino',
    size: 'sizeBytes',
    mtime_ns: 'mtimeNs',
    ctime_ns: 'ctimeNs',
  }),
)
const fileKeys: KeyMap = new Map(Object.entries({ path: 'path', size: 'sizeBytes', digest: 'digest' }))
const failureKeys: KeyMap = new Map(
  Object.entries({
    reason: 'reason',
    expected: 'expected',
    found: 'found',
    node: 'node',
    path: 'path',
    at: 'at',
  }),
)
const evidenceKeys: KeyMap = new Map(
  Object.entries({
    outcome: 'outcome',
    digest: 'digest',
    fingerprint: 'fingerprint',
    bytes: 'bytes',
    duration_ms: 'durationMs',
    engine: 'engine',
    at: 'at',
  }),
)
/** The fields of an entry that may be absent. */
const optionalKeys: KeyMap = new Map(
  Object.entries({
    size: 'sizeBytes',
    file: 'file',
    location: 'location',
    files: 'files',
    tags: 'tags',
    digest_origin: 'digestOrigin',
    evidence: 'evidence',
    failure: 'failure',
  }),
)
const entryKeys: KeyMap = new Map(
  Object.entries({
    id: 'id',
    name: 'name',
    source: 'source',
    digest: 'digest',
    state: 'state',
    registered_at: 'registeredAt',
    verified_at: 'verifiedAt',
    revision: 'revision',
    ...Object.fromEntries(optionalKeys),
  }),
)

const fingerprint = z.object({
  dev: decimal,
  ino: decimal,
  size: sizeSchema,
  mtime_ns: decimal,
  ctime_ns: decimal,
})
const file = z.object({ path: filePathSchema, size: sizeSchema, digest: sha256DigestSchema })
const failure = z.object({
  reason: z.enum(['digest-mismatch', 'size-mismatch']),
  expected: z.string(),
  found: z.string(),
  node: nodeNameSchema,
  path: z.string(),
  at: time,
})
const evidence = z.object({
  outcome: z.enum(['match', 'mismatch']),
  digest: sha256DigestSchema,
  fingerprint,
  bytes: sizeSchema,
  duration_ms: z.number().nonnegative(),
  engine: z.enum(['native', 'wasm']),
  at: time,
})
// zod drops a key called `__proto__` from a record, and with it what stood there: it is refused instead.
const evidenceByNode = z
  .unknown()
  .refine((value) => !Object.keys(value ?? {}).includes('__proto__'), {
    path: ['__proto__'],
    message: 'must be a host name',
  })
  .pipe(z.record(nodeNameSchema, evidence))
// Every commit goes through here. No transform stands around an object, so that zod compiles it, and none around an
// optional field, so that an absent one costs nothing: its `null`, as other languages write it, is dropped below.
const entry = z.object({
  id: modelIdSchema,
  name: nameSchema,
  source: sourceSchema,
  digest: sha256DigestSchema.nullable(),
  state: z.enum(LIFECYCLE_STATES),
  registered_at: time,
  verified_at: time.nullable(),
  revision: z.int().positive().nullish(),
  size: sizeSchema.nullish(),
  file: filePathSchema.nullish(),
  location: locationSchema.nullish(),
  files: z.array(file).min(1).nullish(),
  tags: tagsSchema.nullish(),
  digest_origin: z.enum(['declared', 'computed']).nullish(),
  evidence: evidenceByNode.nullish(),
  failure: failure.nullish(),
})

type CheckedEntry = z.output<typeof entry>
type CheckedEvidence = z.output<typeof evidence>

/**
 * The entry of a wire object, deeply frozen, at the given revision.
 * INVALID_INPUT lists every field that is missing or wrong; the caller says which file it stood in.
 */
export function decodeEntry(wire: unknown, revision: number): ModelEntry {
  const parsed = entry.safeParse(wire)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error))
  return freezeDeep(toModelEntry(parsed.data, wire as CheckedEntry, revision))
}

/** The wire form of an entry, known fields first and in the specification's order. */
export function encodeEntry(content: EntryContent & { readonly revision?: number }): WireEntry {
  return toWire(content, content.revision)
}

/** The same without a revision, also of an entry that has one. */
export function encodeContent(content: EntryContent): WireEntry {
  return toWire(content, undefined)
}

/** @param wire what was checked. Only there are the unknown fields: of those zod drops `__proto__`. */
function toModelEntry(checked: CheckedEntry, wire: CheckedEntry, revision: number): ModelEntry {
  const { files, evidence, failure } = checked
  const api: Record<string, unknown> = {
    id: checked.id,
    name: checked.name,
    source: checked.source,
    digest: checked.digest,
    state: checked.state,
    registeredAt: checked.registered_at,
    verifiedAt: checked.verified_at,
    revision,
  }
  addKnown(api, checked, optionalKeys)
  if (files) api['files'] = files.map((item, index) => toApiKeys(item, wire.files?.[index], fileKeys))
  if (evidence)
    api['evidence'] = mapValues(evidence, (item, node) => toApiEvidence(item, wire.evidence?.[node]))
  if (failure) api['failure'] = toApiKeys(failure, wire.failure, failureKeys)
  addExtra(api, wire, entryKeys)
  return api as unknown as ModelEntry
}

function toApiEvidence(checked: CheckedEvidence, wire: CheckedEvidence | undefined): object {
  const api = toApiKeys(checked, wire, evidenceKeys)
  api['fingerprint'] = toApiKeys(checked.fingerprint, wire?.fingerprint, fingerprintKeys)
  return api
}

function toWire(content: EntryContent, revision: number | undefined): WireEntry {
  const { files, tags, evidence, failure } = content
  const wire: Record<string, unknown> = {
    id: content.id,
    name: content.name,
    source: content.source,
    digest: content.digest,
    state: content.state,
    registered_at: content.registeredAt,
    verified_at: content.verifiedAt,
  }
  if (revision !== undefined) wire['revision'] = revision
  addRenamed(wire, content, optionalKeys)
  if (files !== undefined) wire['files'] = files.map((item) => toWireKeys(item, fileKeys))
  if (tags !== undefined) wire['tags'] = [...tags]
  if (evidence !== undefined) wire['evidence'] = mapValues(evidence, toWireEvidence)
  if (failure !== undefined) wire['failure'] = toWireKeys(failure, failureKeys)
  addUnknown(wire, content.extra, entryKeys)
  return wire
}

function toWireEvidence(item: Evidence): object {
  const wire = toWireKeys(item, evidenceKeys)
  wire['fingerprint'] = toWireKeys(item.fingerprint, fingerprintKeys)
  return wire
}

function mapValues<T>(
  values: Readonly<Record<string, T>>,
  map: (value: T, key: string) => object,
): Record<string, object> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]))
}

function freezeDeep<T extends object>(value: T): T {
  Object.freeze(value)
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freezeDeep(inner)
  }
  return value
}
