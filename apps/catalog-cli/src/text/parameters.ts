const UNITS = ['', 'K', 'M', 'B', 'T']

/** A number of parameters as models are named by it: `7.2B`, `350M`. */
export function formatParameters(count: number): string {
  let value = count
  let unit = 0
  // 999.95 would be shown as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = value >= 99.95 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/u, '')
  return `${digits}${UNITS[unit]}`
}
