// The thread that reads and digests one file, so that the page stays responsive.
import { digestContent, isCatalogError, verifyContent } from '@catalog/verify'
import type { Answer, Job, Outcome } from './messages.ts'

addEventListener('message', async ({ data }: MessageEvent<Job>) => {
  say(await check(data))
})

async function check({ file, expected }: Job): Promise<Outcome> {
  const onProgress = (progress: { doneBytes: number; totalBytes: number | undefined }): void =>
    say({ kind: 'progress', progress })
  try {
    if (expected === '') return { kind: 'shown', digest: (await digestContent(file, { onProgress })).digest }
    return { kind: 'right', digest: (await verifyContent(file, expected, { onProgress })).digest }
  } catch (error) {
    if (isCatalogError(error, 'DIGEST_MISMATCH'))
      return { kind: 'wrong', digest: error.details.found, expected: error.details.expected }
    if (isCatalogError(error, 'INVALID_INPUT')) return { kind: 'invalid', message: error.message }
    return { kind: 'failed', message: String(error) }
  }
}

function say(answer: Answer): void {
  postMessage(answer)
}
