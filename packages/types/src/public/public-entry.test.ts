import { describe, expect, it } from 'vitest'
import { decodeEntry } from '../adapter/entry-codec.ts'
import type { ModelEntry } from '../entry/model-entry.ts'
import { toPublicEntry } from './public-entry.ts'

const SECRET = 's3cr3t'
const DIGEST = 'a'.repeat(64)
const AT = '2025-10-01T00:00:00.000Z'
const UNTIL = '2025-10-01T01:00:00.000Z'
const unknown = { 'x-key': `unknown ${SECRET}` }
const fingerprint = { ino: '4', size: 1, mtime_ns: '1', ctime_ns: '1', ...unknown }
const reading = { digest: DIGEST, engine: 'wasm', duration_ms: 1, at: AT, ...unknown }

/** An entry as it stands on disk, with everything that an entry may have, and an unknown field in each object. */
const WIRE = {
  id: 'org/model',
  name: 'Model',
  source: `https://user:${SECRET}@host.example/model.gguf?token=${SECRET}`,
  digest: DIGEST,
  digest_origin: 'declared',
  state: 'Failed',
  registered_at: AT,
  verified_at: AT,
  size: 7,
  location: '/srv/private/model',
  files: [{ path: 'part-1.gguf', size: 7, digest: DIGEST, ...unknown }],
  tags: ['chat'],
  evidence: {
    'volume-private': {
      ...reading,
      outcome: 'match',
      volume: 'volume-private',
      anchor: '/srv/private/.catalog-volume',
      node: 'node-private',
      fingerprint,
      bytes: 7,
    },
    extra: { ...reading, outcome: 'mismatch', node: 'node-private', fingerprint, bytes: 7 },
  },
  facts: { digest: DIGEST, format: 'gguf', architecture: 'llama', context_length: 4096, ...unknown },
  failure: {
    reason: 'digest-mismatch',
    expected: DIGEST,
    found: 'b'.repeat(64),
    node: 'node-private',
    path: '/srv/private/model',
    at: AT,
    diagnosis: [{ kind: 'html', text: 'private page', ...unknown }],
    ...unknown,
  },
  failed_download: {
    attempts: 2,
    problem: 'cannot write /srv/private/model.partial',
    holder: 'holder-private',
    node: 'node-private',
    at: AT,
    retry_at: UNTIL,
    ...unknown,
  },
  download: {
    holder: 'holder-private',
    node: 'node-private',
    path: '/srv/private/model.partial',
    started_at: AT,
    until: UNTIL,
    ...unknown,
  },
  quarantine: [
    {
      path: '/srv/private/model.quarantined-1',
      node: 'node-private',
      at: AT,
      size: 5,
      digest: DIGEST,
      ...unknown,
    },
  ],
  leases: [
    { id: 'lease-private', holder: 'holder-private', node: 'node-private', at: AT, until: UNTIL, ...unknown },
  ],
  ...unknown,
}

const entry: ModelEntry = decodeEntry(WIRE, 3)

describe('toPublicEntry', () => {
  it('shows what anyone may see, and nothing else', () => {
    expect(toPublicEntry(entry)).toEqual({
      id: 'org/model',
      name: 'Model',
      source: 'https://host.example/model.gguf',
      digest: DIGEST,
      digestOrigin: 'caller',
      state: 'Failed',
      registeredAt: AT,
      verifiedAt: AT,
      sizeBytes: 7,
      files: [{ path: 'part-1.gguf', sizeBytes: 7, digest: DIGEST }],
      tags: ['chat'],
      facts: { format: 'gguf', architecture: 'llama', contextLength: 4096 },
      failure: { reason: 'digest-mismatch', expected: DIGEST, found: 'b'.repeat(64), at: AT },
      download: { startedAt: AT, until: UNTIL },
      failedDownload: { attempts: 2, at: AT, retryAt: UNTIL },
      quarantine: [{ at: AT, sizeBytes: 5, digest: DIGEST }],
      leases: [{ at: AT, until: UNTIL }],
      revision: 3,
    })
  })

  it('leaves out fields that an entry does not have', () => {
    const plain = decodeEntry(
      {
        id: 'a',
        name: 'a',
        source: 'hf:org/repo',
        digest: null,
        state: 'Pending',
        registered_at: AT,
        verified_at: null,
      },
      1,
    )
    expect(toPublicEntry(plain)).toStrictEqual({ ...plain })
  })

  it('leaves out a field that the type does not have', () => {
    const later = { ...entry, apiKey: SECRET } as ModelEntry
    expect(JSON.stringify(toPublicEntry(later))).not.toContain(SECRET)
  })

  it('shows paths and all else but credentials and unknown fields if paths are asked for', () => {
    const shown = toPublicEntry(entry, { paths: true })
    expect(JSON.stringify(shown)).not.toContain(SECRET)
    expect(shown.location).toBe('/srv/private/model')
    expect(shown.failure).toMatchObject({ path: '/srv/private/model', diagnosis: [{ kind: 'html' }] })
    expect(Object.keys(shown.evidence ?? {})).toEqual(['volume-private', 'extra'])
    expect(shown.evidence?.['extra']?.outcome).toBe('mismatch')
    expect(shown.leases).toMatchObject([{ id: 'lease-private', holder: 'holder-private' }])
  })

  it('shows an entry as it is but for its credentials if paths and unknown fields are asked for', () => {
    expect(toPublicEntry(entry, { paths: true, extra: true })).toStrictEqual({
      ...entry,
      source: 'https://host.example/model.gguf',
    })
  })

  it('shows the unknown fields of what is shown if they are asked for without paths', () => {
    const text = JSON.stringify(toPublicEntry(entry, { extra: true }))
    expect(text).not.toContain('private')
    expect(text.split('x-key').length - 1).toBe(8)
  })

  it('changes nothing of the entry', () => {
    const before = structuredClone(entry)
    toPublicEntry(entry)
    toPublicEntry(entry, { paths: true })
    expect(structuredClone(entry)).toEqual(before)
  })

  it.each([
    ['hf:org/repo', 'hf:org/repo'],
    ['https://host.example/a.gguf?token=x', 'https://host.example/a.gguf'],
    ['s3://bucket/key', 's3://bucket/key'],
    ['ollama:llama3', 'ollama:llama3'],
    ['gs://user:pass@bucket/a.gguf', 'gs://bucket/a.gguf'],
    ['file:///srv/private/a.gguf', 'file:…'],
    ['FILE:/srv/private', 'file:…'],
    ['/srv/private/a.gguf', 'file:…'],
    ['./private/a.gguf', 'file:…'],
    ['private/a.gguf', 'file:…'],
    ['private?a.gguf', 'file:…'],
    ['C:\\private\\a.gguf', 'file:…'],
    ['C:private', 'file:…'],
    ['\\\\server\\private\\a', 'file:…'],
    ['\\\\localhost\\private', 'file:…'],
    ['//server/private', 'file:…'],
    ['~/private', 'file:…'],
    ['dir:/srv/private', 'file:…'],
    ['git+file:///srv/private', 'file:…'],
    ['mirror:file:/srv/private', 'file:…'],
    [' file:///srv/private', 'file:…'],
    ['\uFF46ile:///srv/private', 'file:…'],
    ['private model', 'file:…'],
  ])('shows the source %s as %s', (source, shown) => {
    expect(toPublicEntry({ ...entry, source }).source).toBe(shown)
  })
})
