type Abortable = Pick<AbortController, 'abort'>

interface Listening {
  readonly controllers: Set<Abortable>
  readonly onAbort: () => void
}

/**
 * Passes the abort of callers' signals on to any number of controllers, with one listener for each signal: a caller
 * may give the same signal to thousands of files, and Node warns of a leak from the eleventh listener on.
 */
export class SignalFanOut {
  readonly #listening: Map<AbortSignal, Listening> = new Map()

  /** From now on the controller is aborted with the signal, for the same reason. */
  add(signal: AbortSignal, controller: Abortable): void {
    const { controllers } = this.#listening.get(signal) ?? this.#listen(signal)
    controllers.add(controller)
  }

  /** From now on it is not. Nothing is left at a signal without controllers. */
  remove(signal: AbortSignal, controller: Abortable): void {
    const listening = this.#listening.get(signal)
    if (listening === undefined) return
    listening.controllers.delete(controller)
    if (listening.controllers.size > 0) return
    signal.removeEventListener('abort', listening.onAbort)
    this.#listening.delete(signal)
  }

  #listen(signal: AbortSignal): Listening {
    const controllers = new Set<Abortable>()
    const onAbort = (): void => {
      for (const controller of controllers) controller.abort(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const listening = { controllers, onAbort }
    this.#listening.set(signal, listening)
    return listening
  }
}
