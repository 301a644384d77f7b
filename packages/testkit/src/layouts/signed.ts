import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { sampleGguf } from '../models/sample-gguf.ts'
import { sampleSafetensors } from '../models/sample-safetensors.ts'
import { buildStore, type StoreBuilder, sha256 } from './store-builder.ts'

/** What can be wrong with signed models, or different. */
export type SignedDamage =
  | 'cut'
  | 'edited'
  | 'extra-file'
  | 'many-shards'
  | 'missing-file'
  | 'of-another-program'
  | 'other-algorithm'
  | 'path-out'
  | 'shards'

/** One entry of a signed statement. */
export interface SignedResource {
  readonly name: string
  readonly digest: string
  readonly algorithm?: string
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const CONFIG = '{"model_type":"wren"}\n'
const WEIGHTS = sampleSafetensors('signed')
const JAY = sampleGguf('jay')
const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** `wren` with a signature among its files, and `jay.gguf` with one beside it, which is that of a single file. */
export function buildSigned(root: string, damage?: SignedDamage): StoreBuilder {
  const store = buildStore(root)
  store.put('wren/config.json', CONFIG)
  store.put('wren/model.safetensors', WEIGHTS)
  store.put('jay.gguf', JAY)
  store.put('wren/model.sig', toSignature('wren', wrenFiles()))
  store.put('jay.gguf.sig', toSignature('jay.gguf', [{ name: '.', digest: sha256(JAY) }]))
  if (damage !== undefined) DAMAGES[damage](store)
  return store
}

function wrenFiles(): readonly SignedResource[] {
  return [
    { name: 'config.json', digest: sha256(CONFIG) },
    { name: 'model.safetensors', digest: sha256(WEIGHTS) },
  ]
}

/** The text of a bundle, signed by a key that is made for it. */
export function toSignature(
  subject: string,
  resources: readonly SignedResource[],
  {
    method = 'files',
    rootDigest = rootDigestOf(resources),
  }: { readonly method?: string; readonly rootDigest?: string } = {},
): string {
  const payload = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: subject, digest: { sha256: rootDigest } }],
      predicateType: 'https://model_signing/signature/v1.0',
      predicate: {
        serialization: { method, hash_type: 'sha256', allow_symlinks: false, ignore_paths: ['model.sig'] },
        resources: resources.map((resource) => ({ algorithm: 'sha256', ...resource })),
      },
    }),
  )
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `),
    payload,
  ])
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: 'example' }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: sign('sha256', signed, privateKey).toString('base64'), keyid: '' }],
    },
  })
}

/** The digest over all digests, in their order. */
function rootDigestOf(resources: readonly SignedResource[]): string {
  const hash = createHash('sha256')
  for (const { digest } of resources) hash.update(digest, 'hex')
  return hash.digest('hex')
}

const DAMAGES: Readonly<Record<SignedDamage, (store: StoreBuilder) => void>> = {
  cut: (store) => store.put('wren/model.sig', toSignature('wren', wrenFiles()).slice(0, 200)),
  edited: (store) => {
    const [config, weights] = wrenFiles()
    const edited = [{ ...config, digest: 'a'.repeat(64) }, weights] as readonly SignedResource[]
    store.put('wren/model.sig', toSignature('wren', edited, { rootDigest: rootDigestOf(wrenFiles()) }))
  },
  'extra-file': (store) => store.put('wren/more.safetensors', sampleSafetensors('more')),
  'many-shards': (store) => {
    const shards = [0, 512].map((start) => ({
      name: `model.safetensors:${start}:${start + 512}`,
      digest: sha256(WEIGHTS.subarray(start, start + 512)),
    }))
    const config = { name: `config.json:0:${CONFIG.length}`, digest: sha256(CONFIG) }
    store.put('wren/model.sig', toSignature('wren', [config, ...shards], { method: 'shards' }))
  },
  'missing-file': (store) => {
    const gone = { name: 'tokenizer.json', digest: 'a'.repeat(64) }
    store.put('wren/model.sig', toSignature('wren', [...wrenFiles(), gone]))
  },
  'of-another-program': (store) => {
    store.put('tool.sig', Uint8Array.of(0x89, 0x01, 0x33, 0xff))
    store.put('release.sig', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}')
  },
  'other-algorithm': (store) => {
    const files = wrenFiles().map(({ name }) => ({ name, digest: 'b'.repeat(64), algorithm: 'blake3' }))
    store.put('wren/model.sig', toSignature('wren', files))
  },
  'path-out': (store) =>
    store.put('wren/model.sig', toSignature('wren', [{ name: '../jay.gguf', digest: sha256(JAY) }])),
  shards: (store) => {
    const shards = [CONFIG, WEIGHTS].map((bytes, index) => ({
      name: `${['config.json', 'model.safetensors'][index]}:0:${bytes.length}`,
      digest: sha256(bytes),
    }))
    store.put('wren/model.sig', toSignature('wren', shards, { method: 'shards' }))
  },
}
