import type { ModelEntry, ModelFile } from 'model-catalog'
import type { RegistrationBody } from '../schemas/bodies.ts'

type FileBody = NonNullable<RegistrationBody['files']>[number]

/**
 * Whether a registration says what stands in the catalog, as when a client sends it again because it had no answer. What
 * became of the model since, by verification or in its state, does not matter.
 */
export function isSameModel(entry: ModelEntry, body: RegistrationBody): boolean {
  const { name = body.id, tags = [], files = [] } = body
  const isPlain = entry.file === undefined && entry.location === undefined
  return (
    isPlain &&
    entry.id === body.id &&
    entry.name === name &&
    entry.source === body.source &&
    entry.sizeBytes === body.sizeBytes &&
    isSameDigest(entry, body) &&
    isSameList(entry.tags ?? [], tags, (tag, other) => tag === other) &&
    isSameList(entry.files ?? [], files, isSameFile)
  )
}

/** A digest that was computed since is that of a model which was registered without one. */
function isSameDigest({ digest, digestOrigin }: ModelEntry, body: RegistrationBody): boolean {
  // What the first verification computed, or read in the name of a file, no registration declared.
  const wasDeclared = digestOrigin !== undefined && digestOrigin !== 'computed' && digestOrigin !== 'name'
  if (!body.digest) {
    // The digests of all files declare that of the model.
    const isDeclared = body.files?.every((file) => file.digest) ?? false
    return wasDeclared === isDeclared
  }
  return wasDeclared && digest === normalize(body.digest)
}

/** The first verification adds to the entry what was not declared. */
function isSameFile(file: ModelFile, body: FileBody): boolean {
  const hasSize = body.sizeBytes === undefined || body.sizeBytes === file.sizeBytes
  const hasDigest = !body.digest || normalize(body.digest) === file.digest
  return file.path === body.path && hasSize && hasDigest
}

function isSameList<A, B>(found: readonly A[], sent: readonly B[], isSame: (a: A, b: B) => boolean): boolean {
  return found.length === sent.length && sent.every((each, index) => isSame(found[index] as A, each))
}

function normalize(digest: string): string {
  return digest.toLowerCase().replace(/^sha256[:-]/u, '')
}
