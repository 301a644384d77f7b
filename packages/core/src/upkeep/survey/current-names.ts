/** Room `upkeep/survey`: what the disk holds, and which entry names it. */

import type { Fingerprint, FoundFile, ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { inodeOf } from '../../evidence/fingerprints.ts'
import { Neighbours } from './neighbours.ts'
import { parsePrepared, parseReplaced } from './replaced-name.ts'
import { addToList, listOf, lookAtPath, type NamedFile, type Survey, surveyEntry } from './survey.ts'

/** An entry and its files. */
export interface NamingEntry {
  readonly entry: ModelEntry
  readonly files: readonly NamedFile[]
}

/** Which entries name which files, kept up with what others change while a plan is applied. */
export class CurrentNames {
  readonly #context: CatalogContext
  readonly #survey: Survey
  readonly #quarantining: Map<string, ModelEntry[]> = new Map()
  /** Undefined for those that are gone, so that their old files no longer count as their own. */
  readonly #changed: Map<string, NamingEntry | undefined> = new Map()
  readonly #idsByKey: Map<string, Set<string>> = new Map()
  readonly #neighbours: Neighbours
  /** By the path beside which they were left. */
  readonly #replaced: Map<string, string[]> = new Map()
  readonly #prepared: Map<string, string[]> = new Map()
  #position: number

  /** The position must be one from before the survey. */
  constructor(context: CatalogContext, survey: Survey, position: number) {
    this.#context = context
    this.#survey = survey
    this.#position = position
    for (const entry of survey.entries) {
      // Stryker disable next-line ArrayDeclaration: nothing is looked for by a path that is undefined.
      for (const { path } of entry.quarantine ?? []) addToList(this.#quarantining, path, entry)
    }
    for (const path of survey.files.keys()) {
      const [replaced, prepared] = [parseReplaced(path), parsePrepared(path)]
      // Stryker disable next-line ConditionalExpression: only the types need this: no path is undefined.
      if (replaced !== undefined) addToList(this.#replaced, replaced, path)
      // Stryker disable next-line ConditionalExpression: only the types need this: no path is undefined.
      if (prepared !== undefined) addToList(this.#prepared, prepared, path)
    }
    this.#neighbours = new Neighbours(context)
    for (const named of [...survey.named.values()].flat()) this.#neighbours.add(named)
  }

  /** Whether it was below the root when applying began, reached without symbolic links. */
  isListed(path: string): boolean {
    return this.#survey.files.has(path)
  }

  /** The files that were replaced at the path, and were left beside it when applying began. */
  findReplaced(path: string): readonly string[] {
    return listOf(this.#replaced, path)
  }

  /** The files that were to take the place of the one at the path, and were left beside it when applying began. */
  findPrepared(path: string): readonly string[] {
    return listOf(this.#prepared, path)
  }

  /** Whether a file below the root belongs to a model that names others beside it, by now or when applying began. */
  async isNeighbour(file: string): Promise<boolean> {
    await this.#catchUp()
    return this.#neighbours.has(file)
  }

  /** The entries that by now name the file, by this path or by another name that it has. */
  async findOwners({ path, fingerprint }: Omit<FoundFile, 'file'>): Promise<readonly NamingEntry[]> {
    const inode = inodeOf(fingerprint)
    const byPath = await this.findOwnersOfPath(path)
    const byInode = [
      ...this.#unchanged(listOf(this.#survey.ownersOfInode, inode)),
      ...this.#changedAt(`inode ${inode}`),
    ]
    const others = byInode.filter(({ entry }) => byPath.every((each) => each.entry.id !== entry.id))
    return [...byPath, ...others.filter(({ files }) => !this.#isOther(files, fingerprint))]
  }

  /** Whether all that had this inode were other files: a disk uses the inode of a removed file again. */
  #isOther(files: readonly NamedFile[], { birthtimeNs, ...fingerprint }: Fingerprint): boolean {
    const inode = inodeOf(fingerprint)
    return files.every(({ path, reference, sight: seen }) => {
      if (seen.kind !== 'file' || inodeOf(seen.fingerprint) !== inode) return true
      const born = seen.fingerprint.birthtimeNs
      if (born !== undefined && birthtimeNs !== undefined && born !== birthtimeNs) return true
      const now = lookAtPath(this.#context, reference, path)
      return now.kind === 'special' || (now.kind === 'file' && inodeOf(now.fingerprint) !== inode)
    })
  }

  /** The entries that by now name the path. */
  async findOwnersOfPath(path: string): Promise<readonly NamingEntry[]> {
    await this.#catchUp()
    return [...this.#unchanged(listOf(this.#survey.owners, path)), ...this.#changedAt(`path ${path}`)]
  }

  /** The entries that by now have the record of a quarantined file at the path. */
  async findQuarantining(path: string): Promise<readonly NamingEntry[]> {
    await this.#catchUp()
    const before = listOf(this.#quarantining, path)
    return [...this.#unchanged(before), ...this.#changedAt(`quarantine ${path}`)]
  }

  /** The files of an entry as they are at this moment. */
  async findFiles(id: ModelId): Promise<readonly NamedFile[]> {
    const entry = await this.#context.store.get(id)
    return entry === undefined ? [] : await surveyEntry(this.#context, entry)
  }

  #unchanged(entries: readonly ModelEntry[]): readonly NamingEntry[] {
    return [...new Set(entries)].flatMap((entry) =>
      this.#changed.has(entry.id) ? [] : [{ entry, files: listOf(this.#survey.named, entry) }],
    )
  }

  /** The changed entries with one of these keys. */
  #changedAt(...keys: readonly string[]): readonly NamingEntry[] {
    // Stryker disable next-line ArrayDeclaration: no model has such an id.
    const ids = new Set(keys.flatMap((key) => [...(this.#idsByKey.get(key) ?? [])]))
    // Stryker disable next-line ArrayDeclaration: only the types need this: what has keys has changed.
    return [...ids].flatMap((id) => this.#changed.get(id) ?? [])
  }

  #setChanged(id: string, naming: NamingEntry | undefined): void {
    const old = keysOf(this.#context, this.#changed.get(id))
    // Stryker disable next-line OptionalChaining: only the types need this: each of its keys is there.
    for (const key of old) this.#idsByKey.get(key)?.delete(id)
    this.#changed.set(id, naming)
    for (const key of keysOf(this.#context, naming)) {
      const ids = this.#idsByKey.get(key)
      if (ids === undefined) this.#idsByKey.set(key, new Set([id]))
      else ids.add(id)
    }
  }

  async #catchUp(): Promise<void> {
    const { store } = this.#context
    const position = await store.refresh()
    // Stryker disable next-line ConditionalExpression: saves a look: after the position there is no change.
    if (position === this.#position) return
    for (const { id } of await store.changes(this.#position)) {
      const entry = await store.get(id)
      if (entry === undefined) this.#setChanged(id, undefined)
      else await this.#learn(entry)
    }
    this.#position = position
  }

  async #learn(entry: ModelEntry): Promise<void> {
    const files = await surveyEntry(this.#context, entry)
    this.#setChanged(entry.id, { entry, files })
    for (const named of files) this.#neighbours.add(named)
  }
}

/** By what a changed entry is found: each of its paths, each of its files, and each record of a quarantined file. */
function keysOf({ files }: CatalogContext, naming: NamingEntry | undefined): readonly string[] {
  // Stryker disable next-line ArrayDeclaration: nothing is looked for by another key.
  if (naming === undefined) return []
  const { entry, files: named } = naming
  return [
    ...named.flatMap(({ path, reference }) =>
      [path, ...files.pathsOf(reference)].map((each) => `path ${each}`),
    ),
    // Stryker disable next-line ArrayDeclaration: nothing is looked for by another key.
    ...named.flatMap(({ sight }) => (sight.kind === 'file' ? [`inode ${inodeOf(sight.fingerprint)}`] : [])),
    // Stryker disable next-line ArrayDeclaration: nothing is looked for by a path that is undefined.
    ...(entry.quarantine ?? []).map(({ path }) => `quarantine ${path}`),
  ]
}
