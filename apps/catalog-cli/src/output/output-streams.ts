import { CliError, OutputError } from '../problem/cli-errors.ts'
import type { Sink } from './output.ts'

/** A stream that the program prints to, such as `process.stdout`. */
export interface OutputStream extends Sink {
  write(text: string, onWritten?: (error?: Error | null) => void): unknown
  on(event: 'resize', listener: () => void): unknown
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

/** Tells whether what is printed still reaches its reader. */
export interface WatchedOutput {
  /** Aborted when stdout can no longer be written. */
  readonly signal: AbortSignal
  /** Resolves when everything printed so far is written; rejects if it could not be. */
  flush(): Promise<void>
}

/** Listens for failed writes. The listeners stay: a write may still fail after the command has ended. */
export function watchOutput({
  stdout,
  stderr,
}: {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}): WatchedOutput {
  const controller = new AbortController()
  let outputError: Error | undefined
  stdout.on('error', (error) => {
    // `| head` has read enough: not an error. A full disk under a redirected output is an error.
    if (error.code !== 'EPIPE') outputError = new OutputError(error)
    controller.abort(outputError ?? new CliError('OUTPUT_CLOSED', 'the output was closed by its reader'))
  })
  // Where the complaint about it would go is what failed.
  stderr.on('error', () => undefined)
  return {
    signal: controller.signal,
    flush: async () => {
      await new Promise((resolve) => stdout.write('', resolve))
      if (outputError !== undefined) throw outputError
    },
  }
}
