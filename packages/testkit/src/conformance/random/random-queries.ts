import {
  type EntryContent,
  LIFECYCLE_STATES,
  LIST_ORDERS,
  type ListQuery,
  type ModelEntry,
  parseModelId,
} from '@catalog/types'
import * as fc from 'fast-check'
import { sampleDigest, sampleEntry, sampleEvidence } from '../../samples/samples.ts'

// Few values of each kind, so that entries share them and queries find some.
const IDS = ['a', 'B', 'a/b', 'a-b', 'a.b', 'ab', 'Z', 'm1', 'm2', 'm10', 'constructor', 'x/y/z']
const NAMES = ['one', 'One', 'a "quoted" \\ name', 'näme \u{1F600} \u2028', '__proto__']
const TIMES = [
  '2025-10-01T00:00:00Z',
  '2025-10-01T00:00:00.000Z',
  '2025-10-02T12:00:00.5Z',
  '1999-01-01T00:00:00Z',
]
const RANGE_TIMES = [...TIMES, '2025-10-01', '2025-10-01T02:00:00+02:00', '2025-10-02T12:00:00.500Z']
const SOURCES = [
  'hf:org/repo',
  'hf:org/repo/x.gguf@v1',
  'https://bob:secret@host.example/x?token=1',
  'no reference: "x"',
]
/** Each means the same as the source in its place. */
const SPELLINGS = [
  'https://huggingface.co/org/repo/tree/main',
  'hf:org/repo@v1/x.gguf',
  'HTTPS://host.example:443//x',
  'no reference: "x"',
]
const TAGS = ['chat', 'Q4', 'long context', '']
const DIGESTS = [sampleDigest(1), sampleDigest(0xabc), null]
const FACTS = [
  { format: 'gguf', architecture: 'llama', quantisation: 'Q4_K_M', parameters: 7e9 },
  { format: 'gguf', architecture: 'LLAMA', parameters: 13e9 },
  { format: 'safetensors', quantisation: 'BF16' },
]
const SIZES = [0, 7, 1024, 4e11]

/** An entry of its own id that shares most of what it says with others. */
const randomEntries: fc.Arbitrary<EntryContent> = fc
  .record(
    {
      id: fc.constantFrom(...IDS),
      name: fc.constantFrom(...NAMES),
      source: fc.constantFrom(...SOURCES),
      digest: fc.constantFrom(...DIGESTS),
      state: fc.constantFrom(...LIFECYCLE_STATES),
      registeredAt: fc.constantFrom(...TIMES),
      verifiedAt: fc.constantFrom(...TIMES, null),
      sizeBytes: fc.constantFrom(...SIZES),
      place: fc.constantFrom({ file: 'x.gguf' }, { file: 'sub/y.gguf' }, { location: '/models/x.gguf' }),
      tags: fc.subarray(TAGS.slice(0, 3)),
      isVerified: fc.boolean(),
      stated: fc.constantFrom(...FACTS),
      parts: fc.array(fc.option(fc.constantFrom(...SIZES)), { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['id', 'name', 'source', 'digest', 'state', 'registeredAt', 'verifiedAt'] },
  )
  .map(({ place, isVerified, parts, stated, ...fields }) =>
    sampleEntry({
      ...fields,
      ...place,
      ...(isVerified === true && { evidence: { box: sampleEvidence(fields.digest ?? sampleDigest(9)) } }),
      ...(stated !== undefined && fields.digest !== null && { facts: { ...stated, digest: fields.digest } }),
      ...(parts !== undefined && { files: parts.map(toFile) }),
    }),
  )

/** A well-formed query without `after`. */
export const randomQueries: fc.Arbitrary<ListQuery> = fc.record(
  {
    state: fc.oneof(
      fc.constantFrom(...LIFECYCLE_STATES),
      fc.subarray([...LIFECYCLE_STATES], { minLength: 1 }),
    ),
    name: fc.constantFrom(...NAMES),
    source: fc.constantFrom(...SOURCES, ...SPELLINGS),
    digest: fc.constantFrom(sampleDigest(0xabc), `sha256:${sampleDigest(0xabc).toUpperCase()}`),
    file: fc.constantFrom('x.gguf', 'sub/y.gguf', '/models/x.gguf'),
    location: fc.constantFrom('/models/x.gguf', 'x.gguf'),
    tag: fc.oneof(fc.constantFrom(...TAGS), fc.subarray(TAGS, { minLength: 1 })),
    text: fc.constantFrom('a', 'ONE', 'q4', 'HOST.example', 'secret', 'token', 'NÄME', '"'),
    sizeBytes: randomRange(['min', 'max'], [0, 1, 7, 1024, 4e11]),
    architecture: fc.constantFrom('llama', 'Llama', 'qwen2'),
    quantisation: fc.constantFrom('q4_k_m', 'BF16', 'Q4'),
    parameters: randomRange(['min', 'max'], [0, 7e9, 8e9, 13e9]),
    registeredAt: randomRange(['from', 'to'], RANGE_TIMES),
    verifiedAt: randomRange(['from', 'to'], RANGE_TIMES),
    order: fc.constantFrom(...LIST_ORDERS),
    limit: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
)

/** What a query finds, written for reading: filter, sort, slice. */
export function listNaively(entries: readonly ModelEntry[], query: ListQuery): readonly ModelEntry[] {
  const { order = 'id', limit } = query
  const sign = order.startsWith('-') ? -1 : 1
  const sortValueOf = SORT_VALUES[order.replace('-', '')] ?? (() => undefined)
  const sorted = entries
    .filter((entry) => matchesNaively(entry, query))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .toSorted((a, b) => {
      const [first, second] = [sortValueOf(a), sortValueOf(b)]
      if (first === second) return 0
      if (first === undefined || second === undefined) return first === undefined ? 1 : -1
      return first < second ? -sign : sign
    })
  return sorted.slice(0, limit)
}

const SORT_VALUES: Readonly<Record<string, (entry: ModelEntry) => string | number | undefined>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  size: sizeNaively,
  registeredAt: ({ registeredAt }) => new Date(registeredAt).getTime(),
  verifiedAt: ({ verifiedAt }) => (verifiedAt === null ? undefined : new Date(verifiedAt).getTime()),
}

function matchesNaively(entry: ModelEntry, query: ListQuery): boolean {
  const { state, name, source, digest, file, location, tag, text, sizeBytes } = query
  const shown = [
    entry.id,
    entry.name,
    ...(entry.tags ?? []),
    entry.source.replace('bob:secret@', '').replace(/\?.*/u, ''),
  ]
  const size = sizeNaively(entry)
  if (state !== undefined && ![state].flat().includes(entry.state)) return false
  if (name !== undefined && entry.name !== name) return false
  if (source !== undefined && indexOfSource(entry.source) !== indexOfSource(source)) return false
  if (digest !== undefined && entry.digest !== digest.toLowerCase().replace('sha256:', '')) return false
  if (file !== undefined && entry.file !== file) return false
  if (location !== undefined && entry.location !== location) return false
  if (tag !== undefined && ![tag].flat().every((each) => entry.tags?.includes(each))) return false
  if (text !== undefined && !shown.join('\n').toLowerCase().includes(text.toLowerCase())) return false
  if (sizeBytes?.min !== undefined && !(size !== undefined && size >= sizeBytes.min)) return false
  if (sizeBytes?.max !== undefined && !(size !== undefined && size <= sizeBytes.max)) return false
  if (sizeBytes !== undefined && size === undefined) return false
  if (!matchesFacts(entry, query)) return false
  return isWithin(entry.registeredAt, query.registeredAt) && isWithin(entry.verifiedAt, query.verifiedAt)
}

function matchesFacts({ facts }: ModelEntry, query: ListQuery): boolean {
  const { architecture, quantisation, parameters: range } = query
  const isEqual = (value: string | undefined, wanted: string): boolean =>
    value?.toUpperCase() === wanted.toUpperCase()
  if (architecture !== undefined && !isEqual(facts?.architecture, architecture)) return false
  if (quantisation !== undefined && !isEqual(facts?.quantisation, quantisation)) return false
  if (range === undefined) return true
  const count = facts?.parameters ?? Number.NaN
  return count >= (range.min ?? 0) && count <= (range.max ?? 1e300)
}

function isWithin(time: string | null, range: ListQuery['registeredAt']): boolean {
  if (range === undefined) return true
  if (time === null) return false
  const [from, to] = [new Date(range.from ?? '0001-01-01'), new Date(range.to ?? '9999-01-01')]
  return new Date(time) >= from && new Date(time) <= to
}

function sizeNaively({ sizeBytes, files, evidence, digest }: ModelEntry): number | undefined {
  if (sizeBytes !== undefined) return sizeBytes
  if (files?.every((file) => file.sizeBytes !== undefined)) {
    return files.map((file) => file.sizeBytes ?? 0).reduce((a, b) => a + b)
  }
  return evidence?.['box']?.digest === digest ? evidence?.['box']?.bytes : undefined
}

function indexOfSource(source: string): number {
  return Math.max(SOURCES.indexOf(source), SPELLINGS.indexOf(source))
}

function randomRange<T, K extends string>(
  [low, high]: readonly [K, K],
  values: readonly T[],
): fc.Arbitrary<{ readonly [key in K]?: T }> {
  const order = (value: T): number => (typeof value === 'number' ? value : new Date(String(value)).getTime())
  const pairs = fc.tuple(fc.constantFrom(...values), fc.constantFrom(...values), fc.constantFrom(0, 1, 2))
  return pairs.map(([a, b, kind]) => {
    const [first, second] = order(a) <= order(b) ? [a, b] : [b, a]
    const range: { [key in K]?: T } = {}
    if (kind !== 1) range[low] = first
    if (kind !== 2) range[high] = second
    return range
  })
}

function toFile(
  sizeBytes: number | null,
  index: number,
): { readonly path: string; readonly sizeBytes?: number } {
  return { path: `part-${index}.gguf`, ...(sizeBytes !== null && { sizeBytes }) }
}

/** Entries that can stand in one catalog together. */
export const randomCatalogs: fc.Arbitrary<readonly EntryContent[]> = fc.uniqueArray(randomEntries, {
  selector: ({ id }) => parseModelId(id).toLowerCase(),
  maxLength: IDS.length,
})
