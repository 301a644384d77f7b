/** A file, or a whole repository, on the Hugging Face hub. */
export interface HubRef {
  readonly kind: 'hf'
  readonly org: string
  readonly repo: string
  /** Inside the repository; absent for the whole repository. */
  readonly path?: string
  /** A branch, tag or commit; absent for `main`. */
  readonly revision?: string
  readonly text: string
}

/** A file, or a directory, on a disk. */
export interface FileRef {
  readonly kind: 'file'
  /**
   * `/` between segments: absolute (`/…`, `C:/…`, `//server/…`), or relative to the caller's working
   * directory.
   */
  readonly path: string
  readonly text: string
}

/** A web address. */
export interface HttpRef {
  readonly kind: 'https' | 'http'
  /** With the port, if it is not the scheme's default. */
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

/** An artifact in an OCI registry. */
export interface OciRef {
  readonly kind: 'oci'
  /** With the port, if it is not 443. */
  readonly registry: string
  readonly repository: string
  /** Absent if the digest identifies the artifact. */
  readonly tag?: string
  /** `sha256:…` or `sha512:…`. */
  readonly digest?: string
  readonly text: string
}
