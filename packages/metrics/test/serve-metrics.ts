import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import { type MeteredCatalog, type MetricsOptions, registerMetrics } from '../src/index.ts'
import { parseExposition } from './parse-exposition.ts'

/** A server with the metrics of a catalog at every path. */
export interface MetricsServer extends AsyncDisposable {
  readonly url: string
}

export async function serveMetrics(
  catalog: MeteredCatalog,
  options: MetricsOptions = {},
): Promise<MetricsServer> {
  const registry = new Registry()
  registerMetrics(catalog, { registry, ...options })
  const server = createServer((_, response) => {
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Fails unless the answer is an exposition. */
export async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(url)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status} ${text}`)
  return parseExposition(text)
}
