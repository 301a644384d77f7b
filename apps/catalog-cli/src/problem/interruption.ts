import { CliError } from './cli-errors.ts'
import { EXIT_CODES } from './exit-codes.ts'

const CODES = { SIGINT: 'INTERRUPTED', SIGTERM: 'TERMINATED' } as const

type InterruptingSignal = keyof typeof CODES

/** The reason that a run is ended with when this signal arrives; it decides the exit code. */
export function interruptedBy(signal: InterruptingSignal): CliError {
  const code = CODES[signal]
  return new CliError(code, code.toLowerCase())
}

/** Whether Ctrl-C ended the run, which is the ordinary end of a command that runs until then. */
export function isInterruptedByUser({ reason }: AbortSignal): boolean {
  return reason instanceof CliError && reason.code === 'INTERRUPTED'
}

/** The first SIGINT or SIGTERM lets the work end in order; the second ends the process at once. */
export function listenForInterruption(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController()
  const interrupt = (signal: NodeJS.Signals): void => {
    const name = signal as InterruptingSignal
    if (controller.signal.aborted) process.exit(EXIT_CODES[CODES[name]])
    controller.abort(interruptedBy(name))
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  return {
    signal: controller.signal,
    stop: () => process.off('SIGINT', interrupt).off('SIGTERM', interrupt),
  }
}
