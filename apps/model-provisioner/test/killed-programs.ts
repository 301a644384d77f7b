import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'

const PROVISIONER = new URL('../src/main.ts', import.meta.url)
const SERVICE = new URL('../../orchestratord/src/main.ts', import.meta.url)
const HOLDERS = ['one', 'two'] as const

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
}

/** A service and two provisioners on one catalog, each of which starts again when it was killed. */
export class KilledPrograms implements AsyncDisposable {
  readonly killed = { service: 0, provisioners: 0 }
  readonly #root: string
  readonly #running: Map<string, Running> = new Map()
  /** Where the service listens; another one once it was killed. */
  #url: Promise<string> = Promise.resolve('')
  #isOver = false

  private constructor(root: string) {
    this.#root = root
  }

  static async start(root: string): Promise<KilledPrograms> {
    const programs = new KilledPrograms(root)
    for (const holder of HOLDERS) await programs.#startProvisioner(holder)
    await programs.#startService()
    return programs
  }

  get kills(): number {
    return this.killed.service + this.killed.provisioners
  }

  /** @param choice from 0 to 1: which of them */
  killOne(choice: number): void {
    const names = ['service', ...HOLDERS]
    const name = names[Math.floor(choice * names.length)] ?? 'service'
    const running = this.#running.get(name)
    // One that is being killed starts again only then: two of one name would be one to the catalog.
    if (running === undefined || running.child.killed) return
    running.child.kill('SIGKILL')
    if (name === 'service') this.killed.service += 1
    else this.killed.provisioners += 1
    void running.ended.then(() => (name === 'service' ? this.#startService() : this.#startProvisioner(name)))
  }

  /** Registers a model over HTTP, as often as it takes to have an answer. */
  async register(model: object): Promise<void> {
    for (;;) {
      const asked = this.#running.get('service')
      try {
        const url = await this.#url
        const headers = { 'content-type': 'application/json' }
        const init = { method: 'POST', headers, body: JSON.stringify(model) }
        const { status } = await fetch(`${url}/v2/catalog/models`, init)
        if (status === 200 || status === 201) return
        throw new Error(`the service answers ${status}`)
      } catch (error) {
        // Its connection went with it.
        if (!(error instanceof TypeError)) throw error
        await asked?.ended
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#url.catch(() => undefined)
    for (const { child, ended } of this.#running.values()) {
      child.kill('SIGKILL')
      await ended
    }
  }

  async #startProvisioner(holder: string): Promise<void> {
    await this.#spawn(holder, PROVISIONER, [
      'follow',
      '--root',
      this.#root,
      '--allow-private',
      '--holder',
      holder,
    ])
  }

  async #startService(): Promise<void> {
    this.#url = this.#listen()
    await this.#url.catch(() => undefined)
  }

  async #listen(): Promise<string> {
    const { child, ended } = await this.#spawn('service', SERVICE, ['--root', this.#root, '--port', '0'])
    return await new Promise((resolve, reject) => {
      if (child.stdout === null) return
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { msg, url } = JSON.parse(line) as { readonly msg: string; readonly url?: string }
        if (msg === 'listening' && url !== undefined) resolve(url)
      })
      void ended.then(() => reject(new TypeError('the service has ended')))
    })
  }

  async #spawn(name: string, program: URL, args: readonly string[]): Promise<Running> {
    const { node, path } = await bundleProgram(program)
    const child = spawn(node, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout?.resume()
    const running = { child, ended: once(child, 'close') }
    if (this.#isOver) child.kill('SIGKILL')
    this.#running.set(name, running)
    return running
  }
}
