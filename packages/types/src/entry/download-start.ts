/** Room `entry`: a model's entry and its parts. */

/** The last bytes of a stream up to some point. */
export interface StreamTail {
  /** 1 MiB, or fewer where fewer had come since the stream began. */
  readonly sizeBytes: number
  /** SHA-256 of these bytes. */
  readonly digest: string
}

/** What stays the same for as long as a file exists on its file system. */
export interface FileIdentity {
  readonly dev: string
  readonly ino: string
}

/**
 * How far a digest stream has come: plain JSON. The state holds up to 63 bytes of the stream in clear, so treat a
 * checkpoint as you treat the file. It is bound to the file once `saveCheckpoint` has written it.
 */
export interface HashCheckpoint {
  readonly version: 1
  /** Bytes hashed so far, and thus the byte to go on with. */
  readonly offset: number
  /** The state of hash-wasm's SHA-256, base64. Another build of hash-wasm refuses it. */
  readonly state: string
  /** The last bytes before the offset, by number and SHA-256. */
  readonly tail: StreamTail
  /** The partial file that holds the bytes. */
  readonly file?: FileIdentity
  /** SHA-256 of all the other fields. */
  readonly checksum: string
}

/**
 * Why a download starts over: nothing at the path (`no-file`) or no file there (`not-a-regular-file`); no checkpoint,
 * one that is `damaged`, or one of another version of this package or build of hash-wasm (`foreign`); or a file that
 * ends before the offset, is not the one the checkpoint was saved for, or has other bytes before the offset.
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

/** From where a download goes on. Either way, `fromByte` and `resumeFrom` are what the next step takes. */
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
