import { NotARef, splitUrl } from './ref-authority.ts'
import type { HubRef } from './ref-kinds.ts'
import {
  decodeSegment,
  decodeSegments,
  encodeSegment,
  normalizeSegments,
  withoutGit,
} from './ref-segments.ts'

const HOSTS: ReadonlySet<string> = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co'])
/** What the hub has at its first level besides organisations and users. */
const NO_ORGS: ReadonlySet<string> = new Set([
  ...['api', 'blog', 'chat', 'collections', 'datasets', 'docs', 'join', 'learn', 'login', 'models'],
  ...['new', 'organizations', 'papers', 'posts', 'pricing', 'settings', 'spaces', 'tasks'],
])
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/u
const DEFAULT_REVISION = 'main'
/** Behind the repository: `@<revision>/<path>`, as the hub's own tools write it. */
const REVISION_FIRST = /^(refs\/(?:convert|pr)\/[^/]+|[^/]*)(?:\/(.*))?$/su

interface HubParts {
  readonly org: string | undefined
  readonly repo: string | undefined
  /** Percent-encoded. */
  readonly path: readonly string[]
  /** Percent-encoded. */
  readonly revision: string | undefined
}

/** What follows `hf:`: `org/repo[/path][@revision]`, or as the hub's own tools write it `org/repo@revision/path`. */
export function parseHubRef(rest: string): HubRef | NotARef {
  const url = splitUrl('hf', rest)
  if (url instanceof NotARef) return url
  const body = url.authority + url.path
  const place = body.lastIndexOf('@')
  const [org, repo, ...path] = normalizeSegments(place < 0 ? body : body.slice(0, place))
  if (place < 0) return toHubRef({ org, repo, path, revision: undefined })
  const behind = body.slice(place + 1)
  if (path.length > 0) return toHubRef({ org, repo, path, revision: behind })
  const [, revision, pathBehind = ''] = REVISION_FIRST.exec(behind) ?? []
  return toHubRef({ org, repo, path: normalizeSegments(pathBehind), revision })
}

/** The same of a page or file of the hub's site; undefined for what is something else. */
export function parseHubUrl(host: string, segments: readonly string[]): HubRef | undefined {
  if (!HOSTS.has(host)) return undefined
  const [org, repo, view, revision, ...path] = segments
  const isFile = view !== undefined && ['resolve', 'blob', 'tree', 'raw'].includes(view)
  if (view !== undefined && !(isFile && revision !== undefined)) return undefined
  const ref = toHubRef({ org, repo, path, revision })
  return ref instanceof NotARef ? undefined : ref
}

function toHubRef({ org = '', repo: written = '', path, revision }: HubParts): HubRef | NotARef {
  const [repo = ''] = withoutGit([written])
  if (!NAME.test(org) || !NAME.test(repo) || NO_ORGS.has(org)) {
    return new NotARef('must be hf:org/repo, optionally with a path and @revision')
  }
  const decodedPath = decodeSegments(path)
  const decodedRevision = revision === undefined ? DEFAULT_REVISION : decodeSegment(revision)
  if (decodedPath === undefined || !decodedRevision || /\p{Cc}/u.test(decodedRevision)) {
    return new NotARef('must have a path and a revision of UTF-8 without control characters')
  }
  const isDefault = decodedRevision === DEFAULT_REVISION
  const text = `hf:${[org, repo, ...path].join('/')}`
  return {
    ...{ kind: 'hf', org, repo },
    ...(path.length > 0 && { path: decodedPath.join('/') }),
    ...(!isDefault && { revision: decodedRevision }),
    text: isDefault ? text : `${text}@${encodeSegment(decodedRevision)}`,
  }
}
