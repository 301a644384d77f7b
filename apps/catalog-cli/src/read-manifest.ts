import { readFile } from 'node:fs/promises'
import { CatalogError, type ManifestLine, parseManifest } from 'model-catalog'

/** The files of a list that `sha256sum` wrote. FILE_MISSING, IO; INVALID_INPUT naming the wrong lines. */
export async function readManifest(path: string): Promise<readonly ManifestLine[]> {
  try {
    return parseManifest(await readFile(path, 'utf8'))
  } catch (cause) {
    const { code: errno } = cause as NodeJS.ErrnoException
    if (cause instanceof CatalogError || errno === undefined) throw cause
    if (errno === 'ENOENT')
      throw new CatalogError('FILE_MISSING', `there is no list at ${path}`, { path }, { cause })
    throw new CatalogError(
      'IO',
      `could not read ${path}: ${errno}`,
      { operation: 'read', path, errno },
      { cause },
    )
  }
}
