import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A source of model files on this machine, which does what a scenario says. */
export class ModelSource {
  readonly files: Map<string, Buffer> = new Map()
  /** How many of the next answers are cut off in the middle. */
  cuts = 0
  isBusy = false
  readonly #server: Server

  private constructor() {
    this.#server = createServer(this.#answer)
  }

  static async start(): Promise<ModelSource> {
    const source = new ModelSource()
    await new Promise<void>((resolve) => source.#server.listen(0, '127.0.0.1', resolve))
    return source
  }

  urlOf(id: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${id}.gguf`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  readonly #answer: RequestListener = ({ url = '' }, response) => {
    const bytes = this.files.get(url.slice(1).replace('.gguf', ''))
    if (this.isBusy) response.writeHead(503, { 'retry-after': '0' }).end()
    else if (bytes === undefined) response.writeHead(404).end()
    else if (this.cuts > 0) {
      this.cuts -= 1
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
    } else response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  }
}
