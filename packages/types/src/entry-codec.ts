import * as z from 'zod'
import { createInvalidInput } from './catalog-error.ts'
import { filePathSchema } from './file-path.ts'
import { type KeyMap, toApiKeys, toWireKeys } from './key-map.ts'
import { LIFECYCLE_STATES } from './lifecycle-state.ts'
import type { EntryContent, ModelEntry } from './model-entry.ts'
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

const fingerprintKeys: KeyMap = {
  dev: 'dev',
  ino: 'ino',
  size: 'sizeBytes',
  mtime_ns: 'mtimeNs',
  ctime_ns: 'ctimeNs',
}
const fileKeys: KeyMap = { path: 'path', size: 'sizeBytes', digest: 'digest' }
const failureKeys: KeyMap = {
  reason: 'reason',
  expected: 'expected',
  found: 'found',
  node: 'node',
  path: 'path',
  at: 'at',
}
const evidenceKeys: KeyMap = {
  outcome: 'outcome',
  digest: 'digest',
  fingerprint: 'fingerprint',
  bytes: 'bytes',
  duration_ms: 'durationMs',
  engine: 'engine',
  at: 'at',
}
const entryKeys: KeyMap = {
  id: 'id',
  name: 'name',
  source: 'source',
  digest: 'digest',
  state: 'state',
  registered_at: 'registeredAt',
  verified_at: 'verifiedAt',
  revision: 'revision',
  size: 'sizeBytes',
  file: 'file',
  location: 'location',
  files: 'files',
  tags: 'tags',
  digest_origin: 'digestOrigin',
  evidence: 'evidence',
  failure: 'failure',
}

const fingerprint = mapped(
  z.object({ dev: decimal, ino: decimal, size: sizeSchema, mtime_ns: decimal, ctime_ns: decimal }),
  fingerprintKeys,
)
const file = mapped(
  z.object({ path: filePathSchema, size: sizeSchema, digest: sha256DigestSchema }),
  fileKeys,
)
const failure = mapped(
  z.object({
    reason: z.enum(['digest-mismatch', 'size-mismatch']),
    expected: z.string(),
    found: z.string(),
    node: nodeNameSchema,
    path: z.string(),
    at: time,
  }),
  failureKeys,
)
const evidence = mapped(
  z.object({
    outcome: z.enum(['match', 'mismatch']),
    digest: sha256DigestSchema,
    fingerprint,
    bytes: sizeSchema,
    duration_ms: z.number().nonnegative(),
    engine: z.enum(['native', 'wasm']),
    at: time,
  }),
  evidenceKeys,
)
// zod drops a key called `__proto__` from a record, and with it what stood there: it is refused instead.
const evidenceByNode = z
  .unknown()
  .refine((value) => !Object.keys(value ?? {}).includes('__proto__'), {
    path: ['__proto__'],
    message: 'must be a host name',
  })
  .pipe(z.record(nodeNameSchema, evidence))
const entry = mapped(
  z.object({
    id: modelIdSchema,
    name: nameSchema,
    source: sourceSchema,
    digest: sha256DigestSchema.nullable(),
    state: z.enum(LIFECYCLE_STATES),
    registered_at: time,
    verified_at: time.nullable(),
    revision: optional(z.int().positive()),
    size: optional(sizeSchema),
    file: optional(filePathSchema),
    location: optional(locationSchema),
    files: optional(z.array(file).min(1)),
    tags: optional(tagsSchema),
    digest_origin: optional(z.enum(['declared', 'computed'])),
    evidence: optional(evidenceByNode),
    failure: optional(failure),
  }),
  entryKeys,
)

/**
 * The entry of a wire object, deeply frozen, at the given revision.
 * INVALID_INPUT lists every field that is missing or wrong; the caller says which file it stood in.
 */
export function decodeEntry(wire: unknown, revision: number): ModelEntry {
  const parsed = entry.safeParse(wire)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error))
  return freezeDeep({ ...(parsed.data as unknown as EntryContent), revision })
}

/** The wire form of an entry, known fields first and in the specification's order. */
export function encodeEntry(content: EntryContent & { readonly revision?: number }): WireEntry {
  const wire = toWireKeys(content, entryKeys)
  if (content.tags !== undefined) wire['tags'] = [...content.tags]
  if (content.files !== undefined) wire['files'] = content.files.map((item) => toWireKeys(item, fileKeys))
  if (content.failure !== undefined) wire['failure'] = toWireKeys(content.failure, failureKeys)
  if (content.evidence !== undefined) {
    wire['evidence'] = Object.fromEntries(
      Object.entries(content.evidence).map(([node, item]) => [
        node,
        {
          ...toWireKeys(item, evidenceKeys),
          fingerprint: toWireKeys(item.fingerprint, fingerprintKeys),
        },
      ]),
    )
  }
  return wire
}

/** Checks the known fields and renames them. The unknown ones come from the input itself: zod drops `__proto__`. */
function mapped(schema: z.ZodObject, keys: KeyMap): z.ZodType<Record<string, unknown>> {
  return z.unknown().transform((wire, context) => {
    const parsed = schema.safeParse(wire)
    if (parsed.success) return toApiKeys({ ...(wire as WireEntry), ...parsed.data }, keys)
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: undefined } as never)
    return z.NEVER
  })
}

/** Absent, also as the `null` that other languages write for it. */
function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((value) => value ?? undefined)
}

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freezeDeep(inner)
  }
  return value
}
