/** A file, or a whole repository, on the Hugging Face hub. */
export interface HubRef {
  readonly kind: 'hf'
  readonly org: string
  readonly repo: string
  /** Inside the repository; absent for all of it. */
  readonly path?: string
  /** A branch, tag or commit; absent for `main`. */
  readonly revision?: string
  readonly text: string
}

/** A file, or a directory, on a disk. */
export interface FileRef {
  readonly kind: 'file'
  /** `/` between segments: absolute (`/…`, `C:/…`, `//server/…`), or relative to wherever the caller stands. */
  readonly path: string
  readonly text: string
}

/** An address of the web. */
export interface HttpRef {
  readonly kind: 'https' | 'http'
  /** With the port, where that is not the scheme's own. */
  readonly host: string
  /** Begins with `/`, percent-encoded. */
  readonly path: string
  readonly text: string
}

/** An object in a bucket. */
export interface S3Ref {
  readonly kind: 's3'
  readonly bucket: string
  readonly key: string
  readonly text: string
}

/** An artifact in a registry of OCI images. */
export interface OciRef {
  readonly kind: 'oci'
  /** With the port, where that is not 443. */
  readonly registry: string
  readonly repository: string
  /** Absent where the digest says which. */
  readonly tag?: string
  /** `sha256:…` or `sha512:…`. */
  readonly digest?: string
  readonly text: string
}
