import type { MessagePort } from 'node:worker_threads'
import type { Fingerprint } from '@catalog/types'
import type { VolumeStamp } from '../barrier/volume-clock.ts'

/** What the caller's thread asks of a hashing thread. `id` tells which request an answer belongs to. */
export type HashRequest =
  | DescriptorRequest
  | SmallFilesRequest
  | ChunkRequest
  /** Stop the reading of that request between two reads. Without one it means nothing. */
  | { readonly kind: 'cancel'; readonly id: number }

/** Hash a range of a descriptor. One at a time. */
export interface DescriptorRequest {
  readonly kind: 'hash'
  readonly id: number
  readonly fd: number
  readonly offset: number
  readonly sizeBytes: number
  /** Whether to read while it hashes; without it chunks are not hashed. */
  readonly readsAhead: boolean
  readonly chunks: ChunkHandling | undefined
  /** The most bytes to read in a second while it reads ahead; default: no limit. */
  readonly bytesPerSecond?: number | undefined
}

/** Hash every chunk by itself too: with the thread at the other end of the port, or here if there is none. */
interface ChunkHandling {
  readonly chunkBytes: number
  readonly port: MessagePort | undefined
}

/** Hash chunks for another thread, until it closes the port. There is no answer but those through the port. */
interface ChunkRequest {
  readonly kind: 'chunks'
  readonly port: MessagePort
}

/** The first message through such a port: where the pieces lie. */
export interface ChunkStart {
  readonly buffer: SharedArrayBuffer
}

/** A piece of a chunk, in memory that both threads read. */
export interface ChunkPiece {
  readonly start: number
  readonly length: number
  /** Of its chunk. */
  readonly isLast: boolean
}

/** The piece was hashed. With the last one of a chunk comes its digest. */
export interface ChunkPieceDone {
  readonly digest: string | undefined
}

/** Digest small files in this order. A message wakes a thread, which costs more than what it says. */
interface SmallFilesRequest {
  readonly kind: 'small'
  readonly files: readonly SmallFileRequest[]
}

/** Digest a small file, from the first look at its name to the last. */
export interface SmallFileRequest {
  readonly id: number
  readonly path: string
  /** A larger file is left to the caller. */
  readonly maxBytes: number
  readonly expectedSizeBytes: number | undefined
  /** Of the volumes that are known: a change that is not older may hide the next one. */
  readonly stamps: readonly VolumeStamp[]
}

/** What a hashing thread answers to `hash`. After any but `progress`, no read on the descriptor is in flight. */
export type HashReply =
  | { readonly kind: 'progress'; readonly id: number; readonly doneBytes: number }
  | {
      readonly kind: 'done'
      readonly id: number
      readonly doneBytes: number
      readonly digest: string
      readonly chunks: readonly string[] | undefined
    }
  | { readonly kind: 'cancelled'; readonly id: number }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly code: string | undefined
      readonly message: string
    }

/** What a hashing thread answers to `small`, in one message or several. */
interface SmallFilesReply {
  readonly kind: 'small'
  readonly files: readonly SmallFileReply[]
}

/** The file is closed. */
export type SmallFileReply = SmallFileResult & { readonly id: number }

export type SmallFileResult =
  | {
      readonly outcome: 'digested'
      readonly digest: string
      readonly fingerprint: Fingerprint
      /** False where the system cannot sync such a file. */
      readonly isSynced: boolean
    }
  | { readonly outcome: 'changed'; readonly changed: readonly string[] }
  /** It was changed so recently that the next change might not show, as far as the stamps tell. */
  | { readonly outcome: 'fresh'; readonly dev: bigint; readonly ctimeNs: bigint }
  /** Large, a link, or not what it should be: the caller looks for itself, and finds the words for it. */
  | { readonly outcome: 'declined' }
  | {
      readonly outcome: 'failed'
      readonly operation: string
      readonly code: string | undefined
      readonly message: string
    }

export type HashWorkerReply = HashReply | SmallFilesReply

/** The answers that end a reading. */
export type HashResult = Exclude<HashReply, { kind: 'progress' }>
