import { createHash } from 'node:crypto'

import {
  CatalogError,
  type DiagnosisNote,
  type DigestedFile,
  type DigestProgress,
  type DownloadStart,
  type FileAtPath,
  type FileDigest,
  type FileReference,
  type FileVerifier,
  type Fingerprint,
  type FoundFiles,
  type FoundShards,
  type LookResult,
  type ModelFiles,
  type OpenModelFile,
  parseSha256Digest,
  type ReplaceOptions,
  type SeenFile,
  type Sha256Digest,
  type UnreadablePath,
  type VerifyFileOptions,
  type WrongFile,
} from '@catalog/types'
import { FakeVolumes } from './fake-volumes.ts'
import { sampleFileDigest } from './samples.ts'

const ROOT = '/models/'

/** How far putting a file in the place of another has come. */
export type ReplaceStep = 'prepared' | 'set-aside' | 'placed' | 'ended'

/** A machine's files, as far as a catalog sees them: which digest and size stand at which path. */
export class FakeFiles implements FileVerifier, ModelFiles {
  readonly #byPath: Map<string, FileDigest> = new Map()
  /** Those that were made. One is also there while a file is in it. */
  readonly #directories: Set<string> = new Set()
  #changes = 0
  readonly read: string[] = []
  /** What was done to the disk, in order. */
  readonly done: string[] = []
  readonly followSymlink = false
  readonly volumes: FakeVolumes = new FakeVolumes((path) => this.#byPath.get(path)?.fingerprint.dev ?? '2049')
  freeBytes = 1e12
  /** The inodes of removed files that the next new files have, in order. */
  readonly freedInodes: string[] = []
  isClosed = false
  shards: readonly FoundShards[] = []
  /** Why the file at a path cannot be a model. */
  readonly refusals: Map<string, readonly DiagnosisNote[]> = new Map()
  /** What is worth knowing of the file at a path. */
  readonly notes: Map<string, readonly DiagnosisNote[]> = new Map()
  /** What the index at a path names. */
  readonly indexedShards: Map<string, readonly string[]> = new Map()
  /** What cannot be listed, though some of it may be looked at by its path. */
  unreadable: readonly UnreadablePath[] = []
  /** What the way to a file is refused with. */
  readonly unreachable: Map<string, CatalogError> = new Map()
  /** What looking at a path rejects with. */
  readonly special: Map<string, CatalogError> = new Map()
  /** Runs after each step of putting a file in the place of another: it may fail there, as a kill does. */
  afterReplaceStep: (step: ReplaceStep, path: string) => unknown = () => undefined
  /** Runs in the middle of every reading. */
  duringRead: (path: string) => unknown = () => undefined

  /** Another file at the path: of another inode and time than any before. */
  put(path: string, digest: Sha256Digest, sizeBytes = 1024): void {
    this.#byPath.set(path, { ...sampleFileDigest(digest, sizeBytes), fingerprint: this.#newFile(sizeBytes) })
  }

  /** All files have this device number from now on, as after a restart. */
  renumber(dev: string): void {
    for (const [path, file] of this.#byPath) {
      this.#byPath.set(path, { ...file, fingerprint: { ...file.fingerprint, dev } })
    }
  }

  /** Only its ctime changes, as by `chmod`. */
  touchMode(path: string): void {
    const file = this.#find(path)
    const fingerprint = { ...file.fingerprint, ctimeNs: this.#nextTime() }
    this.#byPath.set(path, { ...file, fingerprint })
  }

  /** Other bytes in the same file. */
  overwrite(path: string, digest: Sha256Digest): void {
    const { fingerprint, sizeBytes } = this.#find(path)
    const time = this.#nextTime()
    const written = { ...fingerprint, mtimeNs: time, ctimeNs: time }
    this.#byPath.set(path, { ...sampleFileDigest(digest, sizeBytes), fingerprint: written })
  }

  /** Other bytes in the same file, by whatever name it is reached, of a writer that puts the time of writing back. */
  overwriteUnseen(path: string, digest: Sha256Digest): void {
    const { ino } = this.#find(path).fingerprint
    for (const [each, file] of this.#byPath) {
      if (file.fingerprint.ino === ino) this.#byPath.set(each, { ...file, digest })
    }
    this.#touchNames(this.#find(path).fingerprint)
  }

  /** Other bytes without a trace, as a bad disk has them. */
  rot(path: string, digest: Sha256Digest): void {
    this.#byPath.set(path, { ...this.#find(path), digest })
  }

  delete(path: string): void {
    this.#byPath.delete(path)
  }

  has(path: string): boolean {
    return this.#byPath.has(path)
  }

  /** What stands for the bytes at a path. */
  bytesOf(path: string): string | undefined {
    return this.#byPath.get(path)?.digest
  }

  async digestFile(path: string, { signal, onProgress }: VerifyFileOptions = {}): Promise<FileDigest> {
    const file = this.#find(path)
    this.read.push(path)
    await this.duringRead(path)
    signal?.throwIfAborted()
    onProgress?.({ doneBytes: file.sizeBytes, totalBytes: file.sizeBytes })
    return file
  }

  /** Side by side, as a verifier with as many threads as there are files. */
  async digestFiles(
    files: readonly SeenFile[],
    { signal, onProgress, ...how }: VerifyFileOptions = {},
  ): Promise<readonly FileDigest[]> {
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
        const changed = (['ino', 'sizeBytes', 'mtimeNs'] as const).filter(
          (field) => found.fingerprint[field] !== fingerprint[field],
        )
        if (changed.length === 0) return found
        throw new CatalogError('FILE_CHANGED', `${path} changed since it was looked at`, { path, changed })
      } catch (error) {
        cancel.abort(error)
        throw error
      }
    })
    await Promise.allSettled(reading)
    return await Promise.all(reading)
  }

  async statFile(path: string): Promise<Fingerprint> {
    return this.#find(path).fingerprint
  }

  readFingerprint(path: string): Fingerprint {
    const special = this.special.get(path)
    if (special !== undefined) throw special
    return this.#find(path).fingerprint
  }

  async openFile(path: string): Promise<OpenModelFile> {
    const { sizeBytes, fingerprint } = this.#find(path)
    return { path, fd: 42, sizeBytes, fingerprint, close: async () => {} }
  }

  async diagnoseFile(
    _path: string,
    { knownDigests, foundDigest }: WrongFile,
  ): Promise<readonly DiagnosisNote[]> {
    const owner = foundDigest === undefined ? undefined : knownDigests?.get(foundDigest)
    const zeros = { kind: 'zeros', text: 'the last 4096 bytes are zeros' }
    return owner === undefined ? [zeros] : [{ kind: 'other-entry', text: `this is the file of ${owner}` }]
  }

  async takeFirstLook(path: string): Promise<LookResult> {
    this.#find(path)
    return { refusals: this.refusals.get(path) ?? [], notes: this.notes.get(path) ?? [] }
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

  pathOf(reference: FileReference): string {
    return 'file' in reference ? ROOT + reference.file : reference.location
  }

  pathsOf(reference: FileReference): readonly string[] {
    return [this.pathOf(reference)]
  }

  async locate(references: readonly FileReference[]): Promise<readonly string[]> {
    return references.map((reference) => this.pathOf(reference))
  }

  assertReachable(_reference: FileReference, path: string): void {
    const error = this.unreachable.get(path)
    if (error !== undefined) throw error
  }

  referenceTo(path: string): FileReference {
    const absolute = path.startsWith('/') ? path : `/current/${path}`
    return absolute.startsWith(ROOT) ? { file: absolute.slice(ROOT.length) } : { location: absolute }
  }

  async listFiles(): Promise<FoundFiles> {
    const paths = [...this.#byPath.keys()].filter((path) => path.startsWith(ROOT)).sort()
    const listed = paths.filter((path) => !this.unreadable.some((each) => path.startsWith(`${each.path}/`)))
    const files = listed.map((path) => ({ file: path.slice(ROOT.length), ...this.#toFound(path) }))
    return { files, unreadable: this.unreadable }
  }

  async lookAt(path: string): Promise<FileAtPath | undefined> {
    if (this.has(path)) return this.#toFound(path)
    if (!this.#isDirectory(path)) return undefined
    const fingerprint = { dev: '2049', ino: '2', sizeBytes: 0, mtimeNs: '1', ctimeNs: '1' }
    return { path, kind: 'other', fingerprint, links: 2 }
  }

  async makeParent(path: string): Promise<void> {
    this.done.push(`make parent of ${path}`)
    for (const [, directory = ''] of path.matchAll(/(?<=^(.+))\//gu)) this.#directories.add(directory)
  }

  async syncFile(path: string): Promise<void> {
    this.#find(path)
    this.done.push(`sync ${path}`)
  }

  async moveFile(from: string, to: string): Promise<boolean> {
    const file = this.#find(from)
    if (this.has(to)) return false
    this.done.push(`move ${from} to ${to}`)
    this.#byPath.delete(from)
    // As on Linux, where another name is a change of the inode.
    this.#byPath.set(to, { ...file, fingerprint: { ...file.fingerprint, ctimeNs: this.#nextTime() } })
    return true
  }

  async moveDirectory(from: string, to: string, files: readonly string[]): Promise<boolean> {
    if (!this.#isDirectory(from))
      throw new CatalogError('FILE_MISSING', `no directory at ${from}`, { path: from })
    const held = [...this.#byPath.keys()].filter((path) => path.startsWith(`${from}/`))
    const isHeldAlone = held.every((path) => files.includes(path.slice(from.length + 1)))
    if (this.has(to) || this.#isDirectory(to) || !isHeldAlone) return false
    this.done.push(`move directory ${from} to ${to}`)
    // As on every file system, where the files below it do not change.
    for (const [path, file] of this.#byPath) {
      if (!path.startsWith(`${from}/`)) continue
      this.#byPath.delete(path)
      this.#byPath.set(`${to}${path.slice(from.length)}`, file)
    }
    for (const path of [...this.#directories]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.#directories.delete(path)
      this.#directories.add(`${to}${path.slice(from.length)}`)
    }
    return true
  }

  async removeDirectory(path: string): Promise<boolean> {
    const all = [...this.#byPath.keys(), ...this.#directories]
    if (all.some((each) => each.startsWith(`${path}/`)) || !this.#directories.delete(path)) return false
    this.done.push(`remove directory ${path}`)
    return true
  }

  async removeFile(path: string, expected: Fingerprint): Promise<boolean> {
    if (!this.#isStill(path, expected)) return false
    this.done.push(`remove ${path}`)
    this.#unlink(path)
    return true
  }

  async replaceByCopy(
    path: string,
    source: string,
    { expected, method, aside, prepared }: ReplaceOptions,
  ): Promise<Fingerprint | undefined> {
    if (method === 'hard-link') this.link(source, prepared)
    else this.#byPath.set(prepared, { ...this.#find(source), fingerprint: this.#newFile(expected.sizeBytes) })
    await this.afterReplaceStep('prepared', path)
    if (!this.#isStill(path, expected)) {
      this.#unlink(prepared)
      return undefined
    }
    this.done.push(`${method} ${source} to ${path}`)
    this.link(path, aside)
    this.#unlink(path)
    await this.afterReplaceStep('set-aside', path)
    this.link(prepared, path)
    await this.afterReplaceStep('placed', path)
    this.#unlink(prepared)
    const placed = this.#find(path).fingerprint
    await this.afterReplaceStep('ended', path)
    return placed
  }

  /** Another name of the file. */
  link(from: string, to: string): void {
    const file = this.#find(from)
    this.#byPath.set(to, file)
    this.#touchNames(file.fingerprint)
  }

  async measureFreeBytes(): Promise<number> {
    return this.freeBytes
  }

  #unlink(path: string): void {
    const { fingerprint } = this.#find(path)
    this.#byPath.delete(path)
    this.#touchNames(fingerprint)
  }

  /** As on Linux, where a name more or less is a change of the inode. */
  #touchNames({ ino }: Fingerprint): void {
    const ctimeNs = this.#nextTime()
    for (const [path, file] of this.#byPath) {
      if (file.fingerprint.ino !== ino) continue
      this.#byPath.set(path, { ...file, fingerprint: { ...file.fingerprint, ctimeNs } })
    }
  }

  #isDirectory(path: string): boolean {
    return this.#directories.has(path) || [...this.#byPath.keys()].some((each) => each.startsWith(`${path}/`))
  }

  #isStill(path: string, expected: Fingerprint): boolean {
    return JSON.stringify(this.#byPath.get(path)?.fingerprint) === JSON.stringify(expected)
  }

  #toFound(path: string): FileAtPath {
    const { fingerprint } = this.#find(path)
    const links = [...this.#byPath.values()].filter((file) => file.fingerprint.ino === fingerprint.ino).length
    return { path, kind: 'file', fingerprint, links }
  }

  #newFile(sizeBytes: number): Fingerprint {
    const time = this.#nextTime()
    const ino = this.freedInodes.shift() ?? `${4242 + this.#changes}`
    return { dev: '2049', ino, sizeBytes, mtimeNs: time, ctimeNs: time }
  }

  #nextTime(): string {
    this.#changes += 1
    return `${1759276800000000000n + BigInt(this.#changes)}`
  }

  #find(path: string): FileDigest {
    const file = this.#byPath.get(path)
    if (file === undefined) throw new CatalogError('FILE_MISSING', `no file at ${path}`, { path })
    return file
  }
}
