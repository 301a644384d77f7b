/** Room `fakes`: the files and volumes of a machine that does not exist. */
import {
  CatalogError,
  type FileDigest,
  type Fingerprint,
  type ReadFileOptions,
  type Sha256Digest,
} from '@catalog/types'
import { sampleFileDigest } from '../samples/samples.ts'

/** As many links as Linux follows one after the other. */
const MOST_LINKS = 40

/** A machine's disk: which digest and size stand at which path. */
export class FakeDisk {
  protected readonly byPath: Map<string, FileDigest> = new Map()
  /** Those that were made. One is also there while a file is in it. */
  protected readonly directories: Set<string> = new Set()
  /** Where symbolic links lead. */
  protected readonly links: Map<string, string> = new Map()
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
    this.links.delete(path)
  }

  /** Whether there is a file at the path. */
  has(path: string): boolean {
    return this.byPath.has(path)
  }

  /** What stands for the bytes at a path. */
  bytesOf(path: string): string | undefined {
    return this.byPath.get(path)?.digest
  }

  /** A symbolic link, in the place of another one if there is one. */
  makeLink(target: string, path: string): void {
    this.links.set(path, target)
  }

  /** The path that all links on the way lead to; undefined if they lead nowhere. */
  protected realPathOf(path: string): string | undefined {
    let real = path
    for (let followed = 0; followed < MOST_LINKS; followed += 1) {
      const link = prefixesOf(real).find((prefix) => this.links.has(prefix))
      if (link === undefined) return this.has(real) || this.isDirectory(real) ? real : undefined
      real = `${this.links.get(link)}${real.slice(link.length)}`
    }
    return undefined
  }

  /** Whether the name at a path is a symbolic link, wherever its directory is. */
  protected isLink(path: string): boolean {
    const name = path.slice(path.lastIndexOf('/'))
    return this.links.has(`${this.realPathOf(path.slice(0, -name.length)) ?? ''}${name}`)
  }

  /** The file that a path leads to. @throws {CatalogError} NOT_A_REGULAR_FILE for a link that is not followed */
  protected findReal(path: string, { followSymlink = false }: ReadFileOptions = {}): FileDigest {
    if (this.isLink(path) && !followSymlink) {
      throw new CatalogError('NOT_A_REGULAR_FILE', `${path} is a link`, { path, kind: 'symbolic link' })
    }
    return this.find(this.realPathOf(path) ?? path)
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
    const names = [...this.byPath.keys(), ...this.links.keys()]
    return this.directories.has(path) || names.some((each) => each.startsWith(`${path}/`))
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

/** `/a`, `/a/b` and `/a/b/c` of `/a/b/c`. */
function prefixesOf(path: string): readonly string[] {
  const ends = [...path.matchAll(/\//gu)].map(({ index }) => index).filter((index) => index > 0)
  return [...ends.map((end) => path.slice(0, end)), path]
}
