import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Gives what closes the connections over which nothing has come yet. Node counts them as busy, so a server that stops would
 * wait for them.
 */
export function trackUnusedConnections(server: Server): () => void {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return () => {
    for (const socket of sockets) {
      if (socket.bytesRead === 0) socket.destroy()
    }
  }
}
