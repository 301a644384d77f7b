/** Where a model file is: inside the root (`/` between segments), or in place elsewhere (absolute). */
export type FileReference = { readonly file: string } | { readonly location: string }

/** The places of model files. Nothing here touches the disk. */
export interface ModelFiles {
  /** The absolute path. */
  pathOf(reference: FileReference): string
  /** How an entry would refer to the file at this path; a relative path is one from the working directory. */
  referenceTo(path: string): FileReference
}
