import { join } from 'node:path'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import type { Findings } from '../../store/findings.ts'

/** A manifest with the name that its path gives to a model. */
export interface NamedManifest {
  readonly path: string
  readonly host: string
  /** `library/wren`. */
  readonly repository: string
  readonly tag: string
  /** As the tool shows it: without the default registry and namespace. */
  readonly name: string
  readonly idNames: readonly string[]
}

const DEFAULT_HOST = 'registry.ollama.ai'
const DEFAULT_NAMESPACE = 'library'
/** host, namespace, model, tag. Files of other programs lie among them. */
const LEVELS = [
  /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/u,
  /^[A-Za-z0-9_][A-Za-z0-9_-]*$/u,
  /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/u,
  /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/u,
]

/** All manifests: exactly four levels below `manifests`. */
export async function* findManifests(
  directory: string,
  reader: StoreReader,
  findings: Findings,
  above: readonly string[] = [],
): AsyncGenerator<NamedManifest> {
  const listing = await findings.attempt(undefined, () => reader.list(directory))
  const level = above.length
  for (const { name, kind } of namesOf(listing, level)) {
    const names = [...above, name]
    const path = join(directory, name)
    if (level === LEVELS.length - 1) yield toNamedManifest(path, names)
    else if (kind === 'directory' || kind === 'link') yield* findManifests(path, reader, findings, names)
  }
}

function namesOf(listing: DirectoryListing | undefined, level: number): DirectoryListing['names'] {
  return (listing?.names ?? []).filter(({ name }) => LEVELS[level]?.test(name))
}

function toNamedManifest(path: string, names: readonly string[]): NamedManifest {
  const [host = '', namespace = '', model = '', tag = ''] = names
  const isDefaultHost = host.toLowerCase() === DEFAULT_HOST
  const isDefault = isDefaultHost && namespace.toLowerCase() === DEFAULT_NAMESPACE
  const shown = [...(isDefaultHost ? [] : [host]), ...(isDefault ? [] : [namespace]), model]
  return {
    ...{ path, host, tag },
    repository: `${namespace}/${model}`,
    name: `${shown.join('/')}:${tag}`,
    idNames: [...shown, tag],
  }
}
