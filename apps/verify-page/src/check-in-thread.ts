import type { ContentProgress } from '@catalog/verify'
import type { Answer, Job, Outcome } from './messages.ts'

export interface CheckOptions {
  /** Cancels: the promise rejects with the signal's reason, and the file is read no further. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: ContentProgress) => void
}

/** Reads and digests a file in a thread of its own. Rejects only if it was cancelled or the thread cannot run. */
export function checkInThread(job: Job, { signal, onProgress }: CheckOptions): Promise<Outcome> {
  const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' })
  const outcome = new Promise<Outcome>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    worker.addEventListener('error', ({ message }) =>
      reject(new Error(message || 'The thread did not start')),
    )
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (data.kind === 'progress') onProgress(data.progress)
      else resolve(data)
    })
    worker.postMessage(job)
  })
  return outcome.finally(() => worker.terminate())
}
