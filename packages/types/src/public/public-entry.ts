import type {
  Download,
  ExtraFields,
  FailedDownload,
  Failure,
  Lease,
  ModelEntry,
  ModelFile,
  QuarantinedFile,
} from '../entry/model-entry.ts'
import type { ModelFacts } from '../entry/model-facts.ts'
import { assertOptions, type OptionKinds } from '../options/assert-options.ts'
import { redactSource } from '../reference/redact-source.ts'
import { hideLocalSource } from './local-source.ts'

/** What `toPublicEntry` shows besides the fields that any client may see. */
export interface PublicEntryOptions {
  /** For readers on the same machine: also paths, volumes, nodes, holders, evidence and diagnoses. */
  readonly paths?: boolean | undefined
  /** Also the fields that this version does not know, unchanged: they may hold anything. */
  readonly extra?: boolean | undefined
}

/** The fields of an entry that any client may see. */
export interface PublicEntry
  extends Pick<
    ModelEntry,
    | 'id'
    | 'name'
    | 'digest'
    | 'digestOrigin'
    | 'state'
    | 'registeredAt'
    | 'verifiedAt'
    | 'sizeBytes'
    | 'tags'
    | 'revision'
    | 'extra'
  > {
  /** Without credentials; `file:…` if it is a path. */
  readonly source: string
  readonly files?: readonly ModelFile[]
  readonly facts?: ModelFacts
  /** Without the path, the node and the diagnosis. */
  readonly failure?: Pick<Failure, 'reason' | 'expected' | 'found' | 'at' | 'extra'>
  /** Since when, and until when, the model is being downloaded. */
  readonly download?: Pick<Download, 'startedAt' | 'until' | 'extra'>
  /**
   * How many downloads failed, and when the next one may be tried. The problem may name paths, so it is left
   * out.
   */
  readonly failedDownload?: Pick<FailedDownload, 'attempts' | 'at' | 'retryAt' | 'extra'>
  readonly quarantine?: readonly Pick<QuarantinedFile, 'at' | 'sizeBytes' | 'digest' | 'extra'>[]
  /**
   * Since when, and until when, the model is in use. The id is left out: with it another client could end the
   * lease.
   */
  readonly leases?: readonly Pick<Lease, 'at' | 'until' | 'extra'>[]
}

// A new field of an entry does not compile before it is decided whether anyone may see it.
const SHOWN = {
  id: 'as it is',
  name: 'as it is',
  source: 'in part',
  digest: 'as it is',
  digestOrigin: 'as it is',
  state: 'as it is',
  registeredAt: 'as it is',
  verifiedAt: 'as it is',
  sizeBytes: 'as it is',
  file: 'not',
  location: 'not',
  linksInto: 'not',
  files: 'in part',
  tags: 'as it is',
  evidence: 'not',
  facts: 'in part',
  failure: 'in part',
  download: 'in part',
  failedDownload: 'in part',
  quarantine: 'in part',
  leases: 'in part',
  extra: 'if asked',
  revision: 'as it is',
} as const satisfies Record<keyof ModelEntry, 'as it is' | 'in part' | 'if asked' | 'not'>

const OPTIONS: OptionKinds<PublicEntryOptions> = { paths: 'boolean', extra: 'boolean' }

const FACTS: readonly (keyof ModelFacts)[] = [
  'format',
  'architecture',
  'parameters',
  'quantisation',
  'contextLength',
  'tokenizer',
  'tensorCount',
  'licence',
  'name',
]

const AS_IT_IS = (Object.keys(SHOWN) as (keyof ModelEntry)[]).filter((key) => SHOWN[key] === 'as it is')

/**
 * An entry as a service may show it: without credentials, and without paths, evidence, holders and the ids of
 * leases, which describe the machine, unless `paths` asks for them. Fields that this version does not know
 * are left out unless `extra` asks for them.
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist
 *
 * @example
 * ```ts
 * import { toPublicEntry } from '@catalog/types'
 *
 * const entry = await catalog.get('llama-3.1-8b')
 * if (entry !== undefined) console.log(toPublicEntry(entry).source) // hf:org/repo
 * ```
 */
export function toPublicEntry(
  entry: ModelEntry,
  options: PublicEntryOptions & { readonly paths: true },
): ModelEntry
/**
 * The fields of an entry that any client may see: no credentials, no paths, no evidence, no holders, no ids
 * of leases.
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist
 */
export function toPublicEntry(entry: ModelEntry, options?: PublicEntryOptions): PublicEntry
export function toPublicEntry(entry: ModelEntry, options: PublicEntryOptions = {}): PublicEntry {
  assertOptions(options, OPTIONS)
  const { paths = false, extra = false } = options
  if (!paths) return toStrangersEntry(entry, extra)
  const shown = { ...entry, source: redactSource(entry.source) }
  return extra ? shown : withoutExtra(shown)
}

function toStrangersEntry(entry: ModelEntry, extra: boolean): PublicEntry {
  const keep = <T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> =>
    pick(from, extra ? [...keys, 'extra' as K] : keys)
  const { files, facts, failure, download, failedDownload, quarantine, leases } = entry
  return {
    ...keep(entry, AS_IT_IS),
    source: hideLocalSource(entry.source),
    ...(files && { files: files.map((file) => keep(file, ['path', 'sizeBytes', 'digest'])) }),
    ...(facts && { facts: keep(facts, FACTS) }),
    ...(failure && { failure: keep(failure, ['reason', 'expected', 'found', 'at']) }),
    ...(download && { download: keep(download, ['startedAt', 'until']) }),
    ...(failedDownload && { failedDownload: keep(failedDownload, ['attempts', 'at', 'retryAt']) }),
    ...(quarantine && { quarantine: quarantine.map((file) => keep(file, ['at', 'sizeBytes', 'digest'])) }),
    ...(leases && { leases: leases.map((lease) => keep(lease, ['at', 'until'])) }),
  }
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const found = keys.filter((key) => Object.hasOwn(from, key))
  return Object.fromEntries(found.map((key) => [key, from[key]])) as Pick<T, K>
}

function withoutExtra(entry: ModelEntry): ModelEntry {
  const { evidence } = entry
  return {
    ...dropExtra({ ...entry, evidence: undefined }),
    // By volume: a key of it is not the name of a field.
    ...(evidence && { evidence: mapValues(evidence, dropExtra) }),
  } as ModelEntry
}

/** The value without the unknown fields of any object in it. */
function dropExtra<T>(value: T): T {
  if (Array.isArray(value)) return value.map(dropExtra) as T
  if (typeof value !== 'object' || value === null) return value
  const known = value as Readonly<Record<string, unknown>> & { readonly extra?: ExtraFields }
  const { extra: _extra, ...fields } = known
  return mapValues(fields, dropExtra) as T
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]))
}
