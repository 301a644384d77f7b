import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** What is done to a file; `hostile-writer.py` has the programs. */
export const WRITER_MODES = [
  'rename-over',
  'link-and-write',
  'write-in-place',
  'mapping',
  'truncate-and-restore',
  'link-for-file',
  'link-for-parent',
  'exchange',
  'rewrite-at-once',
  'slow-write',
] as const

export type WriterMode = (typeof WRITER_MODES)[number]

/** When: so long after it was told to go, or as soon as this is no more as it was then. */
export type WriterMoment =
  | { readonly delayMs: number }
  | { readonly event: { readonly kind: 'journal' | 'name' | 'listing' | 'links'; readonly path: string } }

export interface WriterJob {
  readonly mode: WriterMode
  /** Where the file is when the writer prepares, and where it is or will be when it acts. */
  readonly path: string
  readonly target: string
  /** Files with the bytes to write, and with those that are there. */
  readonly bad: string
  readonly good: string
  readonly moment: WriterMoment
  /** For how long an event is waited for; then the writer acts without it. */
  readonly longestMs: number
}

/** A job that is ready to be done. */
export interface PreparedJob {
  /** Resolves to whether it changed the file: not if something else was quicker. */
  go(): Promise<boolean>
}

interface Said {
  readonly id: number
  readonly say: 'ready' | 'done'
  readonly acted?: boolean
}

/** A process that changes files behind the catalog's back. */
export class HostileWriter implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #ready = new Map<number, () => void>()
  readonly #done = new Map<number, (acted: boolean) => void>()
  #jobs = 0

  constructor() {
    const program = fileURLToPath(new URL('./hostile-writer.py', import.meta.url))
    this.#child = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(JSON.parse(line) as Said))
  }

  /** Opens what it needs: the file must be there. */
  async prepare({ moment, ...job }: WriterJob): Promise<PreparedJob> {
    this.#jobs += 1
    const id = this.#jobs
    const done = new Promise<boolean>((resolve) => this.#done.set(id, resolve))
    await new Promise<void>((resolve) => {
      this.#ready.set(id, resolve)
      this.#say({ id, ...job, ...moment })
    })
    return {
      go: () => {
        this.#say({ go: id })
        return done
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await ended
  }

  #say(what: object): void {
    this.#child.stdin.write(`${JSON.stringify(what)}\n`)
  }

  #hear({ id, say, acted = false }: Said): void {
    // One that could not prepare is done without having been ready.
    this.#ready.get(id)?.()
    this.#ready.delete(id)
    if (say !== 'done') return
    this.#done.get(id)?.(acted)
    this.#done.delete(id)
  }
}
