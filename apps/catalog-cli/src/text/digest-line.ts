/**
 * A line as `sha256sum` writes and `sha256sum -c` reads it: a name with a backslash or a line break in it is
 * escaped, and a backslash in front of the line says so.
 */
export function formatDigestLine(digest: string, path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === path ? '' : '\\'}${digest}  ${escaped}`
}
