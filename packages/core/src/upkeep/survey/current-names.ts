/** Room `upkeep/survey`: what the disk holds, and which entry names it. */

import type { FoundFile, ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { inodeOf } from '../../entry/fingerprints.ts'
import { Neighbours } from './neighbours.ts'
import { type NamedFile, type Survey, surveyEntry } from './survey.ts'

/** An entry and its files. */
export interface NamingEntry {
  readonly entry: ModelEntry
  readonly files: readonly NamedFile[]
}

/** Which entries name which files, kept up with what others change while a plan is applied. */
export class CurrentNames {
  readonly #context: CatalogContext
  readonly #survey: Survey
  readonly #changed: Map<string, NamingEntry> = new Map()
  readonly #neighbours: Neighbours
  #position: number

  /** The position must be one from before the survey. */
  constructor(context: CatalogContext, survey: Survey, position: number) {
    this.#context = context
    this.#survey = survey
    this.#position = position
    this.#neighbours = new Neighbours(context)
    for (const named of [...survey.named.values()].flat()) this.#neighbours.add(named)
  }

  /** Whether it was below the root when applying began, reached without symbolic links. */
  isListed(path: string): boolean {
    return this.#survey.files.has(path)
  }

  /** Whether a file below the root belongs to a model that names others beside it, by now or when applying began. */
  async isNeighbour(file: string): Promise<boolean> {
    await this.#catchUp()
    return this.#neighbours.has(file)
  }

  /** The entries that by now name the file, by this path or by another name that it has. */
  async findOwners({ path, fingerprint }: Omit<FoundFile, 'file'>): Promise<readonly NamingEntry[]> {
    await this.#catchUp()
    const { owners, ownersOfInode } = this.#survey
    const inode = inodeOf(fingerprint)
    const before = [...(owners.get(path) ?? []), ...(ownersOfInode.get(inode) ?? [])]
    return [
      ...this.#unchanged(before),
      ...this.#changedThat((file) => names(this.#context, file, path, inode)),
    ]
  }

  /** The entries that by now name the path. */
  async findOwnersOfPath(path: string): Promise<readonly NamingEntry[]> {
    await this.#catchUp()
    const before = this.#survey.owners.get(path) ?? []
    return [...this.#unchanged(before), ...this.#changedThat((file) => names(this.#context, file, path))]
  }

  /** All entries as they are by now. */
  async listEntries(): Promise<readonly ModelEntry[]> {
    await this.#catchUp()
    const unchanged = this.#survey.entries.filter(({ id }) => !this.#changed.has(id))
    return [...unchanged, ...[...this.#changed.values()].map(({ entry }) => entry)]
  }

  /** The files of an entry as they are at this moment. */
  async findFiles(id: ModelId): Promise<readonly NamedFile[]> {
    const entry = await this.#context.store.get(id)
    return entry === undefined ? [] : await surveyEntry(this.#context, entry)
  }

  #unchanged(entries: readonly ModelEntry[]): readonly NamingEntry[] {
    return [...new Set(entries)].flatMap((entry) =>
      this.#changed.has(entry.id) ? [] : [{ entry, files: this.#survey.named.get(entry) ?? [] }],
    )
  }

  #changedThat(isOwner: (file: NamedFile) => boolean): readonly NamingEntry[] {
    return [...this.#changed.values()].filter(({ files }) => files.some(isOwner))
  }

  async #catchUp(): Promise<void> {
    const { store } = this.#context
    const position = await store.refresh()
    if (position === this.#position) return
    for (const { id } of await store.changes(this.#position)) {
      const entry = await store.get(id)
      // Also one that is gone stays known here, so that its old files do not count as its own any more.
      if (entry === undefined) this.#forget(id)
      else await this.#learn(entry)
    }
    this.#position = position
  }

  async #learn(entry: ModelEntry): Promise<void> {
    const files = await surveyEntry(this.#context, entry)
    this.#changed.set(entry.id, { entry, files })
    for (const named of files) this.#neighbours.add(named)
  }

  #forget(id: string): void {
    const entry = this.#survey.entries.find((each) => each.id === id)
    if (entry !== undefined) this.#changed.set(id, { entry, files: [] })
    else this.#changed.delete(id)
  }
}

function names({ files }: CatalogContext, file: NamedFile, path: string, inode?: string): boolean {
  const { sight, reference } = file
  if (file.path === path || files.pathsOf(reference).includes(path)) return true
  return inode !== undefined && sight.kind === 'file' && inodeOf(sight.fingerprint) === inode
}
