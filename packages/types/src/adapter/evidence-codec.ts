import * as z from 'zod'
import { MAX_DIAGNOSIS_NOTES, MAX_MODEL_FILES } from '../entry/limits.ts'
import type { DiagnosisNote } from '../error/catalog-error.ts'
import {
  anchorPathSchema,
  decimalSchema,
  evidenceKeySchema,
  filePathSchema,
  nodeNameSchema,
  sha256DigestSchema,
  sizeSchema,
} from '../schema/value-schemas.ts'
import { listOf, one, shapeOf, type WireShape } from './key-map.ts'

/** A point in time. */
export const time: z.ZodISODateTime = z.iso.datetime()

const directoryShape = shapeOf({ ino: 'ino', birthtime_ns: 'birthtimeNs' })
const fingerprintShape: WireShape = shapeOf(
  {
    volume: 'volume',
    dev: 'dev',
    ino: 'ino',
    size: 'sizeBytes',
    mtime_ns: 'mtimeNs',
    ctime_ns: 'ctimeNs',
    birthtime_ns: 'birthtimeNs',
    directory: 'directory',
  },
  { directory: one(directoryShape) },
)
const fileFingerprintShape = shapeOf(
  { path: 'path', fingerprint: 'fingerprint' },
  { fingerprint: one(fingerprintShape) },
)
export const noteShape: WireShape = shapeOf({ kind: 'kind', text: 'text' })
/** What was read of a model's files. */
export const evidenceShape: WireShape = shapeOf(
  {
    outcome: 'outcome',
    digest: 'digest',
    fingerprint: 'fingerprint',
    files: 'files',
    bytes: 'bytes',
    duration_ms: 'durationMs',
    engine: 'engine',
    at: 'at',
    volume: 'volume',
    anchor: 'anchor',
    node: 'node',
    boot_id: 'bootId',
    weak: 'weak',
    look: 'look',
  },
  { fingerprint: one(fingerprintShape), files: listOf(fileFingerprintShape), look: listOf(noteShape) },
)
export const volumeId: z.ZodString = z.string().min(1).max(100)
const wireFingerprint = z.object({
  volume: volumeId.nullish(),
  dev: decimalSchema.nullish(),
  ino: decimalSchema,
  size: sizeSchema,
  mtime_ns: decimalSchema,
  ctime_ns: decimalSchema,
  birthtime_ns: decimalSchema.nullish(),
  directory: z.object({ ino: decimalSchema, birthtime_ns: decimalSchema.nullish() }).nullish(),
})
export const diagnosis: z.ZodType<readonly DiagnosisNote[] | null | undefined> = z
  .array(z.object({ kind: z.string(), text: z.string() }))
  .max(MAX_DIAGNOSIS_NOTES)
  .nullish()
const evidence = z
  .object({
    outcome: z.enum(['match', 'mismatch']),
    digest: sha256DigestSchema,
    fingerprint: wireFingerprint.nullish(),
    files: z
      .array(z.object({ path: filePathSchema, fingerprint: wireFingerprint }))
      .max(MAX_MODEL_FILES)
      .nullish(),
    bytes: sizeSchema,
    duration_ms: z.number().nonnegative(),
    engine: z.enum(['native', 'wasm']),
    at: time,
    volume: volumeId.nullish(),
    anchor: anchorPathSchema.nullish(),
    node: nodeNameSchema.nullish(),
    boot_id: z.string().max(100).nullish(),
    weak: z.literal(true).nullish(),
    look: diagnosis,
  })
  .refine(({ fingerprint: single, files }) => (single ?? files ?? undefined) !== undefined, {
    path: ['fingerprint'],
    message: 'must exist, or files with one fingerprint each',
  })
// zod drops a key called `__proto__` from a record, and with it what stood there: it is refused instead.
export const evidenceByVolume: z.ZodType<Readonly<Record<string, unknown>>> = z
  .unknown()
  .refine((value) => !Object.keys(value ?? {}).includes('__proto__'), {
    path: ['__proto__'],
    message: 'must be the id of a volume',
  })
  .pipe(z.record(evidenceKeySchema, evidence))
