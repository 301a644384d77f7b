/** Room `text`: numbers, sizes, tables and durations as text. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A number of bytes for people: three digits and a binary unit, `1.69 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  // 999.5 would be shown as 1000, which has one digit more than there is room for.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? Math.round(value) : toThreeDigits(value)} ${UNITS[unit]}`
}

/** The same with the exact number where the unit hides it: `1.69 MiB (1766807 bytes)`. */
export function formatExactBytes(bytes: number): string {
  const text = formatBytes(bytes)
  return text.endsWith(' B') ? text : `${text} (${bytes} bytes)`
}

function toThreeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0)
  return value.toFixed(value >= 9.995 ? 1 : 2)
}
