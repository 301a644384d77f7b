import type { DeclaredOrigin } from '../entry/digest-origin.ts'
import type { ModelFile } from '../entry/model-entry.ts'
import type { ModelId } from '../entry/model-id.ts'
import type { Sha256Digest } from '../entry/sha256-digest.ts'
import type { ModelFileInput } from './model-file-input.ts'

/** The actor of a change, and the reason. Both are recorded in the history. */
export interface Attribution {
  readonly actor?: string | undefined
  readonly reason?: string | undefined
}

/** The input for a new model. An HTTP service can pass a request body as it is. */
export interface RegistrationInput extends Attribution {
  readonly id: string
  readonly source: string
  /** 64 hexadecimal characters, upper or lower case, with or without `sha256:` or `sha256-`. Absent or null: the first verification computes it. */
  readonly digest?: string | null | undefined
  /** Who declared the digest; default `caller`. Only with a digest, or with `files` that all have one. */
  readonly digestOrigin?: DeclaredOrigin | undefined
  /** Display name; default: the id. */
  readonly name?: string | undefined
  readonly sizeBytes?: number | undefined
  /**
   * Path inside the root; default: the id with `.gguf`, or with the extension of the source if that is one of
   * a model file.
   */
  readonly file?: string | undefined
  /** Absolute path of a file that stays where it is, outside the root. Not together with `file`. */
  readonly location?: string | undefined
  /**
   * Absolute path of a directory, only together with `location`: symbolic links of the model, at the location
   * or below it, are followed if they lead into this directory, whatever the policy for symbolic links is.
   */
  readonly linksInto?: string | undefined
  /**
   * The files of a multi-file model. `file` or `location` is then their directory, by default `<id>`, and
   * `digest` the digest of their manifest, which may be absent if the digests of all files are given.
   */
  readonly files?: readonly ModelFileInput[] | undefined
  readonly tags?: readonly string[] | undefined
}

/** A checked registration. */
export interface Registration extends Attribution {
  readonly id: ModelId
  readonly source: string
  readonly digest: Sha256Digest | null
  readonly digestOrigin?: DeclaredOrigin | undefined
  readonly name?: string | undefined
  readonly sizeBytes?: number | undefined
  readonly file?: string | undefined
  readonly location?: string | undefined
  readonly linksInto?: string | undefined
  readonly files?: readonly ModelFile[] | undefined
  readonly tags?: readonly string[] | undefined
}
