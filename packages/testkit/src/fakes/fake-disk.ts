/** Room `fakes`: the files and volumes of a machine that does not exist. */
import { CatalogError, type FileDigest, type Fingerprint, type Sha256Digest } from '@catalog/types'
import { sampleFileDigest } from '../samples/samples.ts'

/** A machine's disk: which digest and size stand at which path. */
export class FakeDisk {
  protected readonly byPath: Map<string, FileDigest> = new Map()
  /** Those that were made. One is also there while a file is in it. */
  protected readonly directories: Set<string> = new Set()
  #changes = 0
  /** The inodes of removed files that the next new files have, in order. */
  readonly freedInodes: string[] = []

  /** Another file at the path: of another inode and time than any before. */
  put(path: string, digest: Sha256Digest, sizeBytes = 1024): void {
    this.byPath.set(path, { ...sampleFileDigest(digest, sizeBytes), fingerprint: this.newFile(sizeBytes) })
  }

  /** All files have this device number from now on, as after a restart. */
  renumber(dev: string): void {
    for (const [path, file] of this.byPath) {
      this.byPath.set(path, { ...file, fingerprint: { ...file.fingerprint, dev } })
    }
  }

  /** Only its ctime changes, as by `chmod`. */
  touchMode(path: string): void {
    const file = this.find(path)
    const fingerprint = { ...file.fingerprint, ctimeNs: this.nextTime() }
    this.byPath.set(path, { ...file, fingerprint })
  }

  /** Other bytes in the same file, by whatever name it is reached, as many as before unless the size says otherwise. */
  overwrite(path: string, digest: Sha256Digest, sizeBytes: number = this.find(path).sizeBytes): void {
    const time = this.nextTime()
    const { fingerprint } = this.find(path)
    const written = { ...fingerprint, sizeBytes, mtimeNs: time, ctimeNs: time }
    for (const name of this.namesOf(fingerprint)) {
      this.byPath.set(name, { ...sampleFileDigest(digest, sizeBytes), fingerprint: written })
    }
  }

  /** Other bytes in the same file, by whatever name it is reached, of a writer that puts the time of writing back. */
  overwriteUnseen(path: string, digest: Sha256Digest): void {
    const { fingerprint } = this.find(path)
    for (const name of this.namesOf(fingerprint)) this.byPath.set(name, { ...this.find(name), digest })
    this.#touchNames(fingerprint)
  }

  /** Other bytes without a trace, as a bad disk has them. */
  rot(path: string, digest: Sha256Digest): void {
    this.byPath.set(path, { ...this.find(path), digest })
  }

  /** Removes one name of a file, without a trace on its other names. */
  delete(path: string): void {
    this.byPath.delete(path)
  }

  /** Whether there is a file at the path. */
  has(path: string): boolean {
    return this.byPath.has(path)
  }

  /** What stands for the bytes at a path. */
  bytesOf(path: string): string | undefined {
    return this.byPath.get(path)?.digest
  }

  /** Another name of the file. */
  link(from: string, to: string): void {
    const file = this.find(from)
    this.byPath.set(to, file)
    this.#touchNames(file.fingerprint)
  }

  /** Removes one name of a file, which changes the ctime of its other names. */
  protected unlink(path: string): void {
    const { fingerprint } = this.find(path)
    this.byPath.delete(path)
    this.#touchNames(fingerprint)
  }

  /** As on Linux, where a name more or less is a change of the inode. */
  #touchNames(fingerprint: Fingerprint): void {
    const ctimeNs = this.nextTime()
    for (const path of this.namesOf(fingerprint)) {
      const file = this.find(path)
      this.byPath.set(path, { ...file, fingerprint: { ...file.fingerprint, ctimeNs } })
    }
  }

  /** The paths at which the file is. */
  protected namesOf({ ino }: Fingerprint): readonly string[] {
    return [...this.byPath].filter(([, file]) => file.fingerprint.ino === ino).map(([path]) => path)
  }

  /** Whether the path was made as a directory, or has files below it. */
  protected isDirectory(path: string): boolean {
    return this.directories.has(path) || [...this.byPath.keys()].some((each) => each.startsWith(`${path}/`))
  }

  /** The fingerprint of a file that is made now. */
  protected newFile(sizeBytes: number): Fingerprint {
    const time = this.nextTime()
    const ino = this.freedInodes.shift() ?? `${4242 + this.#changes}`
    return { dev: '2049', ino, sizeBytes, mtimeNs: time, ctimeNs: time }
  }

  /** The time of a change, in nanoseconds: later than that of any before. */
  protected nextTime(): string {
    this.#changes += 1
    return `${1759276800000000000n + BigInt(this.#changes)}`
  }

  /** The file at a path. @throws {CatalogError} FILE_MISSING, or NOT_A_REGULAR_FILE for a directory */
  protected find(path: string): FileDigest {
    const file = this.byPath.get(path)
    if (file !== undefined) return file
    if (!this.isDirectory(path)) throw new CatalogError('FILE_MISSING', `no file at ${path}`, { path })
    throw new CatalogError('NOT_A_REGULAR_FILE', `${path} is a directory`, { path, kind: 'directory' })
  }
}
