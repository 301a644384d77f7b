import { readFile, writeFile } from 'node:fs/promises'
import { CatalogError } from 'model-catalog'

/** The text of a file that the user names, `what` it is in a word. FILE_MISSING, IO. */
export async function readTextFile(path: string, what: string): Promise<string> {
  return (await readBytes(path, what)).toString('utf8')
}

/** The same as it stands on the disk, for what is to be told from other encodings. */
export async function readBytes(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw toCatalogError(cause, { path, operation: 'read', missing: `there is no ${what} at ${path}` })
  }
}

/** Writes a file that the user names to the disk. FILE_MISSING where its directory is not there, IO. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flush: true })
  } catch (cause) {
    throw toCatalogError(cause, { path, operation: 'write', missing: `there is no directory for ${path}` })
  }
}

function toCatalogError(
  cause: unknown,
  {
    path,
    operation,
    missing,
  }: { readonly path: string; readonly operation: string; readonly missing: string },
): unknown {
  const { code: errno } = cause as NodeJS.ErrnoException
  if (errno === undefined) return cause
  if (errno === 'ENOENT') return new CatalogError('FILE_MISSING', missing, { path }, { cause })
  return new CatalogError(
    'IO',
    `could not ${operation} ${path}: ${errno}`,
    { operation, path, errno },
    { cause },
  )
}
