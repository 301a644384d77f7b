import type { ModelEntry, Sha256Digest } from 'model-catalog'

/** The tools whose layout can be written. */
export const EXPORT_LAYOUTS = ['llama.cpp', 'ollama', 'huggingface'] as const

/** A tool whose layout can be written. */
export type ExportLayout = (typeof EXPORT_LAYOUTS)[number]

/** A verified file of a model. */
export interface VerifiedFile {
  /** Relative to the model's directory, `/` between segments; of a model of one file, its name. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly digest: Sha256Digest
  readonly sizeBytes: number
}

/** A model whose bytes were found right. */
export interface VerifiedModel {
  readonly entry: ModelEntry
  readonly files: readonly VerifiedFile[]
}

/** One name in the directory: a file of the model, a text, or a symbolic link to another name in it. */
export type PlannedName =
  | { readonly path: string; readonly file: VerifiedFile }
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly link: string }

/** What a directory will have. */
export interface LayoutPlan {
  /** What the tool is asked for: a path in the directory, or a name. */
  readonly model: string
  readonly names: readonly PlannedName[]
}

/** The last segment of a model's id: its characters are allowed in the names of every tool. */
export function shortName({ id }: ModelEntry): string {
  return id.slice(id.lastIndexOf('/') + 1)
}
