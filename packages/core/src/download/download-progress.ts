import type { VerifyFileOptions } from '@catalog/types'

type OnProgress = VerifyFileOptions['onProgress']

/** One progress of two readings of the same files: its total is that of both, and it never goes back. */
export function splitProgress(onProgress: OnProgress): {
  readonly first: OnProgress
  readonly second: OnProgress
} {
  // Stryker disable next-line ObjectLiteral: an absent property reads as undefined.
  if (onProgress === undefined) return { first: undefined, second: undefined }
  let firstBytes = 0
  return {
    first({ doneBytes, totalBytes }) {
      firstBytes = totalBytes
      onProgress({ doneBytes, totalBytes: 2 * totalBytes })
    },
    second({ doneBytes }) {
      onProgress({ doneBytes: firstBytes + Math.min(doneBytes, firstBytes), totalBytes: 2 * firstBytes })
    },
  }
}
