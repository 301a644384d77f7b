import * as z from 'zod'
import { MAX_LEASES, MAX_MODEL_FILES, MAX_QUARANTINED } from '../entry/limits.ts'
import type { EntryContent, ModelEntry } from '../entry/model-entry.ts'
import { parseWith } from '../schema/parse-with.ts'
import {
  absolutePathSchema,
  filePathSchema,
  holderSchema,
  lifecycleStateSchema,
  locationSchema,
  modelIdSchema,
  nameSchema,
  nodeNameSchema,
  remarkSchema,
  sha256DigestSchema,
  sizeSchema,
  sourceSchema,
  tagsSchema,
} from '../schema/value-schemas.ts'
import { DECLARED_BY_KEYS, readDeclaredBy, readDigestOrigin, writeDigestOrigin } from './declared-by.ts'
import { diagnosis, evidenceByVolume, evidenceShape, noteShape, time, volumeId } from './evidence-codec.ts'
import { facts, factsShape } from './facts-codec.ts'
import {
  addExtra,
  addKnown,
  addRenamed,
  addUnknown,
  byKey,
  type KeyMap,
  listOf,
  one,
  shapeOf,
} from './key-map.ts'

/** An entry as on disk and in `catalog.json`: the snake_case of the specification. */
export type WireEntry = Readonly<Record<string, unknown>>

const fileShape = shapeOf({ path: 'path', size: 'sizeBytes', digest: 'digest' })
const failureShape = shapeOf(
  {
    reason: 'reason',
    expected: 'expected',
    found: 'found',
    node: 'node',
    path: 'path',
    at: 'at',
    diagnosis: 'diagnosis',
  },
  { diagnosis: listOf(noteShape) },
)
const downloadShape = shapeOf({
  holder: 'holder',
  node: 'node',
  volume: 'volume',
  path: 'path',
  started_at: 'startedAt',
  until: 'until',
  placing: 'placing',
})
const failedDownloadShape = shapeOf({
  attempts: 'attempts',
  problem: 'problem',
  holder: 'holder',
  node: 'node',
  at: 'at',
  retry_at: 'retryAt',
})
const quarantinedShape = shapeOf(
  { path: 'path', node: 'node', at: 'at', size: 'sizeBytes', digest: 'digest', diagnosis: 'diagnosis' },
  { diagnosis: listOf(noteShape) },
)
const leaseShape = shapeOf({ id: 'id', holder: 'holder', node: 'node', at: 'at', until: 'until' })

/** The fields of an entry that may be absent. */
const optionalShape = shapeOf(
  {
    size: 'sizeBytes',
    file: 'file',
    location: 'location',
    links_into: 'linksInto',
    files: 'files',
    tags: 'tags',
    digest_origin: 'digestOrigin',
    evidence: 'evidence',
    facts: 'facts',
    failure: 'failure',
    download: 'download',
    failed_download: 'failedDownload',
    quarantine: 'quarantine',
    leases: 'leases',
  },
  {
    files: listOf(fileShape),
    evidence: byKey(evidenceShape),
    facts: one(factsShape),
    failure: one(failureShape),
    download: one(downloadShape),
    failed_download: one(failedDownloadShape),
    quarantine: listOf(quarantinedShape),
    leases: listOf(leaseShape),
  },
)
/** The fields of an entry; those of {@link DECLARED_BY_KEYS} are fields only if this version can read them. */
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
    ...Object.fromEntries(optionalShape.keys),
  }),
)
const entryKeysWithDeclaredBy: KeyMap = new Map([
  ...entryKeys,
  ...DECLARED_BY_KEYS.map((key) => [key, 'digestOrigin'] as const),
])

const wireFile = z.object({
  path: filePathSchema,
  size: sizeSchema.nullish(),
  digest: sha256DigestSchema.nullish(),
})
const failure = z.object({
  reason: z.enum(['digest-mismatch', 'size-mismatch', 'not-a-model']),
  expected: z.string(),
  found: z.string(),
  node: nodeNameSchema,
  path: z.string(),
  at: time,
  diagnosis,
})
const download = z.object({
  holder: holderSchema,
  node: nodeNameSchema,
  volume: volumeId.nullish(),
  path: locationSchema,
  started_at: time,
  until: time,
  placing: z.literal(true).nullish(),
})
const failedDownload = z.object({
  attempts: z.int().positive(),
  problem: remarkSchema,
  holder: holderSchema,
  node: nodeNameSchema,
  at: time,
  retry_at: time.nullish(),
})
const quarantined = z.object({
  path: locationSchema,
  node: nodeNameSchema,
  at: time,
  size: sizeSchema,
  digest: sha256DigestSchema.nullish(),
  diagnosis,
})
const lease = z.object({
  id: z.string().min(1).max(100),
  holder: holderSchema,
  node: nodeNameSchema,
  at: time,
  until: time,
})
// Every commit goes through here. No transform stands around an object, so that zod compiles it, and none around an
// optional field, so that an absent one costs nothing: its `null`, as other languages write it, is dropped below.
const wireEntry = z.object({
  id: modelIdSchema,
  name: nameSchema,
  source: sourceSchema,
  digest: sha256DigestSchema.nullable(),
  state: lifecycleStateSchema,
  registered_at: time,
  verified_at: time.nullable(),
  revision: z.int().positive().nullish(),
  size: sizeSchema.nullish(),
  file: filePathSchema.nullish(),
  location: locationSchema.nullish(),
  links_into: absolutePathSchema.nullish(),
  files: z.array(wireFile).min(1).max(MAX_MODEL_FILES).nullish(),
  tags: tagsSchema.nullish(),
  digest_origin: z.enum(['declared', 'computed']).nullish(),
  evidence: evidenceByVolume.nullish(),
  facts: facts.nullish(),
  failure: failure.nullish(),
  download: download.nullish(),
  failed_download: failedDownload.nullish(),
  quarantine: z.array(quarantined).max(MAX_QUARANTINED).nullish(),
  leases: z.array(lease).max(MAX_LEASES).nullish(),
})

type CheckedEntry = z.output<typeof wireEntry>

/**
 * The entry of a wire object, deeply frozen, at the given revision. The error lists every missing or wrong
 * field; the caller adds which file it was in.
 *
 * @throws {CatalogError} INVALID_INPUT if the object is not an entry
 */
export function decodeEntry(wire: unknown, revision: number): ModelEntry {
  const checked = parseWith(wireEntry, wire, 'entry')
  return freezeDeep(toModelEntry(checked, wire as CheckedEntry, revision))
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
  addKnown(api, checked, wire, optionalShape)
  // A version that does not know facts keeps them when it records another digest.
  if (checked.facts?.['digest'] !== checked.digest) delete api['facts']
  const origin = readDigestOrigin(wire, checked.digest)
  if (origin !== undefined) api['digestOrigin'] = origin
  addExtra(
    api,
    wire,
    readDeclaredBy(wire, checked.digest) === undefined ? entryKeys : entryKeysWithDeclaredBy,
  )
  return api as unknown as ModelEntry
}

function toWire(content: EntryContent, revision: number | undefined): WireEntry {
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
  addRenamed(wire, content, optionalShape)
  if (content.tags !== undefined) wire['tags'] = [...content.tags]
  writeDigestOrigin(wire, content)
  addUnknown(wire, content.extra, knownKeysOf(wire, content))
  return wire
}

/** Unknown fields stay, but do not change what the fields that are written say of the digest. */
function knownKeysOf(wire: WireEntry, { digest, extra }: EntryContent): KeyMap {
  if (extra === undefined) return entryKeys
  const isWritten = wire['declared_by'] !== undefined
  const wouldCount = readDeclaredBy({ ...extra, digest_origin: wire['digest_origin'] }, digest) !== undefined
  return isWritten || wouldCount ? entryKeysWithDeclaredBy : entryKeys
}

function freezeDeep<T extends object>(value: T): T {
  Object.freeze(value)
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freezeDeep(inner)
  }
  return value
}
