import { describe, expect, it } from 'vitest'
import { findInvalidFields } from '../../test/input-problems.ts'
import { decodeEntry, encodeEntry, type WireEntry } from './entry-codec.ts'

const hex = 'ab'.repeat(32)
const at = '2025-10-01T00:05:00Z'
// The specification's example, with the digest and the source written out.
const example = {
  id: 'llama-3.1-8b-instruct',
  name: 'Llama 3.1 8B Instruct',
  source: 'https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct',
  digest: hex,
  state: 'Active',
  registered_at: '2025-10-01T00:00:00Z',
  verified_at: at,
}
const fingerprint = {
  dev: '66306',
  ino: '18446744073709551615',
  size: 5,
  mtime_ns: '-1',
  ctime_ns: '1759276800000000000',
}
const evidence = {
  outcome: 'match',
  digest: hex,
  fingerprint,
  bytes: 5,
  duration_ms: 1.5,
  engine: 'native',
  at,
}
const failure = { reason: 'size-mismatch', expected: '5', found: '6', node: 'node-1', path: '/a', at }
const failedDownload = { attempts: 2, problem: 'HTTP 503', holder: 'a', node: 'node-1', at, retry_at: at }
const file = { path: 'part/1.gguf', size: 5, digest: hex }

/** What a store would write back, with `more` behind the example's fields. */
function roundTrip(more: string): { before: string; after: string } {
  const before = JSON.stringify({ ...example, revision: 3 }).replace(
    /\}$/u,
    `${more === '' ? '' : ','}${more}}`,
  )
  return { before, after: JSON.stringify(encodeEntry(decodeEntry(JSON.parse(before), 3))) }
}

function withField(field: string, value: unknown): WireEntry {
  return { ...example, [field]: value }
}

/** The fields of a declared digest on disk. */
function declaredBy(origin: unknown, digest = hex) {
  return { digest_origin: 'declared', declared_by: origin, declared_digest: digest }
}

describe('decodeEntry', () => {
  it("reads the specification's example", () => {
    expect(decodeEntry(example, 3)).toEqual({
      id: example.id,
      name: example.name,
      source: example.source,
      digest: hex,
      state: 'Active',
      registeredAt: '2025-10-01T00:00:00Z',
      verifiedAt: at,
      revision: 3,
    })
  })

  it('gives the digest its one spelling', () => {
    expect(decodeEntry(withField('digest', `SHA256:${hex.toUpperCase()}`), 1).digest).toBe(hex)
  })

  it('takes the revision from the store, not from the wire', () => {
    expect(decodeEntry(withField('revision', 9), 3).revision).toBe(3)
  })

  it('freezes everything, also below what was frozen already', () => {
    const team = Object.freeze({ tags: ['a'] })
    const wire = { ...example, evidence: { 'node-1': evidence }, files: [file], failure, team }
    expectDeeplyFrozen(decodeEntry(structuredClone(wire), 1))
    expectDeeplyFrozen(decodeEntry({ ...example, team }, 1))
  })

  it('keeps the evidence of a node called constructor', () => {
    const entry = decodeEntry(withField('evidence', { constructor: evidence }), 1)
    expect(Object.keys(entry.evidence ?? {})).toEqual(['constructor'])
    expect(entry.evidence?.['constructor']?.outcome).toBe('match')
  })

  it('takes the anchor of another disk, which no model may be', () => {
    const anchor = '/mnt/usb/.catalog-volume'
    const entry = decodeEntry(withField('evidence', { id: { ...evidence, volume: 'id', anchor } }), 1)
    expect(entry.evidence?.['id']?.anchor).toBe(anchor)
    expect(findInvalidFields(() => decodeEntry(withField('location', anchor), 1))).toEqual(['location'])
  })

  it.each<[what: string, more: object, origin: string | undefined]>([
    ['declared, as versions before wrote it', { digest_origin: 'declared' }, 'caller'],
    ['declared by a hub', declaredBy('hub'), 'hub'],
    ['computed', { ...declaredBy('hub'), digest_origin: 'computed' }, 'computed'],
    ['not recorded', { declared_by: 'hub', declared_digest: hex }, undefined],
    ['declared by what a newer version knows', declaredBy('oracle'), 'caller'],
    ['declared by no word at all', { ...declaredBy('hub'), declared_by: 7 }, 'caller'],
    ['that of another digest, which an older version replaced', declaredBy('hub', 'cd'.repeat(32)), 'caller'],
    ['said to be computed by the wrong field', declaredBy('computed'), 'caller'],
  ])('reads the origin of a digest that is %s', (_what, more, origin) => {
    const entry = decodeEntry({ ...example, ...more }, 1)
    expect(entry.digestOrigin).toBe(origin)
    expect(encodeEntry(entry)).toEqual({ ...example, ...more, revision: 1 })
  })

  it('lists every field that is missing', () => {
    const fields = ['digest', 'id', 'name', 'registered_at', 'source', 'state', 'verified_at']
    expect(findInvalidFields(() => decodeEntry({}, 1))).toEqual(fields)
  })

  it.each<[field: string, wire: unknown]>([
    ['entry', null],
    ['entry', []],
    ['entry', 'text'],
    ['id', withField('id', '../x')],
    ['name', withField('name', null)],
    ['source', withField('source', '')],
    ['digest', withField('digest', 12)],
    ['digest', withField('digest', ` ${hex}`)],
    ['state', withField('state', 'Unknown')],
    ['registered_at', withField('registered_at', null)],
    ['registered_at', withField('registered_at', '2025-10-01T00:00:00+02:00')],
    ['verified_at', withField('verified_at', 'yesterday')],
    ['revision', withField('revision', 0)],
    ['size', withField('size', 1.5)],
    ['file', withField('file', '.catalog/format')],
    ['location', withField('location', 'a.gguf')],
    ['links_into', withField('links_into', 'blobs')],
    ['files', withField('files', [])],
    ['files.1.size', withField('files', [file, { ...file, size: -1 }])],
    ['tags.0', withField('tags', [''])],
    ['digest_origin', withField('digest_origin', 'guessed')],
    ['failure.reason', withField('failure', { ...failure, reason: 'bad luck' })],
    ['failed_download.attempts', withField('failed_download', { ...failedDownload, attempts: 0 })],
    ['evidence', withField('evidence', 'text')],
    ['evidence.node-1', withField('evidence', { 'node-1': null })],
    ['evidence.../x', withField('evidence', { '../x': evidence })],
    ['evidence.__proto__', withField('evidence', JSON.parse('{"__proto__":{"outcome":"match"}}'))],
    ['evidence.n.fingerprint', withField('evidence', { n: { ...evidence, fingerprint: undefined } })],
    [
      'evidence.n.fingerprint.ino',
      withField('evidence', { n: { ...evidence, fingerprint: { ...fingerprint, ino: 5 } } }),
    ],
  ])('names the wrong field %s', (field, wire) => {
    expect(findInvalidFields(() => decodeEntry(wire, 1))).toEqual([field])
  })

  it('lists every field that is wrong', () => {
    const wire = { ...example, state: 'x', size: -1, failure: { ...failure, at: 'x', node: '' } }
    const fields = ['failure.at', 'failure.node', 'size', 'state']
    expect(findInvalidFields(() => decodeEntry(wire, 1))).toEqual(fields)
  })
})

describe('encodeEntry', () => {
  it.each([
    ["the specification's fields only", ''],
    ['an unknown field', '"x-team":{"a":[1,null,true,{"b":"ü🦙"}]}'],
    ['an unknown field called __proto__', '"__proto__":{"polluted":1},"z":1'],
    ['an unknown field called constructor', '"constructor":{"prototype":{"polluted":1}}'],
    ['unknown fields that have names of the API', '"registeredAt":1,"sizeBytes":"x","extra":{"extra":1}'],
    ['unknown fields in the manifest', `"files":[${insert(file, '"__proto__":1,"sizeBytes":2')}]`],
    ['unknown fields in the failure', `"failure":${insert(failure, '"hint":"html page","__proto__":[]')}`],
    [
      'unknown fields in evidence and fingerprint',
      `"evidence":{"constructor":${insert(
        { ...evidence, fingerprint: 0 },
        '"durationMs":1,"__proto__":{"polluted":1}',
      ).replace('"fingerprint":0', `"fingerprint":${insert(fingerprint, '"btime_ns":"1","__proto__":1')}`)}}`,
    ],
    ['failed downloads', `"failed_download":${insert(failedDownload, '"retryAt":1,"__proto__":{}')}`],
    ['evidence of no node', '"evidence":{}'],
  ])('writes back %s, byte for byte', (_what, more) => {
    const { before, after } = roundTrip(more)
    expect(after).toBe(before)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('names who declared the digest in fields that an older version keeps', () => {
    const entry = decodeEntry({ ...example, digest_origin: 'declared' }, 1)
    expect(encodeEntry(entry)).not.toHaveProperty('declared_by')
    expect(encodeEntry({ ...entry, digestOrigin: 'signature' })).toMatchObject(declaredBy('signature'))
    expect(encodeEntry({ ...entry, digestOrigin: 'computed' })).toMatchObject({ digest_origin: 'computed' })
  })

  it.each([['oracle'], ['hub']])('writes its own origin of a digest instead of the unknown %s', (origin) => {
    const { declared_by, declared_digest } = declaredBy(origin)
    const content = { ...decodeEntry(example, 1), extra: { declared_by, declared_digest } }
    const known = encodeEntry({ ...content, digestOrigin: 'list' })
    expect(known).toMatchObject(declaredBy('list'))
    expect(decodeEntry(encodeEntry({ ...content, digestOrigin: 'caller' }), 1).digestOrigin).toBe('caller')
  })

  it('leaves out the revision of an entry that has none yet', () => {
    const { revision: _, ...content } = decodeEntry(example, 1)
    expect(encodeEntry(content)).toEqual(example)
  })

  it('lets no unknown field stand in for a known one', () => {
    const extra = { digest: 'ff'.repeat(32), state: 'Retired', file: 'other.gguf', mine: 1 }
    expect(encodeEntry({ ...decodeEntry(example, 1), extra })).toEqual({ ...example, revision: 1, mine: 1 })
  })
})

/** The JSON text of an object with more members behind its own. */
function insert(object: object, members: string): string {
  return JSON.stringify(object).replace(/\}$/u, `,${members}}`)
}

function expectDeeplyFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  expect(Object.isFrozen(value)).toBe(true)
  for (const inner of Object.values(value)) expectDeeplyFrozen(inner)
}

describe('facts', () => {
  const facts = { digest: hex, format: 'gguf', context_length: 4096, parameters: null, later: [1] }

  it('are decoded without what is null, and keep the fields of a later version', () => {
    const entry = decodeEntry({ ...example, facts }, 1)
    const known = { digest: hex, format: 'gguf', contextLength: 4096 }
    expect(entry.facts).toEqual({ ...known, extra: { later: [1] } })
    const { parameters: _null, ...written } = facts
    expect(encodeEntry(entry)).toMatchObject({ facts: written })
  })

  it('of other bytes are dropped, as a version leaves them that does not know them', () => {
    for (const digest of ['cd'.repeat(32), null])
      expect(decodeEntry({ ...example, digest, facts }, 1)).not.toHaveProperty('facts')
  })

  it('are bounded, whatever a header says', () => {
    const long = { ...example, facts: { ...facts, name: 'x'.repeat(201) } }
    expect(findInvalidFields(() => decodeEntry(long, 1))).toEqual(['facts.name'])
    const negative = { ...example, facts: { ...facts, tensor_count: -1 } }
    expect(findInvalidFields(() => decodeEntry(negative, 1))).toEqual(['facts.tensor_count'])
  })
})
