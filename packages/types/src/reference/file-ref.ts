/** Room `reference`: the spellings of a source, and how secrets are hidden. */

import { cutCredentials } from './redact-source.ts'
import { NotARef, splitUrl } from './ref-authority.ts'
import type { FileRef } from './ref-kinds.ts'
import { decodeSegments, encodeSegment, normalizeSegments } from './ref-segments.ts'

/** Where a path begins: at a root, a drive, a server; or where the caller stands. */
interface Start {
  readonly path: string
  readonly text: string
}

const RELATIVE: Start = { path: '', text: 'file:' }
const ROOT: Start = { path: '/', text: 'file:///' }
const SERVER = /^[A-Za-z0-9][A-Za-z0-9._-]*$/u

/** What follows `file:`: a URL's percent-encoded path. */
export function parseFileRef(rest: string): FileRef | NotARef {
  const url = splitUrl('file', rest)
  if (url instanceof NotARef) return url
  const { authority, path } = url
  if (authority !== '' && !isLocalhost(authority)) {
    if (!SERVER.test(authority)) return new NotARef('must have a server name after file://')
    return toFileRef(serverStart(authority), path)
  }
  const drive = /^\/?([A-Za-z]):(?:\/|$)/u.exec(path)
  if (drive !== null) return toFileRef(driveStart(drive[1] ?? ''), path.slice(drive[0].length))
  return toFileRef(path.startsWith('/') ? ROOT : RELATIVE, path)
}

/** A path as it is written for a disk: nothing in it is encoded, and `?` and `#` are letters like any others. */
export function parsePlainPath(path: string): FileRef | NotARef {
  const server = /^\\\\([^\\/]+)(.*)$/su.exec(path)
  if (server !== null) {
    const [, name = '', rest = ''] = server
    if (!SERVER.test(name)) return new NotARef('must have a server name after \\\\')
    if (isLocalhost(name)) return new NotARef('must be the path itself, not a share of \\\\localhost')
    return toFileRef(serverStart(name), encodePath(rest.replaceAll('\\', '/')))
  }
  const drive = /^([A-Za-z]):([\\/].*)$/su.exec(path)
  if (drive !== null)
    return toFileRef(driveStart(drive[1] ?? ''), encodePath(drive[2]?.replaceAll('\\', '/') ?? ''))
  if (path.startsWith('//')) return new NotARef('must have a scheme before //')
  if (path.startsWith('/')) return toFileRef(ROOT, encodePath(path))
  // Without ./ in front it may as well be an address that lacks its scheme, with a token in it.
  const isUnsure = !/^\.{1,2}(?:\/|$)/u.test(path) && (/[:?#]/u.test(path) || cutCredentials(path) !== path)
  if (isUnsure) return new NotARef('must begin with ./ if it is a path with :, ?, # or @ in it')
  return toFileRef(RELATIVE, encodePath(path))
}

/** In a `file:` URL that is this machine's own root (RFC 8089), so it cannot be the name of a server as well. */
function isLocalhost(server: string): boolean {
  return server.toLowerCase() === 'localhost'
}

function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/')
}

function driveStart(letter: string): Start {
  const drive = `${letter.toUpperCase()}:/`
  return { path: drive, text: `file:///${drive}` }
}

function serverStart(name: string): Start {
  const server = `//${name.toLowerCase()}/`
  return { path: server, text: `file:${server}` }
}

function toFileRef(start: Start, encodedPath: string): FileRef | NotARef {
  const segments = normalizeSegments(encodedPath, start === RELATIVE)
  const decoded = decodeSegments(segments)
  if (decoded === undefined)
    return new NotARef('must be a path of UTF-8 without encoded / or control characters')
  if (segments.length === 0 && start === RELATIVE) return { kind: 'file', path: '.', text: 'file:.' }
  return { kind: 'file', path: start.path + decoded.join('/'), text: start.text + segments.join('/') }
}
