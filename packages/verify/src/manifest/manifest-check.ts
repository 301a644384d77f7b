import {
  assertOptions,
  createInvalidInput,
  type DigestFileOptions,
  type FileDigest,
  type OptionKinds,
  type Sha256Digest,
} from '@catalog/types'
import type { Verifier } from '../digest/verifier.ts'

/** One difference between a directory and its manifest. */
export type ManifestProblem =
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'extra'; readonly path: string }
  | {
      readonly kind: 'digest-mismatch'
      readonly path: string
      readonly expected: Sha256Digest
      readonly found: Sha256Digest
      readonly sizeBytes: number
    }
  | {
      readonly kind: 'size-mismatch'
      readonly path: string
      readonly expectedBytes: number
      readonly foundBytes: number
    }
  | { readonly kind: 'not-regular'; readonly path: string; readonly fileKind: string }
  /** A symbolic link, the file itself or a directory on the way to it, leads out of the root. */
  | { readonly kind: 'outside-root'; readonly path: string; readonly target: string }

/** The result of checking a directory. `found` has the digest of every file that was read, by its path. */
export type ManifestCheck =
  | {
      readonly outcome: 'match'
      /** As `digestManifest` gives it. */
      readonly digest: Sha256Digest
      readonly sizeBytes: number
      readonly found: ReadonlyMap<string, FileDigest>
    }
  | {
      readonly outcome: 'mismatch'
      /** In the order of their paths' bytes. */
      readonly problems: readonly ManifestProblem[]
      readonly found: ReadonlyMap<string, FileDigest>
    }

/** Options of `verifyManifest`. The progress is over the bytes of all files. */
export interface ManifestOptions extends DigestFileOptions {
  /** Whether there may be files that the manifest does not name. Default false: each is a problem. */
  readonly allowExtra?: boolean | undefined
  /**
   * Whether files that the manifest names may be missing, as with `sha256sum --ignore-missing`. Default
   * false: each is a problem. The digest of a match is then that of the existing files; if none exists, all
   * are reported as missing.
   */
  readonly ignoreMissing?: boolean | undefined
  /**
   * Where symbolic links may lead: `inside` the root, or `anywhere`, as those of a Hugging Face snapshot lead
   * to `../../blobs`. Default `inside`.
   */
  readonly symlinks?: 'inside' | 'anywhere' | undefined
  /** The verifier whose threads are used. Default: the process-wide verifier. */
  readonly verifier?: Pick<Verifier, 'digestFile'> | undefined
}

const MANIFEST_OPTIONS: OptionKinds<ManifestOptions> = {
  signal: 'signal',
  onProgress: 'function',
  allowExtra: 'boolean',
  ignoreMissing: 'boolean',
  symlinks: 'string',
  verifier: 'object',
}

/** INVALID_INPUT for options that do not exist or are of another type. */
export function assertManifestOptions(options: ManifestOptions): void {
  assertOptions(options, MANIFEST_OPTIONS)
  const { symlinks } = options
  if (symlinks === undefined || symlinks === 'inside' || symlinks === 'anywhere') return
  throw createInvalidInput([{ field: 'symlinks', problem: 'must be inside or anywhere' }])
}
