/** Room `fakes`: the files and volumes of a machine that does not exist. */
import { CatalogError, type FileDigest, type Fingerprint, type Sha256Digest } from '@catalog/types'
import { sampleFileDigest } from '../samples/samples.ts'

/** A machine's disk: which digest and size stand at which path. */
export class FakeDisk {
  protected readonly byPath: Map<string, FileDigest> = new Map()
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

  /** Other bytes in the same file. */
  overwrite(path: string, digest: Sha256Digest): void {
    const { fingerprint, sizeBytes } = this.find(path)
    const time = this.nextTime()
    const written = { ...fingerprint, mtimeNs: time, ctimeNs: time }
    this.byPath.set(path, { ...sampleFileDigest(digest, sizeBytes), fingerprint: written })
  }

  /** Other bytes in the same file, by whatever name it is reached, of a writer that puts the time of writing back. */
  overwriteUnseen(path: string, digest: Sha256Digest): void {
    const { ino } = this.find(path).fingerprint
    for (const [each, file] of this.byPath) {
      if (file.fingerprint.ino === ino) this.byPath.set(each, { ...file, digest })
    }
    this.#touchNames(this.find(path).fingerprint)
  }

  /** Other bytes without a trace, as a bad disk has them. */
  rot(path: string, digest: Sha256Digest): void {
    this.byPath.set(path, { ...this.find(path), digest })
  }

  delete(path: string): void {
    this.byPath.delete(path)
  }

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

  protected unlink(path: string): void {
    const { fingerprint } = this.find(path)
    this.byPath.delete(path)
    this.#touchNames(fingerprint)
  }

  /** As on Linux, where a name more or less is a change of the inode. */
  #touchNames({ ino }: Fingerprint): void {
    const ctimeNs = this.nextTime()
    for (const [path, file] of this.byPath) {
      if (file.fingerprint.ino !== ino) continue
      this.byPath.set(path, { ...file, fingerprint: { ...file.fingerprint, ctimeNs } })
    }
  }

  protected newFile(sizeBytes: number): Fingerprint {
    const time = this.nextTime()
    const ino = this.freedInodes.shift() ?? `${4242 + this.#changes}`
    return { dev: '2049', ino, sizeBytes, mtimeNs: time, ctimeNs: time }
  }

  protected nextTime(): string {
    this.#changes += 1
    return `${1759276800000000000n + BigInt(this.#changes)}`
  }

  protected find(path: string): FileDigest {
    const file = this.byPath.get(path)
    if (file === undefined) throw new CatalogError('FILE_MISSING', `no file at ${path}`, { path })
    return file
  }
}
