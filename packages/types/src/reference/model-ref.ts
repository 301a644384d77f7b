import { createInvalidInput } from '../error/catalog-error.ts'
import { parseFileRef, parsePlainPath } from './file-ref.ts'
import { parseHubRef, parseHubUrl } from './hub-ref.ts'
import { parseOciRef } from './oci-ref.ts'
import { NotARef, normalizeHost, splitUrl } from './ref-authority.ts'
import type { FileRef, HttpRef, HubRef, OciRef, S3Ref } from './ref-kinds.ts'
import { decodeSegments, normalizeSegments, withoutGit } from './ref-segments.ts'

/**
 * Where a model comes from, in one spelling. Two references mean the same if their `text` is the same. That
 * text is a reference again, without user, password, query and fragment.
 */
export type ModelRef = HubRef | FileRef | HttpRef | S3Ref | OciRef

/** The longest reference, in characters: that of a source. */
const MAX_REF_LENGTH = 4096
const BUCKET = /^[a-z0-9][a-z0-9._-]*$/u
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]+):/u

/** Parses references. `parse` throws a CatalogError INVALID_INPUT if a text is not a reference. */
export const ModelRef: {
  /** The reference that a text means, or INVALID_INPUT naming the field `reference`. Looks at nothing but the text. */
  readonly parse: (text: unknown) => ModelRef
} = {
  parse: (text) => {
    const ref = parseRef(text)
    if (ref instanceof NotARef) throw createInvalidInput([{ field: 'reference', problem: ref.problem }])
    return ref
  },
}

/** What sources are compared by: two spellings of one reference give the same; a text that is none gives itself. */
export function toSourceKey(source: string): string {
  const ref = parseRef(source)
  return ref instanceof NotARef ? source : ref.text
}

function parseRef(text: unknown): ModelRef | NotARef {
  if (typeof text !== 'string') return new NotARef('must be a string')
  if (text === '' || text.length > MAX_REF_LENGTH) {
    return new NotARef(`must have 1 to ${MAX_REF_LENGTH} characters, not ${text.length}`)
  }
  if (!text.isWellFormed()) return new NotARef('must not contain a lone surrogate')
  if (/\p{Cc}/u.test(text)) return new NotARef('must not contain control characters')
  const scheme = SCHEME.exec(text)?.[1]
  return scheme === undefined ? parsePlainPath(text) : parseByScheme(scheme.toLowerCase(), text)
}

function parseByScheme(scheme: string, text: string): ModelRef | NotARef {
  const rest = text.slice(scheme.length + 1)
  switch (scheme) {
    case 'file':
      return parseFileRef(rest)
    case 'hf':
    case 'huggingface':
      return parseHubRef(rest)
    case 'oci':
      return parseOciRef(rest)
    case 'http':
    case 'https':
      return parseHttpRef(scheme, rest)
    case 's3':
      return parseS3Ref(rest)
    default:
      return new NotARef('must begin with hf:, file:, https:, http:, s3:, oci:, or be a path')
  }
}

function parseHttpRef(kind: 'http' | 'https', rest: string): HubRef | HttpRef | NotARef {
  const url = splitUrl(kind, rest)
  if (url instanceof NotARef) return url
  const host = normalizeHost(url.authority, kind)
  if (host instanceof NotARef) return host
  const segments = withoutGit(normalizeSegments(url.path))
  const hub = parseHubUrl(host, segments)
  if (hub !== undefined) return hub
  const path = `/${segments.join('/')}`
  return { kind, host, path, text: `${kind}://${host}${path}` }
}

function parseS3Ref(rest: string): S3Ref | NotARef {
  const url = splitUrl('s3', rest)
  if (url instanceof NotARef) return url
  const bucket = url.authority.toLowerCase()
  const segments = normalizeSegments(url.path)
  const key = decodeSegments(segments)?.join('/')
  if (!BUCKET.test(bucket) || !key) return new NotARef('must be s3://bucket/key')
  return { kind: 's3', bucket, key, text: `s3://${bucket}/${segments.join('/')}` }
}
