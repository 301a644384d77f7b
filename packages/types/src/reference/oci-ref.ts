import { NotARef, normalizeHost, splitUrl } from './ref-authority.ts'
import type { OciRef } from './ref-kinds.ts'

// The grammar of the OCI distribution specification.
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/u
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/u
const DIGEST_SUFFIX = /@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/iu

/** What follows `oci:`: `registry/repository[:tag][@digest]`, with or without `//` in front. */
export function parseOciRef(rest: string): OciRef | NotARef {
  const url = splitUrl('oci', rest.replace(DIGEST_SUFFIX, ''))
  if (url instanceof NotARef) return url
  const [written = '', ...path] = (url.authority + url.path).split('/').filter((part) => part !== '')
  const registry = normalizeHost(written, 'https')
  if (registry instanceof NotARef) return registry
  const [, repository = '', tag] = /^([^:]*)(?::(.*))?$/su.exec(path.join('/')) ?? []
  if (!REPOSITORY.test(repository) || (tag !== undefined && !TAG.test(tag))) {
    return new NotARef('must be oci://registry/repository, optionally with :tag or @digest')
  }
  const base = { kind: 'oci', registry, repository } as const
  const text = `oci://${registry}/${repository}`
  const digest = DIGEST_SUFFIX.exec(rest)?.[1]?.toLowerCase()
  // A digest says which, even if the tag has moved.
  if (digest !== undefined) return { ...base, digest, text: `${text}@${digest}` }
  return tag === undefined ? { ...base, text } : { ...base, tag, text: `${text}:${tag}` }
}
