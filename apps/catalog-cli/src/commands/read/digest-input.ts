import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Invocation } from '../../options/invocation.ts'
import type { Progress } from '../../output/progress.ts'
import { CliError } from '../../problem/cli-errors.ts'

/** What stands for standard input where a file is expected, as with `sha256sum`. */
export const STANDARD_INPUT = '-'

export interface InputDigest {
  readonly digest: string
  readonly sizeBytes: number
}

/** The SHA-256 of standard input, read once and kept nowhere. Rejects with the signal's reason. */
export async function digestInput(invocation: Invocation, progress: Progress): Promise<InputDigest> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  await readInput(invocation, async (chunks) => {
    for await (const chunk of chunks) {
      hash.update(chunk)
      sizeBytes += Buffer.byteLength(chunk)
      progress.update({ doneBytes: sizeBytes, totalBytes: undefined })
    }
  })
  progress.finish()
  return { digest: hash.digest('hex'), sizeBytes }
}

/** All of standard input, for what is small. */
export async function readWholeInput(invocation: Invocation): Promise<Buffer> {
  let whole = Buffer.alloc(0)
  await readInput(invocation, async (chunks) => {
    whole = await buffer(chunks)
  })
  return whole
}

async function readInput(
  { stdin, signal }: Invocation,
  read: (chunks: AsyncIterable<string | Buffer>) => Promise<void>,
): Promise<void> {
  if (stdin === undefined) throw new CliError('USAGE', 'standard input is not available')
  try {
    await pipeline(stdin, read, { signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}
