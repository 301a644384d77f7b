/** What the examples of the pages use without saying where it is from: each is a global name for them. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { sampleGguf } from '@catalog/testkit/models'
import { type DigestProgress, digestFile, type FileEvidence } from '@catalog/verify'
import { type Catalog, openCatalog } from '../../src/index.ts'

declare global {
  /** With the verified model `llama-3.1-8b`. */
  var catalog: Catalog
  /** Of the history of that catalog. */
  var position: number
  var signal: AbortSignal
  var onProgress: (progress: DigestProgress) => void
  /** Of a model file, of whose bytes all of the following is true. */
  var path: string
  var evidence: FileEvidence
  var expectedDigest: string
  var expectedSizeBytes: number
  var foundDigest: string
  var knownDigests: ReadonlyMap<string, string>
  var fetchAgain: (range: { readonly offset: number; readonly length: number }) => Uint8Array<ArrayBuffer>
}

/** Of the catalog: its history begins before the times that the pages ask about. */
const NOW = new Date('2025-10-01T00:00:00Z')

/** Makes the files in the working directory, and the values of all names. */
export async function giveAll(): Promise<void> {
  const bytes = sampleGguf('given')
  writeFileSync('model.gguf', bytes)
  globalThis.catalog = await openCatalog({ root: './given', clock: { now: () => NOW } })
  await catalog.register({ id: 'llama-3.1-8b', source: 'hf:org/repo' })
  copyFileSync('model.gguf', await catalog.modelPath('llama-3.1-8b'))
  await catalog.verify('llama-3.1-8b')
  globalThis.position = 0
  globalThis.signal = new AbortController().signal
  globalThis.onProgress = () => undefined
  await giveFile(bytes)
  giveManifest(bytes)
}

async function giveFile(bytes: Uint8Array): Promise<void> {
  globalThis.path = 'model.gguf'
  const found = await digestFile(path)
  globalThis.evidence = { ...found, outcome: 'match' }
  globalThis.expectedDigest = 'a'.repeat(64)
  globalThis.expectedSizeBytes = found.sizeBytes
  globalThis.foundDigest = found.digest
  globalThis.knownDigests = new Map([[found.digest, 'org/another']])
  globalThis.fetchAgain = ({ offset, length }) => new Uint8Array(bytes.subarray(offset, offset + length))
}

function giveManifest(bytes: Uint8Array): void {
  mkdirSync('models/llama-3.1-70b', { recursive: true })
  writeFileSync('models/llama-3.1-70b/model.gguf', bytes)
  writeFileSync('SHA256SUMS', `${evidence.digest}  model.gguf\n`)
}
