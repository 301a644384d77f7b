/**
 * A line as `sha256sum` writes and `sha256sum -c` reads it: a name with a backslash or a line break in it is
 * escaped, and a backslash in front of the line says so.
 */
export function formatDigestLine(digest: string, path: string): string {
  const escaped = escapeBreaks(path)
  return `${escaped === path ? '' : '\\'}${digest}  ${escaped}`
}

/** A name as `sha256sum --check` prints it: in one line. */
export function escapeName(path: string): string {
  return /[\n\r]/u.test(path) ? `\\${escapeBreaks(path)}` : path
}

function escapeBreaks(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
}
