/** The last bytes of a stream before an offset. */
export interface StreamTail {
  /** 1 MiB, or less near the beginning of the stream. */
  readonly sizeBytes: number
  /** SHA-256 of these bytes. */
  readonly digest: string
}

/** What identifies a file on its file system for as long as it exists. */
export interface FileIdentity {
  readonly dev: string
  readonly ino: string
}

/**
 * The state of a digest stream at an offset, as plain JSON. It holds up to 63 bytes of the stream in clear,
 * so protect a checkpoint as you protect the file. `saveCheckpoint` binds it to the file.
 */
export interface HashCheckpoint {
  readonly version: 1
  /** Bytes hashed so far, and so the offset of the next byte. */
  readonly offset: number
  /** The state of hash-wasm's SHA-256, base64. Another build of hash-wasm refuses it. */
  readonly state: string
  /** Number and SHA-256 of the last bytes before the offset. */
  readonly tail: StreamTail
  /** The partial file that holds the bytes. */
  readonly file?: FileIdentity
  /** SHA-256 of all the other fields. */
  readonly checksum: string
}

/**
 * Why a download starts over. `no-file`: nothing is at the path. `not-a-regular-file`: something else is.
 * `no-checkpoint`: it has none. `damaged-checkpoint`. `foreign-checkpoint`: it was made by another version of
 * this package or build of hash-wasm. `shorter-than-checkpoint`: the file ends before the offset.
 * `another-file`: the checkpoint was saved for another file. `other-bytes`: the bytes before the offset are
 * not those that were hashed.
 */
export type StartOverReason =
  | 'no-file'
  | 'not-a-regular-file'
  | 'no-checkpoint'
  | 'damaged-checkpoint'
  | 'foreign-checkpoint'
  | 'shorter-than-checkpoint'
  | 'another-file'
  | 'other-bytes'

/**
 * From which byte a download continues. In both cases `fromByte` and `resumeFrom` are the input of the next
 * step.
 */
export type DownloadStart =
  | {
      readonly resume: true
      /** The first byte to ask the source for. */
      readonly fromByte: number
      /** How many bytes the file has after that; `openPartialFile` cuts them off. */
      readonly excessBytes: number
      readonly resumeFrom: HashCheckpoint
    }
  | {
      readonly resume: false
      readonly fromByte: 0
      readonly resumeFrom: undefined
      readonly reason: StartOverReason
      /** In words, for people. */
      readonly detail: string
    }
