import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type BundledProgram, bundleProgram } from '@catalog/testkit/running'
import { CatalogError, type CatalogErrorCode, type CatalogErrorDetails } from 'model-catalog'

/** What a participant answers to one call. */
export type Reply = { readonly number: number } & (
  | { readonly value: unknown }
  | { readonly error: { readonly code?: string; readonly message: string; readonly details?: unknown } }
)

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A process of its own that works on the catalog: one call a line in, one reply a line out. */
export class Participant {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: Map<number, Waiting> = new Map()
  readonly #ended: Promise<unknown>
  #errors = ''
  #number = 0

  private constructor({ node, path }: BundledProgram, root: string) {
    this.#child = spawn(node, [path, root], { stdio: 'pipe' })
    this.#ended = once(this.#child, 'close')
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    // Written to a process that was just killed: the calls that get no reply tell of it.
    this.#child.stdin.on('error', () => undefined)
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#settle(JSON.parse(line)))
    this.#child.once('close', () => this.#rejectAll())
  }

  /** Resolves when the process has opened the catalog. */
  static async start(root: string): Promise<Participant> {
    const program = await bundleProgram(new URL('../programs/participant.ts', import.meta.url))
    const participant = new Participant(program, root)
    await participant.call('ready')
    return participant
  }

  /** Has the process do something; rejects with the CatalogError that it met there. */
  call(command: string, ...args: readonly unknown[]): Promise<unknown> {
    const { exitCode, signalCode, stdin } = this.#child
    if (exitCode !== null || signalCode !== null) return Promise.reject(new Error('the process has ended'))
    this.#number += 1
    const number = this.#number
    const reply = new Promise<unknown>((resolve, reject) => this.#waiting.set(number, { resolve, reject }))
    stdin.write(`${JSON.stringify({ number, command, args })}\n`)
    return reply
  }

  /** Ends the process with SIGKILL, which it cannot notice, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.number)
    this.#waiting.delete(reply.number)
    if ('value' in reply) waiting?.resolve(reply.value)
    else waiting?.reject(toError(reply.error))
  }

  #rejectAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`the process ended. ${this.#errors}`))
    this.#waiting.clear()
  }
}

function toError({ code, message, details }: { code?: string; message: string; details?: unknown }): Error {
  if (code === undefined) return new Error(message)
  return new CatalogError(code as CatalogErrorCode, message, details as CatalogErrorDetails[CatalogErrorCode])
}
