/** A checked time in milliseconds since 1970. */
export function parseTime(text: string): number {
  return Date.parse(text)
}
