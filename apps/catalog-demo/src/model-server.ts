import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sampleGgufHead } from '@catalog/testkit/models'

const PIECE_BYTES = 1 << 20

/** A local stand-in for a model hub. Its models are GGUF files whose weights are one random MiB, again and again. */
export interface ModelServer {
  readonly url: string
  /** What an undamaged model of this many MiB hashes to. */
  digestOf(sizeMiB: number): string
  close(): Promise<void>
}

/** Serves `/<MiB>/good.gguf`, and `/<MiB>/damaged.gguf` with one bit of it flipped on its way. */
export async function startModelServer(): Promise<ModelServer> {
  const weights = randomBytes(PIECE_BYTES)
  const server = createServer((request, response) => {
    const [, size = '0', name] = request.url?.split('/') ?? []
    void sendModel(response, weights, Number(size), name === 'damaged.gguf')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    digestOf: (sizeMiB) => digestOf(weights, sizeMiB),
    close: () => closeServer(server),
  }
}

async function sendModel(
  response: ServerResponse,
  weights: Buffer,
  sizeMiB: number,
  isDamaged: boolean,
): Promise<void> {
  response.writeHead(200, { 'content-length': sizeMiB * PIECE_BYTES })
  for (const [index, bytes] of listPieces(weights, sizeMiB)) {
    if (isDamaged && index === sizeMiB >> 1) bytes[1000] = (bytes[1000] ?? 0) ^ 1
    if (!response.write(bytes)) await new Promise((resolve) => response.once('drain', resolve))
  }
  response.end()
}

function digestOf(weights: Buffer, sizeMiB: number): string {
  const hash = createHash('sha256')
  for (const [, bytes] of listPieces(weights, sizeMiB)) hash.update(bytes)
  return hash.digest('hex')
}

/** A model, a MiB at a time: its header first, and in each piece its number, so that no two are equal. */
function* listPieces(weights: Buffer, sizeMiB: number): Generator<[index: number, bytes: Buffer]> {
  const head = sampleGgufHead(sizeMiB, { sizeBytes: sizeMiB * PIECE_BYTES })
  for (let index = 0; index < sizeMiB; index += 1) {
    const bytes = Buffer.from(weights)
    bytes.writeUInt32LE(index, PIECE_BYTES - 4)
    if (index === 0) head.copy(bytes)
    yield [index, bytes]
  }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
