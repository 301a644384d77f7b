import {
  type EntryContent,
  type Evidence,
  type FileDigest,
  parseModelId,
  parseSha256Digest,
  type RegistrationInput,
  type Sha256Digest,
} from '@catalog/types'

const SAMPLE_TIME = '2025-10-01T00:00:00.000Z'

/** Fields of a sample entry that a test cares about; the id may be plain text. */
export interface SampleEntryOverrides extends Partial<Omit<EntryContent, 'id'>> {
  readonly id?: string
}

/** A well-formed entry: Pending, with a declared digest, unless the overrides say otherwise. */
export function sampleEntry({
  id = 'llama-3.1-8b-instruct',
  ...rest
}: SampleEntryOverrides = {}): EntryContent {
  return {
    id: parseModelId(id),
    name: id,
    source: 'https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct',
    digest: sampleDigest(1),
    state: 'Pending',
    registeredAt: SAMPLE_TIME,
    verifiedAt: null,
    digestOrigin: 'caller',
    ...rest,
  }
}

/** A well-formed registration without a digest. */
export function sampleRegistration(overrides: Partial<RegistrationInput> = {}): RegistrationInput {
  return {
    id: 'llama-3.1-8b-instruct',
    source: 'https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct',
    ...overrides,
  }
}

/** A well-formed digest: equal seeds give equal digests, others different ones. */
export function sampleDigest(seed: number): Sha256Digest {
  return parseSha256Digest(seed.toString(16).padStart(64, '0'))
}

/** The result of a verifier for a file with this digest. */
export function sampleFileDigest(digest: Sha256Digest, sizeBytes = 1024): FileDigest {
  return {
    digest,
    sizeBytes,
    fingerprint: {
      dev: '2049',
      ino: '4242',
      sizeBytes,
      mtimeNs: '1759276800000000001',
      ctimeNs: '1759276800000000002',
    },
    engine: 'native',
    durationMs: 12.5,
  }
}

/** Evidence of one volume that has this digest. */
export function sampleEvidence(digest: Sha256Digest, outcome: Evidence['outcome'] = 'match'): Evidence {
  const { sizeBytes, fingerprint, ...found } = sampleFileDigest(digest)
  const { dev: _dev, ...recorded } = fingerprint
  const where = { volume: 'volume-1', anchor: '/volume-1/anchor', node: 'node-1' }
  return { ...found, ...where, fingerprint: recorded, outcome, bytes: sizeBytes, at: SAMPLE_TIME }
}
