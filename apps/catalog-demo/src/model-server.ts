import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const PIECE_BYTES = 1 << 20

/** A local stand-in for a model hub: every model is the same random megabyte, told apart by its number. */
export interface ModelServer {
  readonly url: string
  /** What an undamaged model of this many MiB hashes to. */
  digestOf(sizeMiB: number): string
  close(): Promise<void>
}

/** Serves `/<MiB>/good.gguf`, and `/<MiB>/damaged.gguf` with one bit of it flipped on its way. */
export async function startModelServer(): Promise<ModelServer> {
  const piece = randomBytes(PIECE_BYTES)
  piece.write('GGUF', 'latin1')
  const server = createServer((request, response) => {
    const [, size = '0', name] = request.url?.split('/') ?? []
    void sendModel(response, piece, Number(size), name === 'damaged.gguf')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    digestOf: (sizeMiB) => digestOf(piece, sizeMiB),
    close: () => closeServer(server),
  }
}

async function sendModel(
  response: ServerResponse,
  piece: Buffer,
  sizeMiB: number,
  isDamaged: boolean,
): Promise<void> {
  response.writeHead(200, { 'content-length': sizeMiB * PIECE_BYTES })
  for (let n = 0; n < sizeMiB; n += 1) {
    const bytes = numbered(piece, n)
    if (isDamaged && n === sizeMiB >> 1) bytes[1000] = (bytes[1000] ?? 0) ^ 1
    if (!response.write(bytes)) await new Promise((resolve) => response.once('drain', resolve))
  }
  response.end()
}

function digestOf(piece: Buffer, sizeMiB: number): string {
  const hash = createHash('sha256')
  for (let n = 0; n < sizeMiB; n += 1) hash.update(numbered(piece, n))
  return hash.digest('hex')
}

function numbered(piece: Buffer, number: number): Buffer {
  const bytes = Buffer.from(piece)
  bytes.writeUInt32LE(number, 8)
  return bytes
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
