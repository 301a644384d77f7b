const REPLACED = /^(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.replaced$/su

/** Where a file is kept until what has taken its place was read: a name that no file had before. */
export function replacedPathOf(path: string): string {
  return `${path}.${crypto.randomUUID()}.replaced`
}

/** The path that the file had; undefined for one of another name. */
export function parseReplaced(path: string): string | undefined {
  return REPLACED.exec(path)?.[1]
}
