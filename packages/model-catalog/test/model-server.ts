import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished } from 'vitest'

export interface ModelServer {
  readonly url: string
  /** The first byte of each answer that was not refused. */
  readonly served: number[]
}

export interface ServeOptions {
  /** Breaks off after so many bytes of an answer; undefined for one that comes to its end. */
  readonly breakAfter?: (path: string) => number | undefined
}

/** Serves what `find` gives for a path, with ETag, Range and If-Range, until the end of the test. */
export async function serveModels(
  find: (path: string) => Uint8Array | Promise<Uint8Array>,
  { breakAfter = () => undefined }: ServeOptions = {},
): Promise<ModelServer> {
  const served: number[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? ''
    const bytes = await find(path)
    const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`
    const { range, 'if-range': ifRange = etag } = request.headers
    const fromByte = ifRange === etag ? Number(/^bytes=(\d+)-$/u.exec(range ?? '')?.[1] ?? 0) : 0
    response.on('error', () => undefined)
    if (fromByte >= bytes.length) return void response.writeHead(416).end()
    served.push(fromByte)
    response.writeHead(fromByte === 0 ? 200 : 206, { etag, 'content-length': bytes.length - fromByte })
    const length = breakAfter(path)
    if (length === undefined) response.end(bytes.subarray(fromByte))
    else response.write(bytes.subarray(fromByte, fromByte + length), () => response.destroy())
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') return expect.unreachable('the server has no port')
  return { url: `http://127.0.0.1:${address.port}`, served }
}
