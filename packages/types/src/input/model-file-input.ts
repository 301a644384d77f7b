/** One file of a multi-file model, as a caller names it. */
export interface ModelFileInput {
  /** Relative to the model's directory, `/` between segments. */
  readonly path: string
  readonly sizeBytes?: number | undefined
  /** A SHA-256 digest in any spelling. Absent or null: the first verification computes it. */
  readonly digest?: string | null | undefined
}
