import type { LayoutName } from './layout-name.ts'

/**
 * What can be wrong with a store. `unreadable`: the system refused to read it. `not-utf8`: a name is not UTF-8.
 * `too-many`: beyond a limit of the scan. `dangling-link`, `link-loop`, `link-out-of-store`: a symbolic link
 * that is not followed. `not-a-file`: a directory, device or socket in place of a file. `broken-manifest`:
 * cut, empty, too large, or not what the tool writes. `missing-file`: something that a manifest names.
 * `wrong-size`. `wrong-git-blob`: a small file is not the one that its git blob id names. `incomplete`: a
 * download that is not finished, or a set with missing files. `changed-since`: a file is newer than what was
 * recorded of it, so the record is not used. `no-weights`: a name without a model, as of a model in a cloud.
 * `pointer-file`: a git-lfs pointer in place of the model. `unusable-layer`: the model is inside an archive.
 * `unusable-digest`: what stands where a digest should be is not a SHA-256 of the bytes. `unsigned-file`: a file
 * that the signature of its directory does not name. `unusable-name`: a path that no entry can have.
 */
export const SCAN_PROBLEM_KINDS = [
  'unreadable',
  'not-utf8',
  'too-many',
  'dangling-link',
  'link-loop',
  'link-out-of-store',
  'not-a-file',
  'broken-manifest',
  'missing-file',
  'wrong-size',
  'wrong-git-blob',
  'incomplete',
  'changed-since',
  'no-weights',
  'pointer-file',
  'unusable-layer',
  'unusable-digest',
  'unsigned-file',
  'unusable-name',
] as const

/** The kind of a problem: see {@link SCAN_PROBLEM_KINDS}. */
export type ScanProblemKind = (typeof SCAN_PROBLEM_KINDS)[number]

/** Something in a store that cannot be used as it is. The rest of the store is. */
export interface ScanProblem {
  readonly kind: ScanProblemKind
  readonly layout: LayoutName
  /** Absolute. */
  readonly path: string
  /** One sentence, without a period. */
  readonly text: string
  /** The model that it concerns, as the tool names it, if that is known. */
  readonly model?: string
}

/** Ends the reading of one thing of a store; the scan reports it and goes on with the next. */
export class UnusableError extends Error {
  readonly kind: ScanProblemKind
  readonly path: string

  constructor(kind: ScanProblemKind, path: string, text: string, options?: ErrorOptions) {
    super(text, options)
    this.kind = kind
    this.path = path
  }
}

/** The problem that an UnusableError tells. Every other error is thrown again. */
export function toScanProblem(error: unknown, layout: LayoutName, model?: string): ScanProblem {
  if (!(error instanceof UnusableError)) throw error
  const { kind, path, message } = error
  return { kind, layout, path, text: message, ...(model !== undefined && { model }) }
}
