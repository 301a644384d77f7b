import { createHash } from 'node:crypto'
import { open, readFile, rm } from 'node:fs/promises'

const FORM = /^("[^"]*") ([0-9a-f]{64})$/u

/**
 * Which version of the source the bytes of a partial file are of, by its strong ETag; undefined if unknown. The ETags
 * of two resources may be equal, so what was written down for another one does not count.
 */
export async function readVersion(partialPath: string, url: string): Promise<string | undefined> {
  const text = await readFile(versionPathOf(partialPath), 'latin1').catch(() => '')
  const [, version, resource] = FORM.exec(text) ?? []
  return resource === resourceOf(url) ? version : undefined
}

/** On disk when it resolves. */
export async function writeVersion(
  partialPath: string,
  url: string,
  version: string | undefined,
): Promise<void> {
  const file = await open(versionPathOf(partialPath), 'w')
  try {
    await file.writeFile(version === undefined ? '' : `${version} ${resourceOf(url)}`, 'latin1')
    await file.sync()
  } finally {
    await file.close()
  }
}

export async function forgetVersion(partialPath: string): Promise<void> {
  await rm(versionPathOf(partialPath), { force: true })
}

function versionPathOf(partialPath: string): string {
  return `${partialPath}.etag`
}

/** Without credentials and the query, which may be a signature: they change, and the file is the same. */
function resourceOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return createHash('sha256')
    .update(origin + pathname)
    .digest('hex')
}
