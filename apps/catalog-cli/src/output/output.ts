import type { LifecycleState } from 'model-catalog'
import pc from 'picocolors'
import { formatJson, toPrintable, toPrintableColored } from '../text/printable.ts'

const DEFAULT_COLUMNS = 80

/** What the program writes to. `isTTY`, `columns` and `rows` are those of a terminal, absent otherwise. */
export interface Sink {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
  /** A terminal tells of `resize`. */
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

export interface OutputOptions {
  readonly stdout: Sink
  readonly stderr: Sink
  readonly environment: NodeJS.ProcessEnv
  readonly json: boolean
}

/**
 * Results go to stdout and everything else to stderr; with `--json` stdout gets the one document and nothing else.
 * Nothing that came from a file, a name or another person reaches a terminal as a command: this is the place where all
 * of it is escaped.
 */
export class Output {
  readonly json: boolean
  readonly stderr: Sink
  /** Whether lines on stderr can be drawn anew. */
  readonly canRedraw: boolean
  readonly #stdout: Sink
  readonly #colors: ReturnType<typeof pc.createColors>
  readonly #escape: (line: string) => string

  constructor({ stdout, stderr, environment, json }: OutputOptions) {
    this.json = json
    this.stderr = stderr
    this.canRedraw = isTerminal(stderr, environment)
    this.#stdout = stdout
    const isColored = !json && canColor(stdout, environment)
    this.#colors = pc.createColors(isColored)
    this.#escape = isColored ? toPrintableColored : toPrintable
  }

  /** The width that results are cut to: the terminal's, or none where a file or a program reads them. */
  get width(): number {
    return this.#stdout.isTTY ? (this.#stdout.columns ?? DEFAULT_COLUMNS) : Number.POSITIVE_INFINITY
  }

  /** The same for remarks. */
  get noteWidth(): number {
    return this.stderr.isTTY ? (this.stderr.columns ?? DEFAULT_COLUMNS) : Number.POSITIVE_INFINITY
  }

  /** Lines of a result; nothing with `--json`. */
  print(...lines: readonly string[]): void {
    if (!this.json && lines.length > 0) this.#stdout.write(`${lines.map(this.#escape).join('\n')}\n`)
  }

  /** Lines that a program reads, such as paths: exact where no terminal shows them; nothing with `--json`. */
  printExact(...lines: readonly string[]): void {
    if (this.json || lines.length === 0) return
    const shown = this.#stdout.isTTY ? lines.map(toPrintable) : lines
    this.#stdout.write(`${shown.join('\n')}\n`)
  }

  /** The one document of a command; nothing without `--json`. */
  printJson(document: unknown): void {
    if (this.json) this.#stdout.write(`${formatJson(document, 2)}\n`)
  }

  /** One document of several, a line each; nothing without `--json`. */
  printJsonLine(document: unknown): void {
    if (this.json) this.#stdout.write(`${formatJson(document)}\n`)
  }

  /** Lines of a remark that is not a result; not shown with `--json`. */
  note(...lines: readonly string[]): void {
    if (!this.json && lines.length > 0) this.stderr.write(`${lines.map(toPrintable).join('\n')}\n`)
  }

  /** A line of what the user should know although the command did what it was asked to; also with `--json`. */
  warn(line: string): void {
    this.stderr.write(`catalog: warning: ${toPrintable(line)}\n`)
  }

  /** The text in the colour of a state: the states a person must look at stand out. */
  paintState(state: LifecycleState, text: string): string {
    const { green, yellow, red, dim } = this.#colors
    const paint = { Active: green, Pending: yellow, Failed: red, Retired: dim }[state]
    return paint(text)
  }
}

// Not picocolors' own test: on a build server that one says yes to a pipe.
function canColor(sink: Sink, environment: NodeJS.ProcessEnv): boolean {
  return isTerminal(sink, environment) && !environment['NO_COLOR']
}

/** A terminal that understands escape sequences. */
function isTerminal(sink: Sink, { TERM: name }: NodeJS.ProcessEnv): boolean {
  return sink.isTTY === true && name !== 'dumb'
}
