type Fields = Readonly<Record<string, unknown>>

/** RFC 3339, and what ISO 8601 allows beside it: no colon in the offset, or hours only. */
const TIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?([.,][0-9]+)?(?:[Zz]|([+-])([01][0-9]|2[0-3])(?::?([0-5][0-9]))?)$/u
const MINUTE_MS = 60_000

/**
 * A model of a `catalog.json` as this program would have written it: other programs write times with an offset, and leave
 * out what is null. All else is left as it is, also what is not a model at all.
 */
export function toOwnForm(model: unknown): unknown {
  if (!isFields(model)) return model
  const { evidence, failure, download, quarantine, leases } = model
  return {
    digest: null,
    verified_at: null,
    ...(withTimes(model, ['registered_at', 'verified_at']) as Fields),
    ...(isFields(evidence) && { evidence: mapValues(evidence, (each) => withTimes(each, ['at'])) }),
    ...(isFields(failure) && { failure: withTimes(failure, ['at']) }),
    ...(isFields(download) && { download: withTimes(download, ['started_at', 'until']) }),
    ...(Array.isArray(quarantine) && { quarantine: quarantine.map((each) => withTimes(each, ['at'])) }),
    ...(Array.isArray(leases) && { leases: leases.map((each) => withTimes(each, ['at', 'until'])) }),
  }
}

/** The object with these fields in UTC, as far as they are times; anything else as it is. */
function withTimes(value: unknown, keys: readonly string[]): unknown {
  if (!isFields(value)) return value
  const times = keys.filter((key) => Object.hasOwn(value, key)).map((key) => [key, toUtc(value[key])])
  return { ...value, ...Object.fromEntries(times) }
}

/** The same moment in UTC with all of its digits; what is not a time, or has no offset, as it is. */
function toUtc(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const parts = TIME.exec(value)
  if (parts === null) return value
  const [, date, time, seconds = ':00', fraction = '', sign, hours = '0', minutes = '0'] = parts
  const local = `${date}T${time}${seconds}`
  const localMs = Date.parse(`${local}Z`)
  // A day that the month does not have is counted on into the next one.
  if (Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(local)) return value
  const offsetMs = (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes)) * MINUTE_MS
  const utc = /^([0-9]{4}-.*)\.000Z$/u.exec(new Date(localMs - offsetMs).toISOString())?.[1]
  return utc === undefined ? value : `${utc}${fraction.replace(',', '.')}Z`
}

function mapValues(fields: Fields, map: (value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, map(value)]))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
