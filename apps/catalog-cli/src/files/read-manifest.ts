import { type ManifestLine, parseManifest } from 'model-catalog'
import { readBytes } from './text-file.ts'

/** The origin of digests that the caller left to a list. */
export function originOfList(digest: unknown, list: string | undefined): 'list' | undefined {
  return digest === undefined && list !== undefined ? 'list' : undefined
}

/** The files of a list that `sha256sum` or `openssl dgst` wrote. FILE_MISSING, IO; INVALID_INPUT naming the wrong lines. */
export async function readManifest(path: string): Promise<readonly ManifestLine[]> {
  return parseManifest(await readBytes(path, 'list'))
}
