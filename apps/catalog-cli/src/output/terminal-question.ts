import { createInterface } from 'node:readline/promises'
import { toPrintable } from '../text/printable.ts'
import type { Sink } from './output.ts'

/** What the user types into. */
export type Terminal = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }

interface Asking {
  readonly stdin: Terminal | undefined
  readonly stderr: Sink
  readonly signal: AbortSignal
}

/**
 * Whether the user answers yes. Undefined if there is no terminal to ask on. The question goes to stderr, so that
 * results can go to a file. Rejects with the signal's reason.
 */
export async function askOnTerminal(
  question: string,
  { stdin, stderr, signal }: Asking,
): Promise<boolean | undefined> {
  if (stdin?.isTTY !== true || stderr.isTTY !== true) return undefined
  const lines = createInterface({ input: stdin })
  try {
    stderr.write(`${toPrintable(question)} [y/N] `)
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      // Ctrl-D is an answer too.
      lines.once('close', () => resolve(''))
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    return /^y(?:es)?$/iu.test(answer.trim())
  } finally {
    lines.close()
  }
}
