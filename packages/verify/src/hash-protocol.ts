/** What the caller's thread asks of a hashing thread. One job at a time. */
export type HashRequest =
  | { readonly kind: 'hash'; readonly fd: number; readonly sizeBytes: number }
  /** Stop between two reads. Without a job it means nothing. */
  | { readonly kind: 'cancel' }

/** What a hashing thread answers. After any but `progress`, no read on the descriptor is in flight. */
export type HashReply =
  | { readonly kind: 'progress'; readonly doneBytes: number }
  | { readonly kind: 'done'; readonly doneBytes: number; readonly digest: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string }

/** The answers that end a job. */
export type HashResult = Exclude<HashReply, { kind: 'progress' }>
