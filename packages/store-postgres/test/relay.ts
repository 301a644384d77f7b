import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

/** Passes bytes between clients and a server, and interferes as a network or a proxy in between may. */
export interface Relay {
  readonly port: number
  /** How many connections were cut. */
  readonly cuts: number
  /** Ends the connection of the next call with these words once the server has answered, before the client hears it. */
  cutNextAnswerTo(text: string, lastWord?: LastWord): void
  /** The next new connection is ended as an administrator does, in the same packet that says that it is ready. */
  endNextWhenReady(): void
  /** Ends all connections now. The server goes on with what it was sent. */
  cutAll(): void
  /** Leads new connections to another server, and ends those that there are. */
  leadTo(socketDirectory: string): void
  close(): Promise<void>
}

/** What a server that ends says in the place of its answer. */
interface LastWord {
  readonly severity: string
  readonly code: string
}

/** `ReadyForQuery`, outside of a transaction. */
const READY = Buffer.from('5a0000000549', 'hex')

/** Leads to the server with this socket. */
export async function openRelay(socketDirectory: string): Promise<Relay> {
  const state = {
    directory: socketDirectory,
    cuts: 0,
    wanted: '',
    isToBeEnded: false,
    lastWord: undefined as LastWord | undefined,
  }
  const sockets = new Set<Socket>()
  const relay = createServer((client) => {
    const server = connect(join(state.directory, '.s.PGSQL.5432'))
    let isToBeCut = false
    let isNew = true
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        server.destroy()
      })
    }
    client.on('data', (bytes) => {
      if (state.wanted !== '' && bytes.includes(state.wanted)) {
        isToBeCut = true
        state.wanted = ''
      }
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      const isReady = isNew && bytes.includes(READY)
      if (isReady) isNew = false
      if (isToBeCut || (isReady && state.isToBeEnded)) state.cuts += 1
      if (isToBeCut && state.lastWord !== undefined) client.end(encodeError(state.lastWord))
      else if (isToBeCut) client.destroy()
      else if (!isReady || !state.isToBeEnded) client.write(bytes)
      else {
        state.isToBeEnded = false
        client.end(Buffer.concat([bytes, encodeError({ severity: 'FATAL', code: '57P01' })]))
      }
    })
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: portOf(relay),
    get cuts() {
      return state.cuts
    },
    cutNextAnswerTo(text, lastWord) {
      state.wanted = text
      state.lastWord = lastWord
    },
    endNextWhenReady() {
      state.isToBeEnded = true
    },
    cutAll,
    leadTo(directory) {
      state.directory = directory
      cutAll()
    },
    async close() {
      cutAll()
      relay.close()
      await once(relay, 'close')
    },
  }
}

/** An `ErrorResponse` that ends the connection. */
function encodeError({ severity, code }: LastWord): Buffer {
  const fields = Buffer.from(`S${severity}\0V${severity}\0C${code}\0Mthe server ends\0\0`)
  const header = Buffer.alloc(5)
  header.write('E')
  header.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([header, fields])
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the address has no port')
  return address.port
}
