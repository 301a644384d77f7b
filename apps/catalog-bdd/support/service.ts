import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'

const PROGRAM = new URL('../../orchestratord/src/main.ts', import.meta.url)

export interface ServiceAnswer {
  readonly status: number
  readonly body: object
}

/** What a client is told on an event stream. */
export interface ServiceEvent {
  readonly event: string
  readonly data: { readonly operation?: string; readonly id?: string }
}

/** The service `orchestratord`, as a process of its own. */
export class RunningService {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown[]>
  readonly #url: string

  private constructor(child: ChildProcess, ended: Promise<unknown[]>, url: string) {
    this.#child = child
    this.#ended = ended
    this.#url = url
  }

  /** Resolves when it listens. */
  static async start(root: string): Promise<RunningService> {
    const { node, path } = await bundleProgram(PROGRAM)
    const child = spawn(node, [path, '--root', root, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'close')
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { msg, url } = JSON.parse(line) as { readonly msg: string; readonly url?: string }
        if (msg === 'listening' && url !== undefined) resolve(url)
      })
      ended.then(() => reject(new Error('the service has ended')))
    })
    return new RunningService(child, ended, url)
  }

  async send(method: string, path: string, body?: object, revision?: number): Promise<ServiceAnswer> {
    const answer = await fetch(this.#url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(revision !== undefined && { 'if-match': `"${revision}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
  }

  /** The events from now on: resolves once the service will tell of every change to come. */
  async follow(): Promise<AsyncGenerator<ServiceEvent, void, undefined>> {
    const { body } = await fetch(`${this.#url}/v2/catalog/events`)
    assert.ok(body, 'the stream has no body')
    const events = readEvents(body)
    const first = await events.next()
    assert.equal(first.value?.event, 'reset')
    return events
  }

  /** Has it stop in order, and resolves to its exit code. */
  async stop(): Promise<unknown> {
    this.#child.kill('SIGTERM')
    return (await this.#ended)[0]
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServiceEvent, void, undefined> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = /^event: (.*)$/mu.exec(block)?.[1]
      const data = /^data: (.*)$/mu.exec(block)?.[1]
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) }
    }
  }
}
