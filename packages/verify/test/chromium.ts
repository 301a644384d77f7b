import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { openPage } from '@catalog/testkit/running'
import { onTestFinished } from 'vitest'

/** What the server has besides the page, by path. */
export type Resources = Readonly<Record<string, Uint8Array>>

/**
 * Opens an empty page with this script, from a server of this machine, and gives what the page posts to `/result`.
 * The browser and the server end with the test.
 */
export async function runInPage(
  browser: string,
  script: string,
  resources: Resources,
  profile: string,
): Promise<unknown> {
  const { server, result } = await servePage(script, resources)
  const { port } = server.address() as AddressInfo
  const page = await openPage(browser, profile)
  onTestFinished(page.close)
  await page.ask('Page.navigate', { url: `http://127.0.0.1:${port}/` })
  return await Promise.race([result, page.ended])
}

async function servePage(
  script: string,
  resources: Resources,
): Promise<{ server: Server; result: Promise<unknown> }> {
  const files: Resources = {
    '/': Buffer.from('<!doctype html><meta charset="utf-8"><script src="/program.js"></script>'),
    '/program.js': Buffer.from(script),
    ...resources,
  }
  let resolve: (result: unknown) => void = () => undefined
  const result = new Promise((settle) => {
    resolve = settle
  })
  const server = createServer(async (request, response) => {
    if (request.url === '/result') resolve(JSON.parse(await text(request)))
    const body = files[request.url ?? '']
    const type = request.url === '/' ? 'text/html' : 'text/javascript'
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, result }
}
