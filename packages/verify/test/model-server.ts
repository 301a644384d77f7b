import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished } from 'vitest'

/** Serves a model, from a byte on where a range asks for it, until the end of the test; breaks off where told. */
export async function serveModel(
  model: Uint8Array,
  { breakAt = model.length }: { breakAt?: number } = {},
): Promise<string> {
  const server = createServer((request, response) => {
    const { range } = request.headers
    const fromByte = Number(/^bytes=(\d+)-$/u.exec(range ?? '')?.[1] ?? 0)
    response.on('error', () => undefined)
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': model.length - fromByte })
    if (breakAt === model.length) response.end(model.subarray(fromByte))
    else response.write(model.subarray(fromByte, breakAt), () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') return expect.unreachable('the server has no port')
  return `http://127.0.0.1:${address.port}/model`
}
