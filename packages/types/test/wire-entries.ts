import fc from 'fast-check'
import { DIGEST_ORIGINS, isDeclaredOrigin } from '../src/entry/digest-origin.ts'
import { LIFECYCLE_STATES } from '../src/entry/lifecycle-state.ts'

const digest = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
const size = fc.maxSafeNat()
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((value) => value.isWellFormed() && !/\p{Cc}/u.test(value))
const time = fc
  .date({ min: new Date(0), max: new Date('2999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())
const decimal = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String)
const name = fc
  .stringMatching(/^[A-Za-z0-9][a-z0-9_-]{3,20}$/u)
  .filter((value) => !/^con(?:in|out)?$/iu.test(value))
const id = fc.array(name, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'))
const extra = fc.dictionary(
  fc.oneof(
    fc.string().map((key) => `x-${key}`),
    fc.constantFrom('__proto__', 'constructor', 'registeredAt', 'extra'),
  ),
  fc.jsonValue(),
  { maxKeys: 3, noNullPrototype: true },
)

/** An object with all required and any of the optional fields, in this order, and unknown fields behind them. */
function wireObject<T extends object, O extends object>(
  required: { [K in keyof T]: fc.Arbitrary<T[K]> },
  optional: { [K in keyof O]: fc.Arbitrary<O[K]> },
): fc.Arbitrary<T & Partial<O>> {
  const known = fc.record<T & O, keyof T>({ ...required, ...optional } as never, {
    requiredKeys: Object.keys(required) as never,
    noNullPrototype: true,
  })
  const order = [...Object.keys(required), ...Object.keys(optional)]
  return fc.tuple(known, extra).map(([fields, others]) => {
    const sorted = Object.entries(fields).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    return Object.fromEntries([...sorted, ...Object.entries(others)]) as T & Partial<O>
  })
}

const fingerprint = wireObject({ dev: decimal, ino: decimal, size, mtime_ns: decimal, ctime_ns: decimal }, {})
const file = wireObject({ path: id }, { size, digest })
const note = wireObject({ kind: text, text }, {})
const diagnosis = fc.array(note, { maxLength: 2 })
const path = text.map((value) => `/${value}`)
const download = wireObject({ holder: text, node: name, path, started_at: time, until: time }, {})
const failedDownload = wireObject(
  { attempts: fc.integer({ min: 1 }), problem: text, holder: text, node: name, at: time },
  { retry_at: time },
)
const quarantined = wireObject({ path, node: name, at: time, size }, { digest, diagnosis })
const lease = wireObject({ id: text, holder: text, node: name, at: time, until: time }, {})
const failure = wireObject(
  {
    reason: fc.constantFrom('digest-mismatch', 'size-mismatch', 'not-a-model'),
    expected: text,
    found: text,
    node: name,
    path: text,
    at: time,
  },
  { diagnosis },
)
const fileFingerprints = fc.array(wireObject({ path: id, fingerprint }, {}), { maxLength: 3 })
const outcome = fc.constantFrom('match', 'mismatch')
const reading = { bytes: size, duration_ms: fc.nat(), engine: fc.constantFrom('native', 'wasm'), at: time }
const evidence = fc.oneof(
  wireObject({ outcome, digest, fingerprint, ...reading }, { look: diagnosis }),
  wireObject({ outcome, digest, files: fileFingerprints, ...reading }, { look: diagnosis }),
)
const facts = wireObject(
  { digest, format: text },
  {
    architecture: text,
    parameters: size,
    quantisation: text,
    context_length: size,
    tokenizer: text,
    tensor_count: size,
    licence: text,
    name: text,
  },
)
const nodes = fc.oneof(name, fc.constantFrom('constructor', 'toString', '10', 'node.example'))

const independent = wireObject(
  {
    id,
    name: text,
    source: text,
    digest: fc.option(digest),
    state: fc.constantFrom(...LIFECYCLE_STATES),
    registered_at: time,
    verified_at: fc.option(time),
    revision: fc.integer({ min: 1 }),
  },
  {
    size,
    file: id,
    location: path,
    links_into: path,
    files: fc.array(file, { minLength: 1, maxLength: 3 }),
    tags: fc.array(text, { maxLength: 3 }),
    digest_origin: fc.constantFrom('declared', 'computed'),
    evidence: fc.dictionary(nodes, evidence, { maxKeys: 3, noNullPrototype: true }),
    facts,
    failure,
    download,
    failed_download: failedDownload,
    quarantine: fc.array(quarantined, { maxLength: 2 }),
    leases: fc.array(lease, { maxLength: 2 }),
    declared_by: fc.constantFrom(
      ...DIGEST_ORIGINS.filter((origin) => isDeclaredOrigin(origin) && origin !== 'caller'),
    ),
    declared_digest: digest,
  },
)

/** Any entry as it may stand on disk, in the order in which the catalog writes it. Facts are of its own bytes. */
export const wireEntries: fc.Arbitrary<{ readonly revision: number }> = independent
  .map((entry) => {
    const { digest: own, facts: found } = entry
    if (found === undefined) return entry
    if (own !== null) return { ...entry, facts: { ...found, digest: own } }
    const { facts: _facts, ...rest } = entry
    return { ...rest, digest: own }
  })
  .map(withOneOrigin)

/** Who declared a digest is only written of one that was declared, and with it. */
function withOneOrigin<T extends { readonly revision: number }>(wire: T): T {
  const {
    digest: expected,
    digest_origin: kind,
    declared_by: origin,
  } = wire as Readonly<Record<string, unknown>>
  if (
    kind === 'declared' &&
    typeof expected === 'string' &&
    origin !== undefined &&
    'declared_digest' in wire
  )
    return { ...wire, declared_digest: expected }
  const drop = ['declared_by', 'declared_digest']
  return Object.fromEntries(Object.entries(wire).filter(([key]) => !drop.includes(key))) as T
}
