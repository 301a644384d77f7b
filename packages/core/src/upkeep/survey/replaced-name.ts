const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const REPLACED = new RegExp(`^(.+)\\.${UUID}\\.replaced$`, 'su')
const PREPARED = new RegExp(`^(.+)\\.${UUID}\\.replacing$`, 'su')

/** The two names, which no file had before, that sharing makes beside a file. */
export interface SharingNames {
  /** Where the file is kept until what has taken its place was read. */
  readonly aside: string
  /** Where what is to take its place is made. */
  readonly prepared: string
}

/** New names beside a file whose place another is to take. */
export function sharingNamesOf(path: string): SharingNames {
  const unique = `${path}.${crypto.randomUUID()}`
  return { aside: `${unique}.replaced`, prepared: `${unique}.replacing` }
}

/** The path that a replaced file had; undefined for a file of another name. */
export function parseReplaced(path: string): string | undefined {
  return REPLACED.exec(path)?.[1]
}

/** The path whose place a file was to take; undefined for a file of another name. */
export function parsePrepared(path: string): string | undefined {
  return PREPARED.exec(path)?.[1]
}
