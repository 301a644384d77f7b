import {
  type AllowedLinks,
  CatalogError,
  type FileAtPath,
  type FileReference,
  type Fingerprint,
  type FoundFiles,
  type ModelFiles,
  type ReplaceOptions,
  type UnreadablePath,
} from '@catalog/types'
import { FakeVerifier } from './fake-verifier.ts'
import { FakeVolumes } from './fake-volumes.ts'

const ROOT = '/models/'
/** The catalog's own files, which are no model files. */
const OWN = /^\/models\/(?:catalog\.json$|\.catalog(?:\/|$))|\/\.catalog-volume$/u

/** The steps of `replaceByCopy`. */
export type ReplaceStep = 'prepared' | 'set-aside' | 'placed' | 'ended'

/** The files of a machine as a catalog sees them: a digest and a size for each path. */
export class FakeFiles extends FakeVerifier implements ModelFiles {
  /** Every change of the disk, in order. */
  readonly done: string[] = []
  readonly volumes: FakeVolumes = new FakeVolumes((path) => this.byPath.get(path)?.fingerprint.dev ?? '2049')
  freeBytes = 1e12
  /** Paths that cannot be listed, though some files below them may be examined by their paths. */
  unreadable: readonly UnreadablePath[] = []
  /** The error with which `assertReachable` refuses a path. */
  readonly unreachable: Map<string, CatalogError> = new Map()
  /** Runs after each step of `replaceByCopy`: it may throw, as a kill at that point would end it. */
  afterReplaceStep: (step: ReplaceStep, path: string) => unknown = () => undefined

  pathOf(reference: FileReference): string {
    return 'file' in reference ? ROOT + reference.file : reference.location
  }

  pathsOf(reference: FileReference): readonly string[] {
    return [this.pathOf(reference)]
  }

  followsLinks(reference: FileReference): boolean {
    return linksOf(reference) !== undefined
  }

  async locate(references: readonly FileReference[]): Promise<readonly string[]> {
    for (const reference of references) this.#assertLinksAllowed(reference, this.pathOf(reference))
    return references.map((reference) => this.pathOf(reference))
  }

  assertReachable(reference: FileReference, path: string): void {
    const error = this.unreachable.get(path)
    if (error !== undefined) throw error
    this.#assertLinksAllowed(reference, path)
  }

  #assertLinksAllowed(reference: FileReference, path: string): void {
    const real = this.realPathOf(path)
    const links = linksOf(reference)
    if (
      real === undefined ||
      (links === undefined ? this.#isPlain(reference, path) : this.#isIn(links, real))
    )
      return
    const kind = 'symbolic link out of the root'
    throw new CatalogError('NOT_A_REGULAR_FILE', `${path} is reached by a ${kind}`, { path, kind })
  }

  /** Whether no link leads the way to a file out of the root; one in place may be reached by any. */
  #isPlain(reference: FileReference, path: string): boolean {
    const real = `${this.realPathOf(parentOf(path))}/`
    return 'location' in reference || real === `${parentOf(path)}/` || real.startsWith(ROOT)
  }

  /** Whether a real path is below one of the two; a location that is a link itself has nothing below it. */
  #isIn({ into, within }: AllowedLinks, real: string): boolean {
    const parent = parentOf(within)
    const own = `${this.realPathOf(parent) ?? parent}${within.slice(parent.length)}`
    const target = this.realPathOf(into)
    return `${real}/`.startsWith(`${own}/`) || (target !== undefined && real.startsWith(`${target}/`))
  }

  referenceTo(path: string): FileReference {
    const absolute = path.startsWith('/') ? path : `/current/${path}`
    return absolute.startsWith(ROOT) ? { file: absolute.slice(ROOT.length) } : { location: absolute }
  }

  async listFiles(): Promise<FoundFiles> {
    const names = [...this.byPath.keys(), ...this.links.keys()]
    const paths = names.filter((path) => path.startsWith(ROOT) && !OWN.test(path)).sort()
    const listed = paths.filter((path) => !this.unreadable.some((each) => path.startsWith(`${each.path}/`)))
    const files = listed.map((path) => ({ file: path.slice(ROOT.length), ...this.#toFound(path) }))
    return { files, unreadable: this.unreadable }
  }

  async lookAt(path: string): Promise<FileAtPath | undefined> {
    if (this.has(path) || this.links.has(path)) return this.#toFound(path)
    if (!this.isDirectory(path)) return undefined
    const fingerprint = { dev: '2049', ino: '2', sizeBytes: 0, mtimeNs: '1', ctimeNs: '1' }
    return { path, kind: 'other', fingerprint, links: 2 }
  }

  async makeParent(path: string): Promise<void> {
    this.done.push(`make parent of ${path}`)
    for (const [, directory = ''] of path.matchAll(/(?<=^(.+))\//gu)) this.directories.add(directory)
  }

  async syncFile(path: string): Promise<void> {
    this.find(path)
    this.done.push(`sync ${path}`)
  }

  async moveFile(from: string, to: string): Promise<boolean> {
    const file = this.find(from)
    // After a crash between its two steps, as the real one moves a file.
    const isName = this.byPath.get(to)?.fingerprint.ino === file.fingerprint.ino
    if (this.has(to) && !isName) return false
    this.done.push(`move ${from} to ${to}`)
    this.byPath.set(to, file)
    this.unlink(from)
    return true
  }

  async moveDirectory(from: string, to: string, files: readonly string[]): Promise<boolean> {
    if (!this.isDirectory(from))
      throw new CatalogError('FILE_MISSING', `no directory at ${from}`, { path: from })
    const held = [...this.byPath.keys()].filter((path) => path.startsWith(`${from}/`))
    const isHeldAlone = held.every((path) => files.includes(path.slice(from.length + 1)))
    if (this.has(to) || this.isDirectory(to) || !isHeldAlone) return false
    this.done.push(`move directory ${from} to ${to}`)
    // As on every file system, where the files below it do not change.
    for (const [path, file] of this.byPath) {
      if (!path.startsWith(`${from}/`)) continue
      this.byPath.delete(path)
      this.byPath.set(`${to}${path.slice(from.length)}`, file)
    }
    for (const path of [...this.directories]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.directories.delete(path)
      this.directories.add(`${to}${path.slice(from.length)}`)
    }
    return true
  }

  async removeDirectory(path: string): Promise<boolean> {
    const all = [...this.byPath.keys(), ...this.directories]
    if (all.some((each) => each.startsWith(`${path}/`)) || !this.directories.delete(path)) return false
    this.done.push(`remove directory ${path}`)
    return true
  }

  async removeFile(path: string, expected: Fingerprint): Promise<boolean> {
    if (!this.#isStill(path, expected)) return false
    this.done.push(`remove ${path}`)
    this.unlink(path)
    return true
  }

  async replaceByCopy(
    path: string,
    source: string,
    { expected, method, aside, prepared }: ReplaceOptions,
  ): Promise<Fingerprint | undefined> {
    if (!this.has(source)) {
      const details = { operation: 'replace', path, errno: 'ENOENT' }
      throw new CatalogError('IO', `cannot replace ${path}: ENOENT`, details)
    }
    if (method === 'hard-link') this.link(source, prepared)
    else this.byPath.set(prepared, { ...this.find(source), fingerprint: this.newFile(expected.sizeBytes) })
    await this.afterReplaceStep('prepared', path)
    if (!this.#isStill(path, expected)) {
      this.unlink(prepared)
      return undefined
    }
    this.done.push(`${method} ${source} to ${path}`)
    this.link(path, aside)
    this.unlink(path)
    await this.afterReplaceStep('set-aside', path)
    this.link(prepared, path)
    await this.afterReplaceStep('placed', path)
    this.unlink(prepared)
    const placed = this.find(path).fingerprint
    await this.afterReplaceStep('ended', path)
    return placed
  }

  async measureFreeBytes(): Promise<number> {
    return this.freeBytes
  }

  #isStill(path: string, expected: Fingerprint): boolean {
    return JSON.stringify(this.byPath.get(path)?.fingerprint) === JSON.stringify(expected)
  }

  #toFound(path: string): FileAtPath {
    if (this.links.has(path)) {
      const fingerprint = { dev: '2049', ino: '3', sizeBytes: 0, mtimeNs: '1', ctimeNs: '1' }
      return { path, kind: 'symlink', fingerprint, links: 1 }
    }
    const { fingerprint } = this.find(path)
    const links = this.namesOf(fingerprint).length
    return { path, kind: 'file', fingerprint, links }
  }
}

function linksOf(reference: FileReference): AllowedLinks | undefined {
  return 'file' in reference ? undefined : reference.links
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}
