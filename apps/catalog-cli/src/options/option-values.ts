import { InvalidArgumentError } from 'commander'
import type { SymlinkPolicy } from 'model-catalog'

/** What `--show-source` does. */
export const SHOW_SOURCE = 'print the source with any credentials in it'

/** A position, or the exact size of a file, as commander parses an option. */
export function parseWholeNumber(text: string): number {
  const value = toInteger(text)
  if (value !== undefined) return value
  throw new InvalidArgumentError('It must be a non-negative integer.')
}

/** The same from 1. */
export function parsePositiveNumber(text: string): number {
  const value = toInteger(text)
  if (value !== undefined && value > 0) return value
  throw new InvalidArgumentError('It must be a positive integer.')
}

function toInteger(text: string): number | undefined {
  const value = Number(text)
  return /^[0-9]+$/u.test(text) && Number.isSafeInteger(value) ? value : undefined
}

const THOUSANDS = ['', 'k', 'm', 'b', 't']

/** `7B`, `350M` or a plain number of parameters. */
export function parseParameterCount(text: string): number {
  const [, number, unit = ''] = /^([0-9]{1,16}(?:\.[0-9]{1,12})?)([KMBT])?$/iu.exec(text) ?? []
  const count = Number(number) * 1000 ** THOUSANDS.indexOf(unit.toLowerCase())
  // 1.1 * 1000 ** 3 is not exactly an integer.
  const whole = Math.round(count)
  if (Number.isSafeInteger(whole) && Math.abs(whole - count) < 1e-3) return whole
  throw new InvalidArgumentError('It must be a number of parameters such as 7B or 350M.')
}

const UNIT_MS = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** A duration like `90s`, `10m`, `1.5h` or `7d`, in milliseconds. */
export function parseDuration(text: string): number {
  const [, count, unit = ''] = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhd])$/u.exec(text) ?? []
  const durationMs = Math.round(Number(count) * (UNIT_MS.get(unit) ?? Number.NaN))
  if (durationMs > 0) return durationMs
  throw new InvalidArgumentError('It must be a time above 0, such as 30d, 12h, 90m or 45s.')
}

/** A day or a time in ISO 8601. */
export function parseTime(text: string): Date {
  const time = new Date(text)
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}/u.test(text) && !Number.isNaN(time.getTime())) return time
  throw new InvalidArgumentError('It must be a time such as 2026-01-31 or 2026-01-31T12:00:00Z.')
}

/** An option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

const BYTE_UNITS: ReadonlyMap<string, number> = new Map<string, number>([
  ...['', 'k', 'm', 'g', 't', 'p'].map((prefix, power) => [`${prefix}b`, 1000 ** power] as const),
  ...['ki', 'mi', 'gi', 'ti', 'pi'].map((prefix, power) => [`${prefix}b`, 1024 ** (power + 1)] as const),
])

/** About how large: `4.5GB`, `1.5TiB` or plain bytes. */
export function parseSize(text: string): number {
  const [, number, unit = 'B'] = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]+)?$/u.exec(text) ?? []
  const bytes = Math.round(Number(number) * (BYTE_UNITS.get(unit.toLowerCase()) ?? Number.NaN))
  const isWhole = unit.toLowerCase() !== 'b' || Number.isInteger(Number(number))
  if (Number.isSafeInteger(bytes) && isWhole) return bytes
  throw new InvalidArgumentError('It must be a number of bytes such as 500GB or 1.5TiB.')
}

/** The same, of bytes to read: above 0. */
export function parseByteCount(text: string): number {
  const bytes = parseSize(text)
  if (bytes > 0) return bytes
  throw new InvalidArgumentError('It must be a number of bytes above 0, such as 500GB or 1.5TiB.')
}

/** `200MB/s`, as bytes a second. */
export function parseRate(text: string): number {
  try {
    return parseByteCount(text.replace(/\/s$/u, ''))
  } catch {
    throw new InvalidArgumentError('It must be a rate such as 200MB/s.')
  }
}

/** Which links are followed. */
export function parseSymlinkPolicy(text: string): SymlinkPolicy {
  if (text === 'refuse' || text === 'inside' || text === 'anywhere') return text
  throw new InvalidArgumentError('The policy for symbolic links is refuse, inside or anywhere.')
}

/** The database that `--store` or the environment names; undefined for `fs`, the files in the root. */
export function findStoreUrl(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text === 'fs' ? undefined : text
}

/** Whether a place is a database, and not a directory. */
export function isStoreUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//u.test(text)
}
