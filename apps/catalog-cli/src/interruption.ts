import { CliError } from './cli-errors.ts'
import { EXIT_CODES } from './exit-codes.ts'

/** What ends a command's work from outside. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Resolves when all that was printed is written; rejects where it could not be. */
  flush(): Promise<void>
  /** Leaves Ctrl-C to do what it did before. */
  stop(): void
}

/**
 * The first Ctrl-C or SIGTERM lets the work end in order; the second ends the process at once. Work also ends
 * when its output cannot be written any more.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController()
  const interrupt = (code: 'INTERRUPTED' | 'TERMINATED'): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES[code])
    controller.abort(new CliError(code, code.toLowerCase()))
  }
  const onInterrupt = (): void => interrupt('INTERRUPTED')
  const onTerminate = (): void => interrupt('TERMINATED')
  let outputError: Error | undefined
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') outputError = toOutputError(error)
    controller.abort(outputError ?? new CliError('OUTPUT_CLOSED', 'nobody reads the output any more'))
  })
  // There is nobody left to tell.
  process.stderr.on('error', () => undefined)
  return {
    signal: controller.signal,
    flush: async () => {
      await new Promise((resolve) => process.stdout.write('', resolve))
      if (outputError !== undefined) throw outputError
    },
    stop: () => process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate),
  }
}

/** `| head` has read enough, which is no error; a full disk under a redirected output is one. */
function toOutputError(error: NodeJS.ErrnoException): Error {
  return new Error(`the output could not be written: ${error.message}`, { cause: error })
}
