import { createHash } from 'node:crypto'

import {
  CatalogError,
  type DiagnosisNote,
  type DigestedFile,
  type DigestProgress,
  type DownloadStart,
  type FileDigest,
  type FileVerifier,
  type Fingerprint,
  type FoundShards,
  type LookResult,
  type ModelFacts,
  type OpenModelFile,
  parseSha256Digest,
  type ReadFileOptions,
  type SeenFile,
  type Sha256Digest,
  type VerifyFileOptions,
  type WrongFile,
} from '@catalog/types'
import { FakeDisk } from './fake-disk.ts'

/** Reads the files of a fake disk. */
export class FakeVerifier extends FakeDisk implements FileVerifier {
  readonly read: string[] = []
  isClosed = false
  shards: readonly FoundShards[] = []
  /** Why the file at a path cannot be a model. */
  readonly refusals: Map<string, readonly DiagnosisNote[]> = new Map()
  /** What the header of the file at a path says. */
  readonly facts: Map<string, ModelFacts> = new Map()
  /** What is worth knowing of the file at a path. */
  readonly notes: Map<string, readonly DiagnosisNote[]> = new Map()
  /** What the index at a path names. */
  readonly indexedShards: Map<string, readonly string[]> = new Map()
  /** What looking at a path rejects with. */
  readonly special: Map<string, CatalogError> = new Map()
  /** Runs in the middle of every reading. */
  duringRead: (path: string) => unknown = () => undefined

  /** Reads the file at a path, unless it is said to be unreadable. */
  async digestFile(path: string, options: VerifyFileOptions = {}): Promise<FileDigest> {
    const { signal, onProgress } = options
    const file = this.findReal(path, options)
    this.read.push(path)
    await this.duringRead(path)
    signal?.throwIfAborted()
    this.#assertOpen()
    onProgress?.({ doneBytes: file.sizeBytes, totalBytes: file.sizeBytes })
    return file
  }

  /** Side by side, as a verifier with as many threads as there are files. */
  async digestFiles(
    files: readonly SeenFile[],
    { signal, onProgress, ...how }: VerifyFileOptions = {},
  ): Promise<readonly FileDigest[]> {
    this.#assertOpen()
    const totalBytes = files.reduce((sum, { fingerprint }) => sum + fingerprint.sizeBytes, 0)
    const cancel = new AbortController()
    const abort = (): void => cancel.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    let doneBytes = 0
    const reading = files.map(async ({ path, fingerprint }) => {
      const addBytes = (progress: DigestProgress): void => {
        doneBytes += progress.doneBytes
        onProgress?.({ doneBytes, totalBytes })
      }
      try {
        const found = await this.digestFile(path, { ...how, signal: cancel.signal, onProgress: addBytes })
        assertUnchanged(path, fingerprint, found.fingerprint)
        return found
      } catch (error) {
        cancel.abort(error)
        throw error
      }
    })
    await Promise.allSettled(reading)
    return await Promise.all(reading)
  }

  async statFile(path: string, options?: ReadFileOptions): Promise<Fingerprint> {
    return this.findReal(path, options).fingerprint
  }

  readFingerprint(path: string, options?: ReadFileOptions): Fingerprint {
    const special = this.special.get(path)
    if (special !== undefined) throw special
    return this.findReal(path, options).fingerprint
  }

  async openFile(path: string, options?: ReadFileOptions): Promise<OpenModelFile> {
    const { sizeBytes, fingerprint } = this.findReal(path, options)
    return { path, fd: 42, sizeBytes, fingerprint, close: async () => {} }
  }

  async diagnoseFile(
    path: string,
    { knownDigests, foundDigest, followSymlink }: WrongFile,
  ): Promise<readonly DiagnosisNote[]> {
    this.findReal(path, { followSymlink })
    const owner = foundDigest === undefined ? undefined : knownDigests?.get(foundDigest)
    const zeros = { kind: 'zeros', text: 'the last 4096 bytes are zeros' }
    return owner === undefined ? [zeros] : [{ kind: 'other-entry', text: `this is the file of ${owner}` }]
  }

  async takeFirstLook(path: string, options?: ReadFileOptions): Promise<LookResult> {
    this.findReal(path, options)
    return { refusals: this.refusals.get(path) ?? [], notes: this.notes.get(path) ?? [] }
  }

  /** Those of the first file that has some. */
  async readFacts(files: readonly SeenFile[]): Promise<ModelFacts | undefined> {
    for (const { path, fingerprint } of files) assertUnchanged(path, fingerprint, this.find(path).fingerprint)
    return files.map(({ path }) => this.facts.get(path)).find((facts) => facts !== undefined)
  }

  async resumeDownload(path: string): Promise<DownloadStart> {
    const reason = this.has(path) ? 'no-checkpoint' : 'no-file'
    return { resume: false, fromByte: 0, resumeFrom: undefined, reason, detail: `${path}: ${reason}` }
  }

  checkpointPathOf(path: string): string {
    return `${path}.checkpoint`
  }

  digestManifest(files: readonly DigestedFile[]): Sha256Digest {
    const lines = files.map(({ digest, path }) => `${digest}  ${path}\n`)
    const sorted = lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
    return parseSha256Digest(createHash('sha256').update(sorted.join('')).digest('hex'))
  }

  async findIndexedShards(path: string): Promise<readonly string[]> {
    return this.indexedShards.get(path) ?? []
  }

  findShards(): readonly FoundShards[] {
    return this.shards
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  #assertOpen(): void {
    if (this.isClosed) throw new CatalogError('CLOSED', 'the verifier is closed', { what: 'verifier' })
  }
}

function assertUnchanged(path: string, seen: Fingerprint, now: Fingerprint): void {
  const changed = (['ino', 'sizeBytes', 'mtimeNs'] as const).filter((field) => now[field] !== seen[field])
  if (changed.length === 0) return
  throw new CatalogError('FILE_CHANGED', `${path} changed since it was looked at`, { path, changed })
}
