import { sampleFileDigest } from '@catalog/testkit'
import {
  CatalogError,
  type DigestFileOptions,
  type FileDigest,
  type FileReference,
  type FileVerifier,
  type ModelFiles,
  type Sha256Digest,
} from '@catalog/types'

const ROOT = '/models/'

/** A machine's files, as far as a catalog sees them: which digest and size stand at which path. */
export class FakeFiles implements FileVerifier, ModelFiles {
  readonly #byPath: Map<string, FileDigest> = new Map()
  readonly read: string[] = []
  isClosed = false
  /** Runs in the middle of every reading. */
  duringRead: (path: string) => unknown = () => undefined

  put(path: string, digest: Sha256Digest, sizeBytes = 1024): void {
    this.#byPath.set(path, sampleFileDigest(digest, sizeBytes))
  }

  delete(path: string): void {
    this.#byPath.delete(path)
  }

  async digestFile(path: string, { signal, onProgress }: DigestFileOptions = {}): Promise<FileDigest> {
    const file = this.#find(path)
    this.read.push(path)
    await this.duringRead(path)
    signal?.throwIfAborted()
    onProgress?.({ doneBytes: file.sizeBytes, totalBytes: file.sizeBytes })
    return file
  }

  async measureFile(path: string): Promise<number> {
    return this.#find(path).sizeBytes
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  pathOf(reference: FileReference): string {
    return 'file' in reference ? ROOT + reference.file : reference.location
  }

  referenceTo(path: string): FileReference {
    const absolute = path.startsWith('/') ? path : `/current/${path}`
    return absolute.startsWith(ROOT) ? { file: absolute.slice(ROOT.length) } : { location: absolute }
  }

  #find(path: string): FileDigest {
    const file = this.#byPath.get(path)
    if (file === undefined) throw new CatalogError('FILE_MISSING', `no file at ${path}`, { path })
    return file
  }
}
