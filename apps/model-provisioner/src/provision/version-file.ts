import { readFile, rm, writeFile } from 'node:fs/promises'

/** Which version of the source the bytes of a partial file are of, by its strong ETag; undefined if nobody can tell. */
export async function readVersion(partialPath: string): Promise<string | undefined> {
  const text = await readFile(versionPathOf(partialPath), 'utf8').catch(() => '')
  return text === '' ? undefined : text
}

export async function writeVersion(partialPath: string, version: string | undefined): Promise<void> {
  await writeFile(versionPathOf(partialPath), version ?? '')
}

export async function forgetVersion(partialPath: string): Promise<void> {
  await rm(versionPathOf(partialPath), { force: true })
}

function versionPathOf(partialPath: string): string {
  return `${partialPath}.etag`
}
