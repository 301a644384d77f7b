import { createInvalidInput, type Sha256Digest } from '@catalog/types'
import type { ManifestLine } from './manifest-line.ts'

/**
 * The digest that a list gives for one file, such as one of many that a publisher offers: that of the longest
 * listed path with which the given path ends, or else that of the file name alone; undefined if the list does
 * not name it.
 *
 * @throws {CatalogError} INVALID_INPUT if the list has the name in several directories with different digests
 */
export function findListedDigest(files: readonly ManifestLine[], path: string): Sha256Digest | undefined {
  const wanted = `/${path.replaceAll('\\', '/')}`
  const ends = files.filter((file) => wanted.endsWith(`/${file.path}`))
  const [longest] = ends.toSorted((a, b) => b.path.length - a.path.length)
  if (longest !== undefined) return longest.digest
  const name = nameOf(wanted)
  const named = files.filter((file) => nameOf(file.path) === name)
  const [first, ...others] = named
  const other = others.find(({ digest }) => digest !== first?.digest)
  if (first === undefined || other === undefined) return first?.digest
  const problem = `names ${JSON.stringify(first.path)} and ${JSON.stringify(other.path)}: which of them is meant is ambiguous`
  throw createInvalidInput([{ field: 'manifest', problem }])
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
