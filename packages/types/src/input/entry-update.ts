/** Room `input`: what a caller passes to change an entry. */

import type { DeclaredOrigin } from '../entry/digest-origin.ts'
import type { ModelFile } from '../entry/model-entry.ts'
import type { Sha256Digest } from '../entry/sha256-digest.ts'
import type { ModelFileInput } from './model-file-input.ts'

/** The changes of a model: an absent field stays, null removes it. */
export interface EntryUpdateInput {
  readonly name?: string | undefined
  readonly source?: string | undefined
  /** A SHA-256 digest in any spelling; null: the next verification computes it. */
  readonly digest?: string | null | undefined
  /** Who declared the digest; default `caller`. Only with a digest, or with `files` that all have one. */
  readonly digestOrigin?: DeclaredOrigin | undefined
  readonly sizeBytes?: number | null | undefined
  /** Path inside the root; null: the default path. The model is then no longer in place elsewhere. */
  readonly file?: string | null | undefined
  /** Absolute path of a file that stays where it is. Not together with `file`. */
  readonly location?: string | null | undefined
  /**
   * Directory that links of the model in place may lead into. Only together with `location`; a new `location`
   * without it has none.
   */
  readonly linksInto?: string | null | undefined
  readonly files?: readonly ModelFileInput[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
}

/** A checked update. */
export interface EntryUpdate extends Omit<EntryUpdateInput, 'digest' | 'files'> {
  readonly digest?: Sha256Digest | null | undefined
  readonly files?: readonly ModelFile[] | null | undefined
}
