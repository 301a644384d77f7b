import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** What the source does with one request; with `undefined` it does what is right. */
export type Behaviour =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | { readonly cutAfter: number }
  | { readonly hang: 'before-headers' | 'after-headers' }
  | { readonly redirect: string }
  | { readonly lie: 'longer' | 'shorter' | 'other-length' | 'wrong-range' }
  | { readonly without: 'ranges' | 'if-range' | 'length' }
  | { readonly encoded: 'gzip' }
  | undefined

export interface SeenRequest {
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** A real HTTP source on loopback that does wrong what a test asks for. */
export class FaultySource implements AsyncDisposable {
  readonly requests: SeenRequest[] = []
  /** How much is sent at a time, and what is told after each. */
  chunkBytes = 1 << 20
  onChunk: () => void = () => undefined
  /** By request, in order; afterwards what is right. */
  plan: Behaviour[] = []
  etag: string | undefined = '"v1"'
  readonly #files: Map<string, Buffer> = new Map()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(): Promise<FaultySource> {
    const source = new FaultySource()
    await new Promise<void>((resolve) => source.#server.listen(0, '127.0.0.1', resolve))
    return source
  }

  /** Resolves once so many requests have come. */
  async requested(count: number): Promise<void> {
    while (this.requests.length < count) await once(this.#server, 'request')
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  put(path: string, bytes: Uint8Array): string {
    this.#files.set(path, Buffer.from(bytes))
    return this.origin + path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? ''
    this.requests.push({ url, headers: request.headers })
    const bytes = this.#files.get(url.replace(/\?.*$/u, ''))
    if (bytes === undefined) return void response.writeHead(404).end()
    const behaviour = this.plan.shift()
    if (behaviour === undefined) {
      this.#serve(request, response, bytes)
      return
    }
    if ('status' in behaviour) return void response.writeHead(behaviour.status, behaviour.headers).end()
    if ('redirect' in behaviour) return void response.writeHead(302, { location: behaviour.redirect }).end()
    if ('without' in behaviour) {
      this.#serveWithout(behaviour.without, request, response, bytes)
      return
    }
    if ('encoded' in behaviour) {
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes))
    }
    if ('hang' in behaviour) {
      if (behaviour.hang === 'after-headers')
        response.writeHead(200, this.#headers(bytes.length)).flushHeaders()
      return
    }
    if ('cutAfter' in behaviour) this.#cut(request, response, bytes, behaviour.cutAfter)
    else this.#lie(response, bytes, behaviour.lie)
  }

  #serve(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
    const from = this.#rangeOf(request) ?? 0
    if (from >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
      return
    }
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(from > 0 ? 206 : 200, {
      ...this.#headers(bytes.length - from),
      ...(from > 0 && range),
    })
    this.#send(response, bytes.subarray(from))
  }

  #serveWithout(
    what: 'ranges' | 'if-range' | 'length',
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Buffer,
  ): void {
    if (what === 'ranges') response.writeHead(200, this.#headers(bytes.length)).end(bytes)
    else if (what === 'length') response.writeHead(200, { connection: 'close' }).end(bytes)
    else {
      request.headers['if-range'] = this.etag
      this.#serve(request, response, bytes)
    }
  }

  #send(response: ServerResponse, bytes: Buffer): void {
    if (bytes.length === 0) {
      response.end()
      return
    }
    response.write(bytes.subarray(0, this.chunkBytes), (error) => {
      this.onChunk()
      if (error === null || error === undefined) this.#send(response, bytes.subarray(this.chunkBytes))
    })
  }

  #rangeOf({ headers }: IncomingMessage): number | undefined {
    const [, from] = /^bytes=(\d+)-$/u.exec(headers.range ?? '') ?? []
    const isSame = headers['if-range'] === undefined || headers['if-range'] === this.etag
    return from !== undefined && isSame ? Number(from) : undefined
  }

  #cut(request: IncomingMessage, response: ServerResponse, bytes: Buffer, after: number): void {
    const from = this.#rangeOf(request) ?? 0
    const isRange = from > 0
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(isRange ? 206 : 200, { ...this.#headers(bytes.length - from), ...(isRange && range) })
    response.write(bytes.subarray(from, from + after), () => response.destroy())
  }

  #lie(
    response: ServerResponse,
    bytes: Buffer,
    how: 'longer' | 'shorter' | 'other-length' | 'wrong-range',
  ): void {
    const etag = this.etag === undefined ? {} : { etag: this.etag }
    switch (how) {
      case 'longer':
        return void response.writeHead(200, etag).end(Buffer.concat([bytes, Buffer.from('x')]))
      case 'shorter':
        return void response.writeHead(200, etag).end(bytes.subarray(0, -1))
      case 'other-length':
        return void response
          .writeHead(200, this.#headers(bytes.length + 5))
          .end(Buffer.concat([bytes, bytes.subarray(0, 5)]))
      case 'wrong-range':
        return void response
          .writeHead(206, { ...etag, 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` })
          .end(bytes)
    }
  }

  #headers(length: number): Record<string, string | number> {
    return { 'content-length': length, ...(this.etag !== undefined && { etag: this.etag }) }
  }
}
