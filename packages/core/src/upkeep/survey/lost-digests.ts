import { type FoundFile, isCatalogError, type Sha256Digest } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import type { NamedFile, Survey } from './survey.ts'

/** Where a lost file may have gone: what came of reading a file that no model names. */
export type Likeness =
  | { readonly kind: 'none' }
  /** It has the bytes that a model is missing. */
  | { readonly kind: 'lost'; readonly of: NamedFile }
  /** Not known, because it could not be read, or not within the budget. */
  | { readonly kind: 'unknown' }

const NONE: Likeness = { kind: 'none' }
const UNKNOWN: Likeness = { kind: 'unknown' }

/** The files whose digest is known and that are not there, whether or not this node has ever read them. */
export class LostDigests {
  readonly #context: CatalogContext
  readonly #byDigest: Map<Sha256Digest, NamedFile> = new Map()
  /** The sizes that they can have; `any` if one has an unknown size. */
  readonly #sizes: Set<number | 'any'> = new Set()
  #leftBytes: number

  constructor(context: CatalogContext, { named }: Survey, maxBytes: number) {
    this.#context = context
    this.#leftBytes = maxBytes
    for (const file of [...named.values()].flat()) this.#add(file)
  }

  /** Reads a file, if it can be one of those by its size. */
  async compare(found: FoundFile): Promise<Likeness> {
    const { sizeBytes } = found.fingerprint
    if (!this.#sizes.has('any') && !this.#sizes.has(sizeBytes)) return NONE
    if (sizeBytes > this.#leftBytes) return UNKNOWN
    this.#leftBytes -= sizeBytes
    try {
      const [read] = await this.#context.verifier.digestFiles([found])
      const of = read && this.#byDigest.get(read.digest)
      // A file that cannot be looked at is not known to be lost.
      if (of?.sight.kind === 'unreadable') return UNKNOWN
      return of === undefined ? NONE : { kind: 'lost', of }
    } catch (error) {
      if (isCatalogError(error)) return UNKNOWN
      throw error
    }
  }

  #add(file: NamedFile): void {
    const { entry, part, sight, known, own } = file
    // What was read and is wrong has the size of another file.
    const knownBytes = own?.evidence.outcome === 'match' ? known?.sizeBytes : undefined
    const digest = part === undefined ? entry.digest : part.digest
    if (sight.kind === 'file' || digest === undefined || digest === null) return
    this.#byDigest.set(digest, file)
    this.#sizes.add((part === undefined ? entry.sizeBytes : part.sizeBytes) ?? knownBytes ?? 'any')
  }
}
