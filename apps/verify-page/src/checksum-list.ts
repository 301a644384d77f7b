import { findListedDigest, type ManifestLine, parseManifest } from '@catalog/verify'

const MAX_LIST_BYTES = 1_000_000
const LIST_NAME = /sha-?256|checksum|sums|\.txt$/iu

/** Whether a dropped file is a checksum list, by its name and size. */
export function isList({ name, size }: File): boolean {
  return size <= MAX_LIST_BYTES && LIST_NAME.test(name)
}

/** What the list says of each file. Rejects with what is wrong with it. */
export async function readList(file: File): Promise<readonly ManifestLine[]> {
  return parseManifest(new Uint8Array(await file.arrayBuffer()))
}

/** The digest that the list gives for a file. Throws if it gives none, or several. */
export function findInList(list: readonly ManifestLine[], name: string): string {
  const digest = findListedDigest(list, name)
  if (digest === undefined) throw new Error(`The checksum list does not name ${name}.`)
  return digest
}
