// A registry of npm packages on loopback: takes what is published, serves it, and sends requests for all other packages
// on to the registry that npm is configured with.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly repository?: unknown
  dist: { tarball: string; readonly integrity: string }
}

interface Packument {
  readonly name: string
  readonly 'dist-tags': Record<string, string>
  readonly versions: Record<string, Manifest>
  readonly time: Record<string, string>
}

/** What `npm publish` sends: the packument of one version, and its tarball in base64. */
interface Publication extends Omit<Packument, 'time'> {
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

export interface Registry {
  readonly url: string
  /** Each `name@version` in the order in which it was published. */
  readonly published: readonly string[]
  readonly manifestOf: (nameAndVersion: string) => Manifest
  readonly tarballOf: (nameAndVersion: string) => Buffer
  readonly close: () => Promise<void>
}

const BYTES = 'application/octet-stream'

/** Starts a registry for the packages `names`; whatever else is asked for is at `upstream`. */
export async function startRegistry(names: ReadonlySet<string>, upstream: string): Promise<Registry> {
  const packuments = new Map<string, Packument>()
  const tarballs = new Map<string, Buffer>()
  const published: string[] = []
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  const url = await listen(server)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', url).pathname).slice(1)
    if (!names.has(path.split('/-/')[0] ?? '')) {
      response.writeHead(302, { location: new URL((request.url ?? '/').slice(1), upstream).href }).end()
    } else if (request.method === 'PUT') {
      const refused = publish(JSON.parse((await buffer(request)).toString()))
      sendJson(response, refused === undefined ? 201 : 403, { error: refused })
    } else {
      const tarball = tarballs.get(path)
      const packument = packuments.get(path)
      if (tarball !== undefined) response.writeHead(200, { 'content-type': BYTES }).end(tarball)
      else sendJson(response, packument === undefined ? 404 : 200, packument ?? { error: 'not found' })
    }
  }

  /** Takes one version of a package, or says why not. */
  function publish(sent: Publication): string | undefined {
    const [manifest] = Object.values(sent.versions)
    const [attachment] = Object.values(sent._attachments)
    if (manifest === undefined || attachment === undefined) return 'nothing to publish'
    const { name, version } = manifest
    const known = packuments.get(name)
    if (known?.versions[version] !== undefined) return `${name}@${version} already exists`
    const tarball = Buffer.from(attachment.data, 'base64')
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    if (manifest.dist.integrity !== integrity) return `${name}@${version} is not what its integrity says`
    const path = tarballPath(name, version)
    manifest.dist.tarball = `${url}${path}`
    tarballs.set(path, tarball)
    packuments.set(name, {
      name,
      'dist-tags': { ...known?.['dist-tags'], ...sent['dist-tags'] },
      versions: { ...known?.versions, [version]: manifest },
      time: { ...known?.time, [version]: new Date().toISOString() },
    })
    published.push(`${name}@${version}`)
    return undefined
  }

  return {
    url,
    published,
    manifestOf: (nameAndVersion) => {
      const [name, version] = splitVersion(nameAndVersion)
      return find(packuments.get(name)?.versions[version], nameAndVersion)
    },
    tarballOf: (nameAndVersion) =>
      find(tarballs.get(tarballPath(...splitVersion(nameAndVersion))), nameAndVersion),
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}

function splitVersion(nameAndVersion: string): [name: string, version: string] {
  const at = nameAndVersion.lastIndexOf('@')
  return [nameAndVersion.slice(0, at), nameAndVersion.slice(at + 1)]
}

function tarballPath(name: string, version: string): string {
  return `${name}/-/${name.split('/').at(-1)}-${version}.tgz`
}

function find<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`${what} was not published`)
  return found
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The registry has no port')
  return `http://127.0.0.1:${address.port}/`
}
