/** Room `scan`: looking for stores below a directory. */

import type { LayoutName } from '../candidate/layout-name.ts'
import type { DirectoryListing, ListedName } from '../disk/entries.ts'

/** Whether a name in the root of a store is the tool's own. */
type IsOwn = (entry: ListedName) => boolean

const IMAGE_LAYOUT = ['blobs', 'index.json', 'ingest', 'oci-layout', 'repositories']

/**
 * Stores of blobs. All of their models lie below these names: what else is in their root was put there by a person, as a
 * model file beside `blobs`.
 */
const OWN_NAMES: Partial<Readonly<Record<LayoutName, IsOwn>>> = {
  ollama: isOneOf(['blobs', 'manifests']),
  'docker-model-runner': isOneOf(['blobs', 'bundles', 'layout.json', 'manifests', 'models.json']),
  oci: isOneOf(IMAGE_LAYOUT),
  kitops: (entry) => isOneOf(IMAGE_LAYOUT)(entry) || entry.name.endsWith('-index.json'),
  // Each directory is that of a source.
  ramalama: ({ kind }) => kind === 'directory',
}

/** The root of a store without the tool's own names; undefined for a tool whose whole directory is its store. */
export function listBeside(root: DirectoryListing, layout: LayoutName): DirectoryListing | undefined {
  const isOwn = OWN_NAMES[layout]
  if (isOwn === undefined) return undefined
  const names = root.names.filter((entry) => !isOwn(entry))
  const kinds = new Map(names.map(({ name, kind }) => [name, kind]))
  return {
    path: root.path,
    names,
    undecodable: root.undecodable,
    has: (name, kind) => kinds.has(name) && (kind === undefined || kinds.get(name) === kind),
  }
}

function isOneOf(names: readonly string[]): IsOwn {
  return ({ name }) => names.includes(name)
}
