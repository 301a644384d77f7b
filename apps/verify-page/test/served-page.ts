import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const APP = fileURLToPath(new URL('..', import.meta.url))
const ESBUILD = createRequire(import.meta.url).resolve('esbuild/bin/esbuild')
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'text/javascript' }

export interface ServedPage {
  readonly url: string
  /** Each request that came, as `GET /page.js`. */
  readonly requests: readonly string[]
}

/** Builds the page by the command of its package.json, from the sources of the library, and serves it until the test ends. */
export async function servePage(directory: string): Promise<ServedPage> {
  const { scripts } = JSON.parse(readFileSync(join(APP, 'package.json'), 'utf8'))
  const [, ...args] = scripts.build.split(' ')
  const overrides = [`--outdir=${directory}`, '--conditions=@catalog/source', '--log-level=warning']
  execFileSync(ESBUILD, [...args, ...overrides], { cwd: APP })
  const requests: string[] = []
  const server = createServer(({ method, url = '/' }, response) => {
    requests.push(`${method} ${url}`)
    const name = url === '/' ? 'index.html' : url.slice(1)
    response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1) ?? ''] })
    response.end(readFileSync(join(directory, name)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests }
}
