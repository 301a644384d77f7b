import { pathToFileURL } from 'node:url'
import { ModelRef } from 'model-catalog'

/** The reference in its one spelling; the path of the file if the names of a store do not make one. */
export function toSource(reference: string | undefined, path: string): string {
  const fallback = pathToFileURL(path).href
  if (reference === undefined) return fallback
  try {
    return ModelRef.parse(reference).text
  } catch {
    return fallback
  }
}

const HUB_HOSTS: ReadonlySet<string> = new Set(['hf.co', 'huggingface.co'])

/** What a model of a registry is called there. */
export interface RegistryName {
  readonly host: string
  /** `/` between segments. */
  readonly repository: string
  readonly tag?: string | undefined
}

/**
 * The reference of a model that came from a registry. The hub answers as a registry too, and its tags there are
 * quantisations, not revisions, so they are left out.
 */
export function toRegistryReference({ host, repository, tag }: RegistryName): string {
  if (HUB_HOSTS.has(host.toLowerCase())) return `hf:${repository}`
  const version = tag === undefined ? '' : `:${tag}`
  return `oci://${host}/${repository.toLowerCase()}${version}`
}

/** `docker.io/acme/wren:1m`, or with a digest behind; undefined for a text without a host, as a tag alone. */
export function parseRegistryName(text: string): RegistryName | undefined {
  const [, host, repository, tag] = /^([^/]+)\/([^:@]+)(?::([^:@/]+))?(?:@.*)?$/u.exec(text) ?? []
  if (host === undefined || repository === undefined) return undefined
  const isHost = /[.:]/u.test(host) || host === 'localhost'
  return isHost ? { host, repository, tag } : undefined
}
